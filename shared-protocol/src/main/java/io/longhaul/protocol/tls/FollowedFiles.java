package io.longhaul.protocol.tls;

import io.longhaul.protocol.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * No lock: two threads may read the same change, and one that overtakes the other with what is older
 * has also noted an older state of the files, so the next call reads again.
 */

/**
 * What some files say, read again when one of them has changed: looking is a {@code stat} for each
 * file. What cannot be used changes nothing but {@link #fault}. Thread-safe.
 */
final class FollowedFiles<T> {
  private static final Logger LOG = LoggerFactory.getLogger(FollowedFiles.class);
  private static final String STATE = "unix:ino,size,lastModifiedTime,ctime";

  private final List<Path> files;
  private final Reader<T> reader;
  private volatile Seen<T> seen;

  private record Seen<T>(List<Map<String, Object>> states, T value, Optional<String> fault) {}

  /** Makes the value out of the files. */
  @FunctionalInterface
  interface Reader<T> {
    /** Returns what the files say now. */
    T read() throws ConfigException;
  }

  /**
   * Reads the files for the first time.
   *
   * @throws ConfigException if they cannot be used
   */
  FollowedFiles(List<Path> files, Reader<T> reader) throws ConfigException {
    this.files = files;
    this.reader = reader;
    List<Map<String, Object>> before = states(); // what changes while it is read is read again
    this.seen = new Seen<>(before, reader.read(), Optional.empty());
  }

  /** Returns what the files say, or said when they could last be used. */
  T current() {
    Seen<T> last = seen;
    List<Map<String, Object>> now = states();
    if (now.equals(last.states())) {
      return last.value();
    }
    Seen<T> next = readAgain(now, last.value());
    seen = next;
    return next.value();
  }

  private Seen<T> readAgain(List<Map<String, Object>> now, T last) {
    try {
      T value = reader.read();
      LOG.atInfo().addKeyValue("files", files).log("changed files are in force");
      return new Seen<>(now, value, Optional.empty());
    } catch (ConfigException e) {
      LOG.atError().addKeyValue("reason", e.getMessage()).log("changed files cannot be used");
      return new Seen<>(
          now, last, Optional.of(e.getMessage() + "; what was read before stays in force"));
    }
  }

  /** Returns why the files as they are now are not in force; empty if they are. */
  Optional<String> fault() {
    return seen.fault();
  }

  private List<Map<String, Object>> states() {
    return files.stream().map(FollowedFiles::state).toList();
  }

  private static Map<String, Object> state(Path file) {
    try {
      return Files.readAttributes(file, STATE);
    } catch (IOException e) {
      return Map.of();
    }
  }
}

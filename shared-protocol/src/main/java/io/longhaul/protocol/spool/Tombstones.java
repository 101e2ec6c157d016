package io.longhaul.protocol.spool;

import io.longhaul.protocol.SessionId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is left of ended sessions: one small file each, so that a repeated request is answered and
 * never runs the stream again. Thread-safe.
 *
 * @param <T> the status record that is kept
 */
public final class Tombstones<T> {
  /** How long a tombstone is kept. */
  public static final Duration RETENTION = Duration.ofDays(30);

  private final Path directory;
  private final Class<T> type;

  private Tombstones(Path directory, Class<T> type) {
    this.directory = directory;
    this.type = type;
  }

  /**
   * Opens, or makes, the tombstones of one role in a spool root.
   *
   * @throws IOException if their directory cannot be made, or is not ours
   */
  public static <T> Tombstones<T> open(SpoolRoot root, Role role, Class<T> type)
      throws IOException {
    Path directory = root.path().resolve("longhaul-" + role.text() + "-ended");
    try {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      if (!Ownership.isOurDirectory(directory)) {
        throw new IOException(
            "Tried to use " + directory + " but it is not our directory; remove it", e);
      }
    }
    return new Tombstones<>(directory, type);
  }

  /** Keeps the last status of an ended session, on disk when this returns. */
  public void put(SessionId id, T status) throws IOException {
    SpoolFile.force(file(id), status);
  }

  /**
   * Returns the last status of an ended session.
   *
   * @throws IOException if there is one but it cannot be read
   */
  public Optional<T> get(SessionId id) throws IOException {
    return SpoolFile.read(file(id), type);
  }

  /** Forgets an ended session; returns whether it was there. */
  public boolean remove(SessionId id) throws IOException {
    return Files.deleteIfExists(file(id));
  }

  /** Returns the ended sessions, oldest first. */
  public List<SessionId> list() throws IOException {
    List<SessionId> ids = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.json")) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        SessionId.parse(name.substring(0, name.length() - ".json".length())).ifPresent(ids::add);
      }
    }
    ids.sort(SessionId::compareTo);
    return ids;
  }

  /** Forgets the sessions that ended before {@code limit}. */
  public void expire(Instant limit) throws IOException {
    for (SessionId id : list()) {
      if (endedBefore(limit, file(id))) {
        remove(id);
      }
    }
  }

  private static boolean endedBefore(Instant limit, Path file) throws IOException {
    try {
      return Files.getLastModifiedTime(file).toInstant().isBefore(limit);
    } catch (NoSuchFileException e) {
      return false; // forgotten meanwhile
    }
  }

  private Path file(SessionId id) {
    return directory.resolve(id + ".json");
  }
}

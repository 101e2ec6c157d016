package io.longhaul.protocol.spool;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.durable.DurableFile;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.retry.Sleeper;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The directory of one session on one side, and the names in it (design section 3 says who writes
 * which). Immutable.
 *
 * @param id the session
 * @param directory the directory
 */
public record SessionSpool(SessionId id, Path directory) {
  private static final Pattern CHUNK = Pattern.compile("(\\d{8,18})\\.(chunk|part|have)");
  private static final String LOCK = "lock";
  private static final String REQUEST = "request.json";
  private static final String RESERVE = "reserve";

  /* Until these go, a deletion that is cut short leaves what is known to be ours. */
  private static final List<String> LAST = List.of(REQUEST, LOCK);

  /* What there may be before the request is; see SpoolRoot.create and DurableFile. */
  private static final Set<String> BEFORE_REQUEST = Set.of("." + REQUEST + ".new", RESERVE, LOCK);

  /** Returns the file of the request, written once by the agent. */
  public Path request() {
    return directory.resolve(REQUEST);
  }

  /** Returns the file by which the agent tells the pump to end; see {@link Control}. */
  public Path control() {
    return directory.resolve("control.json");
  }

  /** Returns the file that is there while somebody has paused the session; see {@link Pause}. */
  public Path paused() {
    return directory.resolve("paused.json");
  }

  /** Returns the file that says when the session last moved; see {@link Activity}. */
  public Path activity() {
    return directory.resolve("activity.json");
  }

  /** Returns the file that says what the pump started; see {@link Started}. */
  public Path started() {
    return directory.resolve("started.json");
  }

  /** Returns the file that says how it ended; see {@link Outcome}. */
  public Path outcome() {
    return directory.resolve("outcome.json");
  }

  /** Returns the file whose space is kept for the session's last words; see {@link LastWord}. */
  public Path reserve() {
    return directory.resolve(RESERVE);
  }

  /** Returns the pump's own log. */
  public Path log() {
    return logIn(directory);
  }

  static Path logIn(Path directory) {
    return directory.resolve("pump.log");
  }

  /** Returns the manifest. */
  public Path manifest() {
    return directory.resolve("manifest.jsonl");
  }

  /** Returns the file that says how far chunks were released; see {@link Mark}. */
  public Path released() {
    return directory.resolve("released");
  }

  /**
   * Returns the file that says how far a new attempt has repeated what earlier ones had sealed; see
   * {@link Mark}. It is there only while that goes on.
   */
  public Path replayed() {
    return directory.resolve("replayed");
  }

  /** Returns the file that says how far chunks were fed; see {@link Mark}. */
  public Path fed() {
    return directory.resolve("fed");
  }

  /**
   * Returns the file by which the receive pump asks for a chunk again; see {@link Damage}. It is
   * gone when the chunk is there.
   */
  public Path damaged() {
    return directory.resolve("damaged.json");
  }

  /** Returns the FIFO that the source writes. */
  public Path sourceFifo() {
    return directory.resolve("source.fifo");
  }

  /** Returns the FIFO that the sink reads. */
  public Path sinkFifo() {
    return directory.resolve("sink.fifo");
  }

  /** Returns the lock that the pump holds while it lives; see {@link SpoolLock}. */
  public Path lock() {
    return directory.resolve(LOCK);
  }

  /** Returns the file of a whole chunk. */
  public Path chunk(long number) {
    return directory.resolve(name(number, "chunk"));
  }

  /** Returns the file of a chunk that is not whole yet. */
  public Path part(long number) {
    return directory.resolve(name(number, "part"));
  }

  /** Returns the file that says which blocks of a part are there; see {@link HaveFile}. */
  public Path have(long number) {
    return directory.resolve(name(number, "have"));
  }

  private static String name(long number, String suffix) {
    return String.format(Locale.ROOT, "%08d.%s", number, suffix);
  }

  /** Returns why the session has failed, if somebody has deleted its directory under it. */
  public Optional<Failure> deletedUnderIt() {
    return Files.isDirectory(directory)
        ? Optional.empty()
        : Optional.of(
            Failure.resumable(
                FailureKind.SPOOL_FAILED,
                "The directory "
                    + directory
                    + " of this session is gone; somebody has deleted it under the running stream"));
  }

  /** Forces the names of its files to disk: an agent that was killed may not have done so. */
  public void forceNames() throws IOException {
    DurableFile.forceDirectory(directory);
  }

  /** Deletes all chunks, whole or not. */
  public void deleteChunks() throws IOException {
    for (Path file : chunkFiles()) {
      Files.deleteIfExists(file);
    }
  }

  /** Returns the number of a {@code .chunk}, {@code .part} or {@code .have} file; else empty. */
  public static Optional<Long> chunkNumber(Path file) {
    Matcher m = CHUNK.matcher(String.valueOf(file.getFileName()));
    return m.matches() ? Optional.of(Long.parseLong(m.group(1))) : Optional.empty();
  }

  /** Returns the paths of all chunk, part and have files. */
  public List<Path> chunkFiles() throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.{chunk,part,have}")) {
      for (Path file : files) {
        if (chunkNumber(file).isPresent()) {
          found.add(file);
        }
      }
    }
    return found;
  }

  /**
   * Returns whether the directory bears our marker, the request; one without is ours only if its
   * creation or its deletion was cut short.
   */
  public boolean isMarked() throws IOException {
    return Files.isRegularFile(request(), LinkOption.NOFOLLOW_LINKS) || isWithoutSession();
  }

  /** Returns whether there is nothing of a session here, not even its request. */
  public boolean isWithoutSession() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (!BEFORE_REQUEST.contains(String.valueOf(file.getFileName()))) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * Deletes the directory and the files in it, the lock last and while holding it. Follows no link
   * and never leaves the spool root, also if somebody exchanges names meanwhile; repeating it does
   * nothing. A pump that is about to end is given 5 seconds.
   *
   * @throws IOException if a pump of another process still works in the directory, it is not ours
   *     any more, or a file cannot be deleted
   */
  public void delete() throws IOException {
    delete(Sleeper.REAL);
  }

  /** As {@link #delete()}, with the sleeper of a caller that has one. */
  public void delete(Sleeper sleeper) throws IOException {
    if (!Ownership.isOurDirectory(directory)) {
      if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException("Tried to delete " + directory + " but it is not our directory");
      }
      return; // already gone
    }
    if (SpoolLock.isHeldHere(lock())) {
      deleteAll();
      return;
    }
    try (SpoolLock lock = SpoolLock.takeExisting(lock(), sleeper).orElse(null)) {
      if (lock == null) {
        throw new IOException("Tried to delete " + directory + " but a pump still works in it");
      }
      deleteAll();
    } catch (NoSuchFileException e) {
      deleteAll(); // it never had a pump, or is already gone
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a pump works in " + directory);
    }
  }

  private void deleteAll() throws IOException {
    Path root = directory.toAbsolutePath().getParent();
    try (DirectoryStream<Path> parent = Files.newDirectoryStream(root)) {
      SecureDirectoryStream<Path> secure = secure(parent);
      Path name = directory.getFileName();
      try (SecureDirectoryStream<Path> files =
          secure.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
        if (!Ownership.isOurs(
            files.getFileAttributeView(PosixFileAttributeView.class).readAttributes())) {
          throw new IOException("Tried to delete " + directory + " but it is not our directory");
        }
        for (Path file : files) {
          Path fileName = file.getFileName();
          if (!LAST.contains(fileName.toString())) {
            deleteFile(files, fileName);
          }
        }
        for (String last : LAST) {
          deleteFile(files, name.resolveSibling(last));
        }
      } catch (NoSuchFileException e) {
        return; // somebody else was quicker
      }
      deleteDirectory(secure, name);
    }
  }

  private static void deleteFile(SecureDirectoryStream<Path> directory, Path name)
      throws IOException {
    try {
      directory.deleteFile(name);
    } catch (NoSuchFileException e) {
      return; // the pump was quicker
    }
  }

  private static void deleteDirectory(SecureDirectoryStream<Path> root, Path name)
      throws IOException {
    try {
      root.deleteDirectory(name);
    } catch (NoSuchFileException e) {
      return; // somebody else was quicker
    }
  }

  private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream)
      throws IOException {
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    throw new IOException("this file system cannot delete relative to a directory");
  }
}

package io.longhaul.protocol.spool;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.durable.DurableFile;
import io.longhaul.protocol.durable.Shortage;
import io.longhaul.protocol.failure.AgentFailedException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The directory that holds the session directories of one agent. Both roles may share it; at most
 * one agent of a role works in it. Thread-safe.
 */
public final class SpoolRoot implements Closeable {
  private static final long LEAST_BYTES = 1 << 20;

  private final Path path;
  private final Role role;
  private final SpoolLock lock;

  private SpoolRoot(Path path, Role role, SpoolLock lock) {
    this.path = path;
    this.role = role;
    this.lock = lock;
  }

  /**
   * Takes possession of a spool root until {@link #close}.
   *
   * @throws AgentFailedException if it is no writable directory, or another agent of this role
   *     works in it
   */
  public static SpoolRoot open(Path path, Role role) throws AgentFailedException {
    if (!Files.isDirectory(path)) {
      throw new AgentFailedException(
          "Tried to use the spool directory " + path + " but it is not a directory; create it");
    }
    if (path.toString().matches("(?s).*[\\r\\n].*")) {
      throw new AgentFailedException(
          "Tried to use the spool directory '" + path + "' but there is a line break in its name");
    }
    Path lockPath = lockPath(path, role);
    try {
      Optional<SpoolLock> lock = SpoolLock.tryTake(lockPath, StandardOpenOption.CREATE);
      if (lock.isEmpty()) {
        throw new AgentFailedException(
            "Tried to use the spool directory "
                + path
                + " but another "
                + role.agent()
                + " works in it; stop that one or give this one a directory of its own");
      }
      DurableFile.forceDirectory(path); // what was killed after it made a directory has not done so
      return new SpoolRoot(path, role, lock.get());
    } catch (IOException e) {
      throw new AgentFailedException(
          "Tried to write to the spool directory "
              + path
              + " but "
              + e
              + "; check its owner, mode and free space",
          e);
    }
  }

  private static Path lockPath(Path root, Role role) {
    return root.resolve(".agent-" + role.text() + ".lock");
  }

  /** Returns whether an agent of this role works in a spool root; for other processes than it. */
  public static boolean isInUse(Path root, Role role) throws IOException {
    return SpoolLock.isHeld(lockPath(root, role));
  }

  /** Returns the directory. */
  public Path path() {
    return path;
  }

  /** Returns the directory that a session has, or would have, on this side. */
  public SessionSpool session(SessionId id) {
    return new SessionSpool(id, path.resolve("longhaul-" + role.text() + "-" + id));
  }

  /**
   * Creates the directory of a new session with mode 0700 and its request, in one durable step.
   *
   * @throws FileAlreadyExistsException if there is something of that name, ours or not
   * @throws IOException if it cannot be written; nothing is left then
   */
  public SessionSpool create(SessionId id, byte[] request) throws IOException {
    SessionSpool spool = session(id);
    Files.createDirectory(
        spool.directory(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try {
      LastWord.reserve(spool);
      DurableFile.replace(spool.request(), request);
      DurableFile.forceDirectory(path);
      return spool;
    } catch (IOException e) {
      Files.deleteIfExists(spool.request());
      Files.deleteIfExists(spool.reserve());
      Files.deleteIfExists(spool.directory());
      throw e;
    }
  }

  /**
   * Returns the session directories of this role: real directories of ours with mode 0700, by age.
   */
  public List<SessionSpool> sessions() throws IOException {
    String prefix = "longhaul-" + role.text() + "-";
    List<SessionSpool> found = new ArrayList<>();
    try (DirectoryStream<Path> names = Files.newDirectoryStream(path, prefix + "*")) {
      for (Path directory : names) {
        SessionId.parse(String.valueOf(directory.getFileName()).substring(prefix.length()))
            .filter(_ -> Ownership.isOurDirectory(directory))
            .ifPresent(id -> found.add(session(id)));
      }
    }
    found.sort((a, b) -> a.id().compareTo(b.id()));
    return found;
  }

  /** Returns the bytes that may still be written in this directory's file system. */
  public long usableBytes() throws IOException {
    return Files.getFileStore(path).getUsableSpace();
  }

  /** Says that sessions have to wait for room; empty while there is some. */
  public Optional<String> shortage() throws IOException {
    long usable = usableBytes();
    return usable >= LEAST_BYTES
        ? Optional.empty()
        : Optional.of(
            "only %s are left in the spool %s, so sessions wait there; %s"
                .formatted(DataSize.display(usable), path, Shortage.SPACE.remedy()));
  }

  /** Returns whether the directory lies in memory and so does not survive a reboot. */
  public boolean isInMemory() throws IOException {
    String type = Files.getFileStore(path).type();
    return type.equals("tmpfs") || type.equals("ramfs");
  }

  /** Gives the root up to the next agent; the sessions' directories stay. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}

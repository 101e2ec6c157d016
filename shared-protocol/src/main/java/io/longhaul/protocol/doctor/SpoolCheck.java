package io.longhaul.protocol.doctor;

import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.config.SpoolConfig;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Optional;

/**
 * Where an agent spools.
 *
 * @param path the spool root
 * @param state what is there; empty if there is no directory
 * @param limit the most that one session may hold, in bytes
 */
record SpoolCheck(Path path, Optional<State> state, long limit) {
  private static final String CHECK = "spool";
  private static final long LEAST_BYTES = 1 << 20;
  private static final int STICKY = 01000;
  private static final int OTHERS_WRITE = 0022;
  private static final int OTHERS = 0077;
  private static final int PERMISSIONS = 07777;

  /**
   * A directory.
   *
   * @param owner the name of its user
   * @param mode its permissions with the sticky bit
   * @param fileSystem such as {@code ext4}
   * @param usable the bytes that may still be written
   * @param writable whether this process may write to it
   */
  record State(String owner, int mode, String fileSystem, long usable, boolean writable) {}

  static SpoolCheck look(SpoolConfig config) throws IOException {
    Path path = config.root();
    if (!Files.isDirectory(path)) {
      return new SpoolCheck(path, Optional.empty(), config.limitBytes());
    }
    PosixFileAttributes attributes = Files.readAttributes(path, PosixFileAttributes.class);
    FileStore store = Files.getFileStore(path);
    return new SpoolCheck(
        path,
        Optional.of(
            new State(
                attributes.owner().getName(),
                (Integer) Files.getAttribute(path, "unix:mode") & PERMISSIONS,
                store.type(),
                store.getUsableSpace(),
                Files.isWritable(path))),
        config.limitBytes());
  }

  Finding judge(Login login) {
    return state
        .map(found -> judge(found, login))
        .orElseGet(() -> fail("is not a directory", "run: " + make(login)));
  }

  private Finding judge(State found, Login login) {
    if (!found.writable()) {
      return fail(
          "belongs to " + found.owner() + " and cannot be written to by " + login.name(),
          "run: chown " + login.name() + " " + path);
    }
    boolean everybodys = (found.mode() & OTHERS_WRITE) != 0;
    if (everybodys && (found.mode() & STICKY) == 0) {
      return fail(
          "can be written to by others: mode " + Integer.toOctalString(found.mode()),
          "run: chmod 700 " + path);
    }
    if (found.usable() < LEAST_BYTES) {
      return fail(
          "has only " + DataSize.display(found.usable()) + " left, so every session waits",
          "free some, or set spool.directory");
    }
    if (found.fileSystem().equals("tmpfs") || found.fileSystem().equals("ramfs")) {
      return warn("is in memory and does not survive a reboot", "set spool.directory");
    }
    if (everybodys) {
      return warn("is a place for everybody", "set spool.directory: " + make(login));
    }
    if (!login.isRoot() && !found.owner().equals(login.name())) {
      return warn(
          "belongs to " + found.owner() + " and not to " + login.name(),
          "run: chown " + login.name() + " " + path);
    }
    if ((found.mode() & OTHERS) != 0) {
      return warn(
          "can be looked into by others: mode "
              + Integer.toOctalString(found.mode())
              + "; the sessions' own directories cannot",
          "run: chmod 700 " + path);
    }
    if (found.usable() < limit) {
      return warn(
          "has %s left, and one session may take %s"
              .formatted(DataSize.display(found.usable()), DataSize.display(limit)),
          "free some, or lower spool.limit");
    }
    return Finding.ok(
        CHECK,
        "%s, mode %s, %s left of %s"
            .formatted(
                path,
                Integer.toOctalString(found.mode()),
                DataSize.display(found.usable()),
                found.fileSystem()));
  }

  private String make(Login login) {
    return "install -d -m 700 -o " + login.delegate() + " " + path;
  }

  private Finding fail(String text, String remedy) {
    return Finding.fail(CHECK, path + " " + text, remedy);
  }

  private Finding warn(String text, String remedy) {
    return Finding.warn(CHECK, path + " " + text, remedy);
  }
}

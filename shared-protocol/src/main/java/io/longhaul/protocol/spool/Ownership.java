package io.longhaul.protocol.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/** Tells our own directories from what others may put beside them in a world-writable place. */
final class Ownership {
  private Ownership() {}

  /** Returns whether {@code path} is a real directory of this user with mode 0700. */
  static boolean isOurDirectory(Path path) {
    try {
      return isOurs(
          Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    } catch (IOException e) {
      return false; // gone, or not ours to look at
    }
  }

  static boolean isOurs(PosixFileAttributes attributes) throws IOException {
    return attributes.isDirectory()
        && attributes.owner().equals(Files.getOwner(Path.of("/proc/self")))
        && attributes.permissions().equals(PosixFilePermissions.fromString("rwx------"));
  }
}

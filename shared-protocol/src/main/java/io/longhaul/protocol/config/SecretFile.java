package io.longhaul.protocol.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Reads a small text file that only its owner may read. */
public final class SecretFile {
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.complementOf(
          EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));

  private SecretFile() {}

  /**
   * Returns the text in {@code path}.
   *
   * @param what it is, for messages
   * @throws ConfigException if it cannot be read, or others than its owner may
   */
  public static String read(Path path, String what) throws ConfigException {
    try {
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
      if (mode.stream().anyMatch(OTHERS::contains)) {
        throw new ConfigException(
            "Tried to read the "
                + what
                + " in "
                + path
                + " but its mode is "
                + PosixFilePermissions.toString(mode)
                + "; run: chmod 600 "
                + path,
            null);
      }
      return Files.readString(path);
    } catch (IOException e) {
      throw new ConfigException("Tried to read the " + what + " in " + path + " but " + e, e);
    }
  }
}

package io.longhaul.protocol.auth;

import io.longhaul.protocol.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads a bearer token from a file that only its owner may read. */
public final class TokenFile {
  /* The characters of a bearer token: RFC 6750 section 2.1. */
  private static final Pattern SYNTAX = Pattern.compile("[A-Za-z0-9._~+/-]{16,256}=*");
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.complementOf(
          EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));

  private TokenFile() {}

  /**
   * Returns the token in {@code path}.
   *
   * @throws ConfigException if it cannot be read, others may read it, or it is no token
   */
  public static String read(Path path) throws ConfigException {
    try {
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
      if (mode.stream().anyMatch(OTHERS::contains)) {
        throw new ConfigException(
            "Tried to read the token in "
                + path
                + " but its mode is "
                + PosixFilePermissions.toString(mode)
                + "; run: chmod 600 "
                + path,
            null);
      }
      String token = Files.readString(path).strip();
      if (!SYNTAX.matcher(token).matches()) {
        throw new ConfigException(
            "Tried to read the token in "
                + path
                + " but it is not 16 to 256 characters of A-Z a-z 0-9 . _ ~ + / -"
                + "; make one with: openssl rand -hex 32",
            null);
      }
      return token;
    } catch (IOException e) {
      throw new ConfigException("Tried to read the token in " + path + " but " + e, e);
    }
  }
}

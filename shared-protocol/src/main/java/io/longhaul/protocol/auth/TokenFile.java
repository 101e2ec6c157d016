package io.longhaul.protocol.auth;

import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.config.SecretFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Reads a bearer token, or what an agent keeps of one, from a file that only its owner may read.
 */
public final class TokenFile {
  /* The characters of a bearer token: RFC 6750 section 2.1. */
  private static final Pattern SYNTAX = Pattern.compile("[A-Za-z0-9._~+/-]{16,256}=*");
  private static final String PREFIX = "sha256:";
  private static final Pattern HASH = Pattern.compile(PREFIX + "([0-9a-f]{64})");

  private TokenFile() {}

  /**
   * Returns the token in {@code path}.
   *
   * @throws ConfigException if it cannot be read, others may read it, or it is no token
   */
  public static String read(Path path) throws ConfigException {
    String token = SecretFile.read(path, "token").strip();
    if (!SYNTAX.matcher(token).matches()) {
      throw new ConfigException(
          "Tried to read the token in "
              + path
              + " but it is not 16 to 256 characters of A-Z a-z 0-9 . _ ~ + / -"
              + "; make one with: coordinator trust token NAME",
          null);
    }
    return token;
  }

  /**
   * Returns the SHA-256 in {@code path}, 64 hexadecimal digits.
   *
   * @throws ConfigException if it cannot be read, others may read it, or it is no {@linkplain
   *     #hashed hashed token}
   */
  static String readHash(Path path) throws ConfigException {
    Matcher hash = HASH.matcher(SecretFile.read(path, "hashed token").strip());
    if (!hash.matches()) {
      throw new ConfigException(
          "Tried to read the hashed token in "
              + path
              + " but it is not '"
              + PREFIX
              + "' and 64 hexadecimal digits"
              + "; an agent keeps no token, coordinator trust token NAME makes both files",
          null);
    }
    return hash.group(1);
  }

  /** Returns what an agent keeps of a token: {@code sha256:} and 64 hexadecimal digits. */
  public static String hashed(String token) {
    return PREFIX + hash(token);
  }

  static String hash(String token) {
    return DigestUtils.sha256Hex(token.getBytes(StandardCharsets.UTF_8));
  }
}

package io.longhaul.protocol.chunk;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.commons.codec.DecoderException;
import org.apache.commons.codec.binary.Hex;

/**
 * The digests of one chunk, in lower-case hexadecimal; at least one is present.
 *
 * @param md5 32 digits
 * @param sha256 64 digits
 */
public record ChunkDigests(Optional<String> md5, Optional<String> sha256) {
  private static final Pattern MD5 = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /**
   * @throws IllegalArgumentException if there is no digest, or one has the wrong form
   */
  public ChunkDigests {
    if (md5.isEmpty() && sha256.isEmpty()) {
      throw new IllegalArgumentException("a chunk needs an MD5 or a SHA-256 digest, has neither");
    }
    md5.ifPresent(hex -> check(MD5, "MD5", hex));
    sha256.ifPresent(hex -> check(SHA256, "SHA-256", hex));
  }

  private static void check(Pattern form, String name, String hex) {
    if (!form.matcher(hex).matches()) {
      throw new IllegalArgumentException(name + " is not lower-case hexadecimal: '" + hex + "'");
    }
  }

  /** Returns the strongest digest there is, in hexadecimal. */
  public String strongest() {
    return sha256.orElseGet(md5::orElseThrow);
  }

  /** Returns the strong entity tag of the chunk, with its quotes (RFC 9110 section 8.8.3). */
  public String entityTag() {
    return '"' + strongest() + '"';
  }

  /** Returns the value of the {@code Repr-Digest} header (RFC 9530 section 3). */
  public String reprDigest() {
    List<String> members = new ArrayList<>(2);
    sha256.ifPresent(hex -> members.add("sha-256=:" + base64(hex) + ":"));
    md5.ifPresent(hex -> members.add("md5=:" + base64(hex) + ":"));
    return String.join(", ", members);
  }

  private static String base64(String hex) {
    return Base64.getEncoder().encodeToString(bytes(hex));
  }

  static byte[] bytes(String hex) {
    try {
      return Hex.decodeHex(hex);
    } catch (DecoderException e) {
      throw new IllegalArgumentException("not hexadecimal: '" + hex + "'", e);
    }
  }

  @Override
  public String toString() {
    return sha256.map(hex -> "SHA-256 " + hex).orElseGet(() -> "MD5 " + md5.orElseThrow());
  }
}

package io.longhaul.protocol.chunk;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;

/** Which digests a session takes of each chunk. */
public enum DigestChoice {
  /** MD5 alone: the cheapest; against accidents, not against attackers. */
  MD5,
  /** SHA-256 alone: the default. */
  SHA256,
  /** Both. */
  BOTH;

  /**
   * Returns the choice written as {@code md5}, {@code sha256} or {@code both}.
   *
   * @throws IllegalArgumentException for anything else
   */
  @JsonCreator
  public static DigestChoice of(String text) {
    return Arrays.stream(values())
        .filter(choice -> choice.text().equals(text))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "digests must be md5, sha256 or both, was '" + text + "'"));
  }

  /** Returns the text form. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean md5() {
    return this != SHA256;
  }

  boolean sha256() {
    return this != MD5;
  }
}

package io.longhaul.protocol.wire;

/**
 * The body of {@code POST /v1/sends/{id}/release}.
 *
 * @param releasedTo the reader needs no chunk below this number again; 0 or more
 */
public record Release(long releasedTo) {
  /**
   * @throws IllegalArgumentException if the number is negative
   */
  public Release {
    if (releasedTo < 0) {
      throw new IllegalArgumentException("releasedTo must be 0 or more, was " + releasedTo);
    }
  }
}

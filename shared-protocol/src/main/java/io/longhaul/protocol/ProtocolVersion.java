package io.longhaul.protocol;

/**
 * The range of HTTP API versions that an agent speaks, both ends inclusive.
 *
 * @param oldest the oldest version still understood, 1 or more
 * @param newest the newest version understood, at least {@code oldest}
 */
public record ProtocolVersion(int oldest, int newest) {
  /** What this build speaks. */
  public static final ProtocolVersion SPOKEN = new ProtocolVersion(1, 1);

  /**
   * @throws IllegalArgumentException if the range is empty or begins below 1
   */
  public ProtocolVersion {
    if (oldest < 1 || newest < oldest) {
      throw new IllegalArgumentException(
          "protocol versions need 1 <= oldest <= newest, was " + oldest + " to " + newest);
    }
  }

  /** Returns whether two agents have a version in common. */
  public boolean meets(ProtocolVersion other) {
    return oldest <= other.newest && other.oldest <= newest;
  }
}

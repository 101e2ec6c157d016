package io.longhaul.protocol;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The range of HTTP API versions that a program speaks, both ends inclusive.
 *
 * @param oldest the oldest version still understood, 1 or more
 * @param newest the newest version understood, at least {@code oldest}
 */
public record ProtocolVersion(int oldest, int newest) {
  /** What this build speaks. */
  public static final ProtocolVersion SPOKEN = new ProtocolVersion(1, 1);

  /** The header with which an agent announces its range in every reply to somebody it knows. */
  public static final String HEADER = "Longhaul-Protocol";

  private static final Pattern ANNOUNCED = Pattern.compile("([1-9]\\d{0,8})-([1-9]\\d{0,8})");

  /**
   * @throws IllegalArgumentException if the range is empty or begins below 1
   */
  public ProtocolVersion {
    if (oldest < 1 || newest < oldest) {
      throw new IllegalArgumentException(
          "protocol versions need 1 <= oldest <= newest, was " + oldest + " to " + newest);
    }
  }

  /** Returns the range that a reply announces; empty if it announces none, as a proxy's does. */
  public static Optional<ProtocolVersion> announced(@Nullable String header) {
    Matcher range = ANNOUNCED.matcher(header == null ? "" : header);
    if (!range.matches()) {
      return Optional.empty();
    }
    int oldest = Integer.parseInt(range.group(1));
    int newest = Integer.parseInt(range.group(2));
    return newest < oldest ? Optional.empty() : Optional.of(new ProtocolVersion(oldest, newest));
  }

  /** Returns the header's value, such as {@code 1-2}. */
  public String header() {
    return oldest + "-" + newest;
  }

  /** Returns whether two programs have a version in common. */
  public boolean meets(ProtocolVersion other) {
    return oldest <= other.newest && other.oldest <= newest;
  }

  /**
   * Returns what keeps two programs from talking and which of them to upgrade; empty if they have a
   * version in common.
   *
   * @param self who speaks this range, for the message: {@code "the coordinator"}
   * @param peer who speaks {@code theirs}
   */
  public Optional<String> gap(String self, String peer, ProtocolVersion theirs) {
    if (meets(theirs)) {
      return Optional.empty();
    }
    return Optional.of(
        "%s speaks protocol %s and %s protocol %s; upgrade %s"
            .formatted(peer, theirs, self, this, newest < theirs.oldest ? self : peer));
  }

  /** Returns the range for people, such as {@code 1} or {@code 1 to 2}. */
  @Override
  public String toString() {
    return oldest == newest ? Integer.toString(oldest) : oldest + " to " + newest;
  }
}

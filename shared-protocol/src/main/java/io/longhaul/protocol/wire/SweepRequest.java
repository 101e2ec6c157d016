package io.longhaul.protocol.wire;

import java.time.Duration;
import java.util.Optional;

/**
 * The body of {@code POST /v1/sweep}.
 *
 * @param dryRun only tell, delete nothing
 * @param olderThan how long what is left of a session is kept, in place of the usual limits: 24
 *     hours for what may be resumed, 7 days for what cannot be taken up, nothing for the rest
 */
public record SweepRequest(boolean dryRun, Optional<Duration> olderThan) {
  /**
   * @throws IllegalArgumentException if {@code olderThan} is negative, or more than a hundred years
   */
  public SweepRequest {
    if (olderThan.filter(SweepRequest::isOutOfRange).isPresent()) {
      throw new IllegalArgumentException(
          "olderThan must be 0 to a hundred years, was " + olderThan.get());
    }
  }

  private static boolean isOutOfRange(Duration kept) {
    return kept.isNegative() || kept.compareTo(SessionLimits.MOST) > 0;
  }

  /** Asks by the usual limits. */
  public static SweepRequest usual(boolean dryRun) {
    return new SweepRequest(dryRun, Optional.empty());
  }
}

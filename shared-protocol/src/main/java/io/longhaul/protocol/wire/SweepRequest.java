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
   * @throws IllegalArgumentException if {@code olderThan} is negative
   */
  public SweepRequest {
    if (olderThan.filter(Duration::isNegative).isPresent()) {
      throw new IllegalArgumentException("olderThan cannot be negative, was " + olderThan.get());
    }
  }

  /** Asks by the usual limits. */
  public static SweepRequest usual(boolean dryRun) {
    return new SweepRequest(dryRun, Optional.empty());
  }
}

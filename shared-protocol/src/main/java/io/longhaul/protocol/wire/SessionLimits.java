package io.longhaul.protocol.wire;

import java.time.Duration;
import java.util.List;

/**
 * How long a session may stand still (invariant 5).
 *
 * @param stalled the peer can be reached, but nothing moves
 * @param unreachable the peer cannot be reached
 */
public record SessionLimits(Duration stalled, Duration unreachable) {
  /** No limit is longer: a hundred years, which nanoseconds can still count. */
  public static final Duration MOST = Duration.ofDays(36_525);

  /** 24 hours stalled, 7 days unreachable. */
  public static final SessionLimits DEFAULT =
      new SessionLimits(Duration.ofHours(24), Duration.ofDays(7));

  /**
   * @throws IllegalArgumentException if a limit is not positive, or longer than {@link #MOST}
   */
  public SessionLimits {
    for (Duration limit : List.of(stalled, unreachable)) {
      if (!limit.isPositive() || limit.compareTo(MOST) > 0) {
        throw new IllegalArgumentException(
            "inactivity limits must be positive and at most a hundred years, were "
                + stalled
                + " and "
                + unreachable);
      }
    }
  }

  /** Returns the shorter of the two. */
  public Duration shorter() {
    return stalled.compareTo(unreachable) < 0 ? stalled : unreachable;
  }
}

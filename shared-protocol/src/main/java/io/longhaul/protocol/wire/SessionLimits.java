package io.longhaul.protocol.wire;

import java.time.Duration;

/**
 * How long a session may stand still (invariant 5).
 *
 * @param stalled the peer can be reached, but nothing moves
 * @param unreachable the peer cannot be reached
 */
public record SessionLimits(Duration stalled, Duration unreachable) {
  /** 24 hours stalled, 7 days unreachable. */
  public static final SessionLimits DEFAULT =
      new SessionLimits(Duration.ofHours(24), Duration.ofDays(7));

  /**
   * @throws IllegalArgumentException if a limit is not positive
   */
  public SessionLimits {
    if (!stalled.isPositive() || !unreachable.isPositive()) {
      throw new IllegalArgumentException(
          "inactivity limits must be positive, were " + stalled + " and " + unreachable);
    }
  }

  /** Returns the shorter of the two. */
  public Duration shorter() {
    return stalled.compareTo(unreachable) < 0 ? stalled : unreachable;
  }
}

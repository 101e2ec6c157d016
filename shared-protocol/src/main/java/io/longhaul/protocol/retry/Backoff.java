package io.longhaul.protocol.retry;

import java.time.Duration;

/**
 * Exponential delays with full jitter: {@code random × min(first × 2^(n−1), ceiling)}, at least
 * {@code floor}. For errors that a living peer answers; an unreachable peer is probed instead
 * (design section 6). Pure.
 *
 * @param first the ceiling of the first wait
 * @param ceiling no wait is longer
 * @param floor no wait is shorter, so that a retry never spins
 */
public record Backoff(Duration first, Duration ceiling, Duration floor) {
  /** What both agents use towards a peer. */
  public static final Backoff PEER =
      new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofMillis(300));

  private static final int MOST_DOUBLINGS = 62;

  /**
   * Returns the wait after failure number {@code failures}.
   *
   * @param failures how many there were in a row, 1 or more
   * @param random in [0, 1)
   * @param retryAfter the least wait that the peer asked for, kept to within {@code ceiling}
   */
  public Duration after(int failures, double random, Duration retryAfter) {
    double most =
        Math.min(
            (double) first.toNanos() * Math.scalb(1.0, Math.min(failures - 1, MOST_DOUBLINGS)),
            (double) ceiling.toNanos());
    long asked = Math.min(retryAfter.toNanos(), ceiling.toNanos());
    return Duration.ofNanos(Math.max(Math.max(floor.toNanos(), asked), (long) (most * random)));
  }
}

package io.longhaul.coordinator.schedule;

import io.longhaul.protocol.config.TimeSpan;
import java.time.Duration;
import java.time.Instant;

/**
 * Runs that start at an interval, the first at once.
 *
 * @param interval from start to start, positive
 */
public record Every(Duration interval) implements Schedule {
  /**
   * @throws IllegalArgumentException if the interval is not positive
   */
  public Every {
    if (!interval.isPositive()) {
      throw new IllegalArgumentException("an interval must be positive, was " + interval);
    }
  }

  @Override
  public Instant first(Instant since) {
    return since;
  }

  @Override
  public Instant next(Instant after) {
    return after.plus(interval);
  }

  /** Returns it as people write it. */
  @Override
  public String toString() {
    return "every " + new TimeSpan(interval);
  }
}

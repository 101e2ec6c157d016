package io.longhaul.coordinator.drive;

import java.time.Duration;

/**
 * How much of a run is done at the same time, and how often again.
 *
 * @param streams how many datasets are worked on at a time, 1 or more
 * @param estimates how many streams are estimated at a time, 1 or more
 * @param failures after how many failures in a row a dataset is left to the next run, 1 or more
 * @param unreachable after how long without an answer of an agent all of them are
 * @param heals how often one dataset is mended and planned anew, 0 or more
 */
public record Pace(int streams, int estimates, int failures, Duration unreachable, int heals) {
  /** What is meant when nothing is said. */
  public static final Pace DEFAULT = new Pace(2, 4, 10, Duration.ofHours(6), 3);
}

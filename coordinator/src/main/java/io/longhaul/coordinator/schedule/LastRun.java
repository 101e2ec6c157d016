package io.longhaul.coordinator.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is remembered of a job's runs, as far as the next one depends on it.
 *
 * @param knownSince when the job was first seen
 * @param started when its last run started
 * @param finished whether that run came to its end, well or badly
 */
public record LastRun(Instant knownSince, Optional<Instant> started, boolean finished) {
  /** By how much a clock may be set back without a run being started again. */
  static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);
}

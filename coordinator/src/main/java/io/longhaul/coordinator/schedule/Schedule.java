package io.longhaul.coordinator.schedule;

import java.time.Instant;

/** The times at which a job should run. Pure. */
public sealed interface Schedule permits Cron, Every {
  /** Returns the first time of a job that is known since {@code since} and has never run. */
  Instant first(Instant since);

  /** Returns the first time after {@code after}. */
  Instant next(Instant after);

  /**
   * Returns when the job is to start; what is not after {@code now} means at once. However many
   * times were missed, it starts once for all of them. A run that was interrupted starts at once,
   * as does one whose last start lies in the future, or that is known since then: the clock was
   * wrong then or is now, and one run too many does no harm.
   */
  default Instant due(LastRun last, Instant now) {
    Instant since = last.started().orElse(last.knownSince());
    if (since.isAfter(now.plus(LastRun.CLOCK_TOLERANCE))) {
      return now;
    }
    if (last.started().isEmpty()) {
      return first(since);
    }
    return last.finished() ? next(since) : now;
  }
}

package io.longhaul.sender.session;

import io.longhaul.protocol.wire.SessionLimits;
import java.time.Duration;

/**
 * Judges how long a session has stood still (invariant 5), by {@link System#nanoTime} only. Used
 * under the session's lock.
 */
final class Inactivity {
  /** What follows from standing still. */
  enum Verdict {
    /** Nothing. */
    FINE,
    /** The reader is there, but nothing has moved for the stalled limit. */
    STALLED,
    /** The reader has not been heard of for the unreachable limit. */
    UNREACHABLE
  }

  private static final Duration MOST_SILENCE = Duration.ofMinutes(1);

  private final SessionLimits limits;
  private final long silenceNanos;
  private long contactAt;
  private long contactSince;
  private long progressAt;

  /**
   * Begins with a contact and a progress at {@code now}: the time for which the agent did not run
   * counts for nothing.
   */
  Inactivity(SessionLimits limits, long now) {
    this.limits = limits;
    this.silenceNanos =
        Math.min(
            MOST_SILENCE.toNanos(),
            Math.min(limits.stalled().toNanos(), limits.unreachable().toNanos()) / 2);
    contactAt = now;
    contactSince = now;
    progressAt = now;
  }

  /** The reader was heard of. */
  void contact(long now) {
    if (!inContact(now)) {
      contactSince = now;
    }
    contactAt = now;
  }

  /** Something was sealed or released. */
  void progress(long now) {
    progressAt = now;
  }

  Duration sinceContact(long now) {
    return Duration.ofNanos(now - contactAt);
  }

  Duration sinceProgress(long now) {
    return Duration.ofNanos(now - progressAt);
  }

  Verdict verdict(long now) {
    if (now - contactAt >= limits.unreachable().toNanos()) {
      return Verdict.UNREACHABLE;
    }
    long still = Math.min(now - progressAt, now - contactSince);
    return inContact(now) && still >= limits.stalled().toNanos() ? Verdict.STALLED : Verdict.FINE;
  }

  private boolean inContact(long now) {
    return now - contactAt < silenceNanos;
  }
}

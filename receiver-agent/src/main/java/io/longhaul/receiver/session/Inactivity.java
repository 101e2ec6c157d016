package io.longhaul.receiver.session;

import io.longhaul.protocol.wire.SessionLimits;
import java.time.Duration;

/**
 * Judges how long a session has stood still (invariant 5), by {@link System#nanoTime} only: the
 * time for which the agent did not run counts for nothing. Used by one thread.
 */
final class Inactivity {
  /** What follows from standing still. */
  enum Verdict {
    /** Nothing. */
    FINE,
    /** The sender is there, but nothing has moved for the stalled limit. */
    STALLED,
    /** The sender has been out of reach for the unreachable limit. */
    UNREACHABLE
  }

  private final SessionLimits limits;
  private long reachableSince;
  private boolean reachable = true;

  Inactivity(SessionLimits limits, long now) {
    this.limits = limits;
    this.reachableSince = now;
  }

  /** Begins anew after a pause. */
  void resumed(long now) {
    reachableSince = now;
  }

  /**
   * Judges.
   *
   * @param isReachable whether the sender answers at present
   * @param sinceContact the time since it was heard of
   * @param sinceProgress the time since anything moved
   */
  Verdict judge(long now, boolean isReachable, Duration sinceContact, Duration sinceProgress) {
    if (isReachable && !reachable) {
      reachableSince = now;
    }
    reachable = isReachable;
    if (!isReachable) {
      return sinceContact.compareTo(limits.unreachable()) > 0 ? Verdict.UNREACHABLE : Verdict.FINE;
    }
    /* A peer that was away for a day has not stalled for a day when it is back. */
    long still = Math.min(sinceProgress.toNanos(), now - reachableSince);
    return still > limits.stalled().toNanos() ? Verdict.STALLED : Verdict.FINE;
  }
}

package io.longhaul.protocol.spool;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.longhaul.protocol.pipe.Uptime;
import io.longhaul.protocol.wire.SessionLimits;
import java.time.Duration;
import java.util.Optional;

/*
 * The stalled limit counts while both sides are there: a peer that was away for two days has not stalled
 * for two days when it is back. What is true of an absent peer is true of ourselves, too, when the agent
 * did not run or the machine was suspended. So a long interruption of the contact, whoever caused it, lets
 * the stalled limit begin anew; a short one, such as the restart of an agent, does not. The unreachable
 * limit only suspends a session, so it counts all time.
 */

/**
 * Judges how long a session has stood still (invariant 5), by {@link Uptime}, also across restarts
 * of its agent. Thread-safe.
 */
public final class Inactivity {
  /** What follows from standing still. */
  public enum Verdict {
    /** Nothing. */
    FINE,
    /** The peer is there, but nothing has moved for the stalled limit. */
    STALLED,
    /** The peer has not been heard of for the unreachable limit. */
    UNREACHABLE
  }

  private static final Duration MOST_SILENCE = Duration.ofMinutes(1);
  private static final int PART_OF_LIMIT = 20;

  private final SessionLimits limits;
  private final Uptime uptime;
  private final long silence;
  private final long interruption;

  @GuardedBy("this")
  private long progressAt;

  @GuardedBy("this")
  private long contactAt;

  @GuardedBy("this")
  private long contactSince;

  /**
   * Goes on from what an earlier agent has left; without that, begins with a contact and a progress
   * now.
   */
  public Inactivity(SessionLimits limits, Uptime uptime, Optional<Activity> before) {
    this.limits = limits;
    this.uptime = uptime;
    this.silence = Math.min(MOST_SILENCE.toNanos(), limits.shorter().toNanos() / 2);
    this.interruption = Math.max(silence, limits.stalled().toNanos() / PART_OF_LIMIT);
    Duration now = uptime.now();
    Activity from =
        before
            .map(activity -> activity.in(uptime.bootId()))
            .orElseGet(() -> new Activity(uptime.bootId(), now, now, now));
    progressAt = from.progress().toNanos();
    contactAt = from.contact().toNanos();
    contactSince = from.contactSince().toNanos();
  }

  private long now() {
    return uptime.nanos().getAsLong();
  }

  /** The peer is there. */
  public synchronized void contact() {
    long now = now();
    if (now - contactAt >= interruption) {
      contactSince = now;
    }
    contactAt = now;
  }

  /** Something moves. */
  public void progress() {
    progress(Duration.ZERO);
  }

  /** Something moved so long ago; what moved later counts. */
  public synchronized void progress(Duration ago) {
    progressAt = Math.max(progressAt, now() - ago.toNanos());
  }

  /** Lets both limits begin anew, as during a pause. */
  public synchronized void beginAnew() {
    long now = now();
    progressAt = now;
    contactAt = now;
    contactSince = now;
  }

  /** Returns the time since the peer was last there: what counts against the unreachable limit. */
  public synchronized Duration sinceContact() {
    return Duration.ofNanos(now() - contactAt);
  }

  /**
   * Returns the time since something moved, or since the peer came back if that is later: what
   * counts against the stalled limit.
   */
  public synchronized Duration sinceProgress() {
    return Duration.ofNanos(still(now()));
  }

  @GuardedBy("this")
  private long still(long now) {
    return now - Math.max(progressAt, contactSince);
  }

  /** Judges. */
  public synchronized Verdict verdict() {
    long now = now();
    if (now - contactAt >= limits.unreachable().toNanos()) {
      return Verdict.UNREACHABLE;
    }
    boolean inContact = now - contactAt < silence;
    return inContact && still(now) >= limits.stalled().toNanos() ? Verdict.STALLED : Verdict.FINE;
  }

  /** Returns what the next agent needs to go on. */
  public synchronized Activity activity() {
    return new Activity(
        uptime.bootId(),
        Duration.ofNanos(progressAt),
        Duration.ofNanos(contactAt),
        Duration.ofNanos(contactSince));
  }
}

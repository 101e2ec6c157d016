package io.longhaul.receiver.pull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.longhaul.protocol.retry.Backoff;
import java.time.Duration;

/*
 * Two kinds of trouble. The peer is out of reach: nobody asks anything but the prober, once in two
 * seconds, and when it gets an answer all go on together. The peer is there but answers badly: one
 * connection at a time tries again, after a delay that grows, until a byte comes. As long as others get
 * bytes, the failure of one is no trouble of the peer, and it goes on at once.
 */

/** Says when a peer may be asked for a range, and knows whether it can be reached. Thread-safe. */
final class PeerGate {
  /** The least time from one probe of an unreachable peer to the next. */
  static final Duration PROBE_EVERY = Duration.ofSeconds(2);

  private enum State {
    OPEN,
    SUSPECTED,
    AWAY
  }

  /**
   * Asks the peer for a sign of life and, if it was out of reach, leaves old connections behind.
   */
  interface Probe {
    /** Returns whether the peer answered anything. */
    boolean answers();

    /** Closes what is left of old connections; {@code afterOutage} also those in use. */
    void renew(boolean afterOutage);
  }

  private final PullClock clock;
  private volatile long lastByte;
  private volatile boolean troubled;

  @GuardedBy("this")
  private State state = State.OPEN;

  @GuardedBy("this")
  private long awaySince;

  @GuardedBy("this")
  private long outages;

  @GuardedBy("this")
  private long outageNanos;

  @GuardedBy("this")
  private int failures;

  @GuardedBy("this")
  private long notBefore;

  @GuardedBy("this")
  private boolean scouting;

  PeerGate(PullClock clock) {
    this.clock = clock;
    this.lastByte = clock.now();
    this.notBefore = lastByte;
  }

  /**
   * Waits until a range may be asked for.
   *
   * @return whether the caller is the only one to try; it must {@link #leave} either way
   */
  boolean enter() throws InterruptedException {
    Duration delay;
    synchronized (this) {
      while (state != State.OPEN || (failures > 0 && scouting)) {
        wait();
      }
      if (failures == 0) {
        return false;
      }
      scouting = true;
      delay = Duration.ofNanos(Math.max(0, notBefore - clock.now()));
    }
    boolean slept = false;
    try {
      clock.sleeper().sleep(delay);
      slept = true;
    } finally {
      if (!slept) {
        leave(true);
      }
    }
    return true;
  }

  /** Ends what {@link #enter} began. */
  synchronized void leave(boolean scout) {
    if (scout) {
      scouting = false;
      notifyAll();
    }
  }

  /** Waits until the peer can be reached, as far as we know. */
  synchronized void awaitReachable() throws InterruptedException {
    while (state != State.OPEN) {
      wait();
    }
  }

  /** Notes that bytes of a chunk came. */
  void progress() {
    lastByte = clock.now();
    if (troubled) {
      clear();
    }
  }

  private synchronized void clear() {
    failures = 0;
    if (state == State.AWAY) {
      notifyAll(); // a rest from before the outage; the prober finds out when it is over
    } else {
      reachable();
    }
  }

  @GuardedBy("this")
  private void reachable() {
    if (state == State.AWAY) {
      outageNanos += clock.now() - awaySince;
    }
    state = State.OPEN;
    troubled = failures > 0;
    notifyAll();
  }

  /**
   * Notes that a request failed before a byte of its range came.
   *
   * @param answered whether the peer answered; else the first failure causes no delay
   * @param retryAfter the least delay that the peer asks for
   */
  synchronized void failed(boolean answered, Duration retryAfter) {
    failures++;
    troubled = true;
    if (answered || failures > 1) {
      notBefore =
          clock.now()
              + Backoff.PEER.after(failures, clock.random().getAsDouble(), retryAfter).toNanos();
    }
  }

  /**
   * Notes that nothing came on some connection since {@code nanos}; true if others had bytes since.
   */
  synchronized boolean silentSince(long nanos) {
    if (lastByte - nanos > 0) {
      return true;
    }
    if (state == State.OPEN) {
      state = State.SUSPECTED;
      awaySince = nanos;
      troubled = true;
      notifyAll();
    }
    return false;
  }

  /** Probes the peer whenever it is suspected to be out of reach; ends by interrupt. */
  void watch(Probe probe) throws InterruptedException {
    while (true) {
      awaitSuspicion();
      long began = clock.now();
      boolean answers = probe.answers();
      if (answers) {
        probe.renew(isAway());
      }
      probed(answers);
      if (!answers) {
        Duration spent = Duration.ofNanos(clock.now() - began);
        Duration rest = PROBE_EVERY.minus(spent);
        clock.sleeper().sleep(rest.isNegative() ? Duration.ZERO : rest);
      }
    }
  }

  private synchronized void awaitSuspicion() throws InterruptedException {
    while (state == State.OPEN) {
      wait();
    }
  }

  private synchronized boolean isAway() {
    return state == State.AWAY;
  }

  private synchronized void probed(boolean answers) {
    if (state == State.OPEN) {
      return; // bytes came meanwhile
    }
    if (answers) {
      if (state == State.AWAY) {
        failures = 0;
      }
      reachable();
    } else if (state == State.SUSPECTED) {
      state = State.AWAY;
      outages++;
    }
  }

  /** Returns whether the peer can be reached, as far as we know. */
  synchronized boolean isReachable() {
    return state != State.AWAY;
  }

  /** Returns whether nothing is wrong with the peer. */
  boolean isUntroubled() {
    return !troubled;
  }

  /** Returns how often the peer was out of reach. */
  synchronized long outages() {
    return outages;
  }

  /** Returns for how long altogether, the present outage included. */
  synchronized Duration outageTime() {
    long present = state == State.AWAY ? clock.now() - awaySince : 0;
    return Duration.ofNanos(outageNanos + present);
  }
}

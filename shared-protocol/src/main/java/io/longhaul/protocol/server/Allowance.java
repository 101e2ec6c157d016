package io.longhaul.protocol.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/** What one identity may still ask for at this moment. Thread-safe. */
final class Allowance {
  private static final double SECOND = Duration.ofSeconds(1).toNanos();

  private final Semaphore calls;
  private final int perSecond;

  @GuardedBy("this")
  private double requests;

  @GuardedBy("this")
  private long counted;

  /** Creates the whole allowance: a second's worth of requests may come at once. */
  Allowance(Limits limits, long nanos) {
    this.calls = new Semaphore(limits.calls());
    this.perSecond = limits.requestsPerSecond();
    this.requests = perSecond;
    this.counted = nanos;
  }

  /** Takes one request, if there is one. */
  synchronized boolean takeRequest(long nanos) {
    requests = Math.min(perSecond, requests + (nanos - counted) / SECOND * perSecond);
    counted = nanos;
    if (requests < 1) {
      return false;
    }
    requests--;
    return true;
  }

  /** Takes one call, if there is one; it has to be given back. */
  boolean takeCall() {
    return calls.tryAcquire();
  }

  /** Gives a call back. */
  void endCall() {
    calls.release();
  }
}

package io.longhaul.protocol.failure;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs who was refused and why. In five minutes the same is logged once, and at most 50 lines are:
 * whoever knocks cannot fill the log. Thread-safe.
 */
public final class RefusalLog {
  private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
  private static final Duration TURN = Duration.ofMinutes(5);
  private static final int MOST_LINES = 50;

  private final LongSupplier nanos;

  @GuardedBy("this")
  private final Set<Refusal> logged = new HashSet<>();

  @GuardedBy("this")
  private long began;

  @GuardedBy("this")
  private long unlogged;

  private record Refusal(String address, String reason) {}

  /**
   * Creates a log that has logged nothing yet.
   *
   * @param nanos {@link System#nanoTime}
   */
  public RefusalLog(LongSupplier nanos) {
    this.nanos = nanos;
    this.began = nanos.getAsLong();
  }

  /**
   * Logs a refusal, or counts it.
   *
   * @param address where the asker connects from
   * @param reason why it was refused, for people
   */
  public void refused(String address, String reason) {
    long before = beginTurn();
    if (before > 0) {
      LOG.atWarn().addKeyValue("refusals", before).log("more was refused that is not logged");
    }
    if (takeLine(new Refusal(address, reason))) {
      LOG.atWarn().addKeyValue("address", address).addKeyValue("reason", reason).log("refused");
    }
  }

  /** Begins another turn if this one is over; returns what the last one did not log. */
  private synchronized long beginTurn() {
    long now = nanos.getAsLong();
    if (now - began < TURN.toNanos()) {
      return 0;
    }
    long before = unlogged;
    began = now;
    unlogged = 0;
    logged.clear();
    return before;
  }

  private synchronized boolean takeLine(Refusal refusal) {
    if (logged.size() < MOST_LINES && logged.add(refusal)) {
      return true;
    }
    unlogged++;
    return false;
  }
}

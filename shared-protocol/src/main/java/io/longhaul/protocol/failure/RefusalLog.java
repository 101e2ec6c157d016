package io.longhaul.protocol.failure;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.longhaul.protocol.audit.Asker;
import io.longhaul.protocol.audit.AuditLine;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Writes into the audit log who was refused what. In five minutes the same is logged once, and at
 * most 50 lines are for each identity and for all strangers together: whoever knocks can neither
 * fill the log nor hide what others are refused. Thread-safe.
 */
public final class RefusalLog {
  private static final Duration TURN = Duration.ofMinutes(5);
  private static final int MOST_LINES = 50;

  private final LongSupplier nanos;

  @GuardedBy("this")
  private final Map<String, Set<Refusal>> logged = new HashMap<>();

  @GuardedBy("this")
  private long began;

  @GuardedBy("this")
  private long unlogged;

  private record Refusal(Asker asker, String wish, String rule) {}

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
   * Logs that somebody was not let in, or counts it.
   *
   * @param address where the asker connects from
   * @param reason why it was refused, for people
   */
  public void refused(String address, String reason) {
    if (isNew(new Refusal(new Asker("", address), "", reason))) {
      AuditLine.refused().with("address", address).with("reason", reason).log();
    }
  }

  /**
   * Logs that one who is known was refused something, or counts it.
   *
   * @param wish what was asked for
   * @param rule by which rule it was refused
   * @param answer what the asker was told
   */
  public void refused(Asker asker, String wish, String rule, Problem answer) {
    if (isNew(new Refusal(asker, wish, rule))) {
      AuditLine.refused()
          .by(asker)
          .with("wish", wish)
          .with("rule", rule)
          .with("outcome", answer.status())
          .log();
    }
  }

  private boolean isNew(Refusal refusal) {
    long before = beginTurn();
    if (before > 0) {
      AuditLine.refused().with("more", before).log();
    }
    return takeLine(refusal);
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
    Set<Refusal> same = logged.computeIfAbsent(refusal.asker().identity(), _ -> new HashSet<>());
    if (same.size() < MOST_LINES && same.add(refusal)) {
      return true;
    }
    unlogged++;
    return false;
  }
}

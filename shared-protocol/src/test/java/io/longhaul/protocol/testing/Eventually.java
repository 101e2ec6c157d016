package io.longhaul.protocol.testing;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for something that another thread or process brings about, and no longer than needed. */
public final class Eventually {
  /** How long a test waits before it fails; generous, because a busy machine is no fault. */
  public static final Duration MOST = Duration.ofSeconds(30);

  private static final long LOOK_NANOS = Duration.ofMillis(5).toNanos();

  private Eventually() {}

  /** Something to look at again and again. */
  @FunctionalInterface
  public interface Condition {
    /** Returns whether it has come about. */
    boolean holds() throws Exception;
  }

  /**
   * Goes on as soon as {@code condition} holds; fails if it does not within {@link #MOST}.
   *
   * @param what the condition, as a clause: "the sink has exited"
   */
  public static void eventually(String what, Condition condition) throws Exception {
    eventually(what, MOST, condition);
  }

  static void eventually(String what, Duration most, Condition condition) throws Exception {
    long start = System.nanoTime();
    while (!condition.holds()) {
      if (System.nanoTime() - start > most.toNanos()) {
        fail("Waited %s until %s, but in vain".formatted(most, what));
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }
}

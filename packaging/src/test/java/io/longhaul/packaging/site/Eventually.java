package io.longhaul.packaging.site;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another process is about to do. */
public final class Eventually {
  private static final Duration STEP = Duration.ofMillis(50);

  private Eventually() {}

  /** Something that is looked at again and again. */
  @FunctionalInterface
  public interface Look<T> {
    /** Returns what is waited for, or empty if it is not there yet. */
    Optional<T> now() throws Exception;
  }

  /** A condition that is looked at again and again. */
  @FunctionalInterface
  public interface Condition {
    /** Returns whether it holds. */
    boolean holds() throws Exception;
  }

  /**
   * Looks every 50 ms until there is an answer, and returns it.
   *
   * @throws AssertionError if there is none within {@code limit}; its cause is the last failure
   */
  public static <T> T find(String what, Duration limit, Look<T> look) {
    long deadline = System.nanoTime() + limit.toNanos();
    Exception last = null;
    while (true) {
      try {
        Optional<T> found = look.now();
        if (found.isPresent()) {
          return found.get();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("Interrupted while waiting for " + what, e);
      } catch (Exception e) {
        last = e;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError(
            "Tried to see %s but it did not come within %s".formatted(what, limit), last);
      }
      LockSupport.parkNanos(STEP.toNanos());
    }
  }

  /** Looks every 50 ms until the condition holds; see {@link #find}. */
  public static void holds(String what, Duration limit, Condition condition) {
    find(what, limit, () -> condition.holds() ? Optional.of(true) : Optional.empty());
  }

  /** Waits until this much time has passed: for an outage that has to last. */
  public static void elapsed(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}

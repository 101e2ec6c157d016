package io.longhaul.receiver;

import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another thread or process is about to do. */
public final class Eventually {
  private static final Duration STEP = Duration.ofMillis(10);
  private static final Duration LIMIT = Duration.ofSeconds(150);

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

  /** Returns the first answer; fails if there is none in time. */
  public static <T> T find(String what, Look<T> look) throws Exception {
    long began = System.nanoTime();
    while (System.nanoTime() - began < LIMIT.toNanos()) {
      try {
        Optional<T> found = look.now();
        if (found.isPresent()) {
          return found.get();
        }
      } catch (NoSuchFileException e) {
        // not yet
      }
      LockSupport.parkNanos(STEP.toNanos());
    }
    throw new AssertionError("waited for " + LIMIT + " for " + what);
  }

  /** Returns when the condition holds; fails if it does not in time. */
  public static void holds(String what, Condition condition) throws Exception {
    find(what, () -> condition.holds() ? Optional.of(true) : Optional.empty());
  }
}

package io.longhaul.protocol.retry;

import java.time.Duration;

/** Waits. Tests replace it so that no test sleeps. */
@FunctionalInterface
public interface Sleeper {
  /** The one that really sleeps. */
  Sleeper REAL = Thread::sleep;

  /**
   * Waits for {@code time}.
   *
   * @throws InterruptedException if the thread is interrupted meanwhile
   */
  void sleep(Duration time) throws InterruptedException;
}

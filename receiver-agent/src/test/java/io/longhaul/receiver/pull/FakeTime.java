package io.longhaul.receiver.pull;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Time that passes faster: a wait of a second takes 20 ms. It remembers the waits. */
final class FakeTime {
  private static final int FASTER = 50;

  private final List<Duration> waits = new CopyOnWriteArrayList<>();
  private final long began = System.nanoTime();

  /** Returns the clock to give to a puller. */
  PullClock clock() {
    return new PullClock(this::nanos, this::sleep, () -> 0.5);
  }

  private void sleep(Duration time) throws InterruptedException {
    waits.add(time);
    if (new CountDownLatch(1).await(time.toNanos() / FASTER, TimeUnit.NANOSECONDS)) {
      throw new AssertionError("nobody counts that latch down");
    }
  }

  private long nanos() {
    return (System.nanoTime() - began) * FASTER;
  }

  /** Returns the time since the beginning. */
  Duration elapsed() {
    return Duration.ofNanos(nanos());
  }

  /** Returns all waits so far. */
  List<Duration> waits() {
    return waits;
  }
}

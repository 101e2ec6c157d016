package io.longhaul.receiver.pull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.longhaul.protocol.failure.RetryableException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.retry.Backoff;
import io.longhaul.protocol.wire.SendStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the sender what is not needed again, one call at a time, until it hears. Thread-safe. */
final class Releaser implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Releaser.class);
  private static final Duration LEAST_PAUSE = Duration.ofMillis(100);

  private final SenderClient sender;
  private final PullClock clock;

  @GuardedBy("this")
  private long wanted;

  @GuardedBy("this")
  private long released;

  @GuardedBy("this")
  private long sealed = Long.MAX_VALUE;

  @GuardedBy("this")
  private @Nullable Thread thread;

  @GuardedBy("this")
  private boolean closed;

  Releaser(SenderClient sender, PullClock clock) {
    this.sender = sender;
    this.clock = clock;
  }

  /** Has everything below chunk {@code to} released; returns at once. */
  synchronized void release(long to) {
    if (to <= wanted || closed) {
      return;
    }
    wanted = to;
    if (thread == null) {
      thread = Thread.ofVirtual().name("release").start(this::run);
    }
    notifyAll();
  }

  private void run() {
    int failures = 0;
    try {
      while (true) {
        long to = awaitWish();
        Duration pause = LEAST_PAUSE;
        try {
          sender.release(to);
          told(to);
          failures = 0;
        } catch (TransferException e) {
          failures++;
          Duration asked = e instanceof RetryableException r ? r.retryAfter() : Duration.ZERO;
          pause = Backoff.PEER.after(failures, clock.random().getAsDouble(), asked);
          LOG.atDebug()
              .addKeyValue("to", to)
              .addKeyValue("why", e.getMessage())
              .log("not released yet");
        }
        clock.sleeper().sleep(pause);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private synchronized void told(long to) {
    released = to;
  }

  /**
   * Takes in how far the sender has come. One whose machine went down may have forgotten some of
   * what it sealed and released, and is told again: else it would keep what nobody fetches, and
   * have no room for the rest.
   */
  synchronized void heard(SendStatus sender) {
    sealed = sender.sealedTo();
    released = Math.min(released, sender.releasedTo());
    if (wish() > released) {
      notifyAll();
    }
  }

  private synchronized long awaitWish() throws InterruptedException {
    while (wish() <= released) {
      wait();
    }
    return wish();
  }

  @GuardedBy("this")
  private long wish() {
    return Math.min(wanted, sealed);
  }

  /** Stops, whether or not the sender has heard. */
  @Override
  public synchronized void close() {
    closed = true;
    if (thread != null) {
      thread.interrupt();
    }
  }
}

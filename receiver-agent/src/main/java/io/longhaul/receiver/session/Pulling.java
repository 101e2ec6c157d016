package io.longhaul.receiver.session;

import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.failure.SessionPausedException;
import io.longhaul.protocol.pipe.Uptime;
import io.longhaul.protocol.retry.Sleeper;
import io.longhaul.receiver.pull.Puller;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that pulls for one session, and what came of it. Closing it ends the thread. */
final class Pulling implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Pulling.class);
  private static final Duration PAUSE = Duration.ofSeconds(30);
  private static final long NEVER = Long.MIN_VALUE;

  /** What the thread is at. */
  sealed interface State {
    /** Chunks come in, or will. */
    record Running() implements State {}

    /** A person must change something; tried again every 30 seconds. */
    record Paused(Failure why) implements State {}

    /** The verified end record is in the manifest. */
    record Whole() implements State {}

    /** The session has failed. */
    record Ended(Failure failure) implements State {}
  }

  private final Puller puller;
  private final Sleeper sleeper;
  private final Uptime uptime;
  private final ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();
  private volatile State state = new State.Running();
  private volatile long retriedNanos = NEVER;

  private Pulling(Puller puller, Sleeper sleeper, Uptime uptime) {
    this.puller = puller;
    this.sleeper = sleeper;
    this.uptime = uptime;
  }

  static Pulling start(Puller puller, Sleeper sleeper, Uptime uptime) {
    Pulling pulling = new Pulling(puller, sleeper, uptime);
    pulling.thread.execute(pulling::pull);
    return pulling;
  }

  private void pull() {
    try {
      while (true) {
        try {
          puller.run();
          state = new State.Whole();
          return;
        } catch (SessionPausedException e) {
          LOG.atWarn().addKeyValue("reason", e.getMessage()).log("paused");
          retriedNanos = NEVER;
          state = new State.Paused(e.failure());
          sleeper.sleep(PAUSE);
          retriedNanos = now();
        }
      }
    } catch (SessionEndedException e) {
      state = new State.Ended(e.failure());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      LOG.atError().setCause(e).log("the puller failed");
      state =
          new State.Ended(
              Failure.resumable(FailureKind.UNKNOWN, "The puller failed: " + e + "; see the log"));
    }
  }

  private long now() {
    return uptime.nanos().getAsLong();
  }

  /** Returns what the thread is at; a pause lasts until the sender was heard of after it. */
  State state() {
    State now = state;
    long retried = retriedNanos;
    boolean back =
        now instanceof State.Paused
            && retried != NEVER
            && puller
                .progress()
                .sinceContact()
                .filter(since -> since.toNanos() < now() - retried)
                .isPresent();
    return back ? new State.Running() : now;
  }

  @Override
  public void close() {
    thread.shutdownNow();
    thread.close();
  }
}

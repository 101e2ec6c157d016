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
  private static final Duration LOOK_FOR_ROOM = Duration.ofSeconds(2);
  private static final long NEVER = Long.MIN_VALUE;

  /** What the thread is at. */
  sealed interface State {
    /** Chunks come in, or will. */
    record Running() implements State {}

    /**
     * A person must change something; tried again every 30 seconds, or every 2 if the disk is full.
     */
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
  private volatile long verifiedThen;

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
          if (!(state() instanceof State.Paused)) {
            LOG.atWarn().addKeyValue("reason", e.getMessage()).log("paused");
          }
          retriedNanos = NEVER;
          verifiedThen = puller.progress().verifiedTo();
          state = new State.Paused(e.failure());
          sleeper.sleep(isOfOwnDisk(e.failure()) ? LOOK_FOR_ROOM : PAUSE);
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

  private static boolean isOfOwnDisk(Failure why) {
    return why.kind() == FailureKind.SPOOL_FAILED;
  }

  /** Returns what the thread is at; a pause lasts until what it waited for was seen after it. */
  State state() {
    State now = state;
    return now instanceof State.Paused paused && isOver(paused.why()) ? new State.Running() : now;
  }

  private boolean isOver(Failure why) {
    if (retriedNanos == NEVER) {
      return false;
    }
    if (isOfOwnDisk(why)) {
      return puller.progress().verifiedTo() > verifiedThen;
    }
    return puller
        .progress()
        .sinceContact()
        .filter(since -> since.toNanos() < now() - retriedNanos)
        .isPresent();
  }

  @Override
  public void close() {
    thread.shutdownNow();
    thread.close();
  }
}

package io.longhaul.receiver.pump;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.longhaul.protocol.config.TimeSpan;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.pipe.Child;
import io.longhaul.protocol.pipe.FifoHold;
import io.longhaul.protocol.pipe.ProcessGroup;
import io.longhaul.protocol.retry.Sleeper;
import io.longhaul.protocol.spool.Control;
import io.longhaul.protocol.spool.Outcome;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.spool.SpoolRoot;
import io.longhaul.protocol.wire.SessionLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/*
 * A sink may know the end of its stream by itself, as zfs receive does, and exit with 0 before the end
 * record is here. So an exit with 0 is no failure while nothing is left unread and nothing more is
 * offered. A later byte finds no reader, or stays unread where the agent holds the reading end too, or is
 * read by somebody whom the sink left behind and who is not waited for: all three are looked for.
 */

/**
 * Watches over one sink while it is fed: for the agent's wish to end, for the inactivity limit, and
 * for a sink that exits before it should. The first failure wins, and it ends the sink by signal
 * before its stdin is closed. The limit counts only while the machine runs, as in the send pump.
 * Thread-safe.
 */
final class SinkGuard {
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration EXIT_WAIT = Duration.ofSeconds(2);
  private static final long STILL_RUNS = -1;

  private final SessionSpool spool;
  private final SessionLimits limits;
  private final SinkMachine machine;
  private final Sleeper sleeper;
  private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();
  private volatile long progressNanos = System.nanoTime();
  private volatile @Nullable Child sink;
  private volatile @Nullable FifoHold readingEnd;
  private final AtomicBoolean ending = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile CountDownLatch watched = new CountDownLatch(0);
  private volatile boolean unkillable;
  private final AtomicLong offeredBytes = new AtomicLong();
  private volatile long offeredAtExit = STILL_RUNS;

  @GuardedBy("this")
  private @Nullable SinkStdin stdin;

  SinkGuard(SessionSpool spool, SessionLimits limits, SinkMachine machine) {
    this.spool = spool;
    this.limits = limits;
    this.machine = machine;
    this.sleeper = machine.sleeper();
  }

  /** Begins to watch a sink that runs; from now on this class alone closes its stdin. */
  void watch(Child started, SinkStdin its) {
    synchronized (this) {
      stdin = its;
    }
    sink = started;
    moved();
    if (failed()) {
      end(started);
    }
    CountDownLatch loop = new CountDownLatch(1);
    watched = loop;
    machine
        .watching()
        .execute(() -> {
          try {
            watchLoop(started);
          } finally {
            loop.countDown();
          }
        });
  }

  private void watchLoop(Child started) {
    try {
      Optional<Integer> status = Optional.empty();
      while (!failed() && readingEnd == null) {
        look();
        if (status.isEmpty()) {
          status = started.awaitExit(LOOK);
          status.ifPresent(_ -> offeredAtExit = offeredBytes.get());
        } else {
          sleeper.sleep(LOOK);
        }
        if (status.isPresent() && readingEnd == null) {
          exitedWhileFed(status.get());
        }
      }
      while (!failed() && started.awaitExit(LOOK).isEmpty()) {
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      fail(Failure.resumable(FailureKind.SPOOL_FAILED, "Tried to watch the sink but " + e));
    }
  }

  /** Looks for a reason to end: the agent's wish, no spool, or nothing moving for too long. */
  void look() throws IOException {
    Optional<Failure> deleted = spool.deletedUnderIt();
    if (deleted.isPresent()) {
      fail(deleted.get());
      return;
    }
    Optional<Control> control = SpoolFile.read(spool.control(), Control.class);
    if (control.isPresent()) {
      fail(control.get().end());
      return;
    }
    /* The pump cannot tell a peer that is away from one that stands still: the longer limit counts. */
    Duration still = Duration.ofNanos(System.nanoTime() - progressNanos);
    Duration most =
        limits.unreachable().compareTo(limits.stalled()) > 0
            ? limits.unreachable()
            : limits.stalled();
    if (still.compareTo(most) <= 0) {
      return;
    }
    if (agentWorks() || Files.exists(spool.paused())) {
      moved(); // it judges by itself, and may keep a session whose peer is away
      return;
    }
    fail(
        Failure.resumable(
            FailureKind.STALLED,
            "Nothing reached the sink for "
                + TimeSpan.display(still)
                + ", the session's limit, and no receiver-agent was there"));
  }

  private boolean agentWorks() throws IOException {
    return SpoolRoot.isInUse(
        Objects.requireNonNull(spool.directory().toAbsolutePath().getParent()), Role.RECEIVE);
  }

  /** Notes that so many bytes are about to be written; before, so that no exit can come between. */
  void offers(long bytes) {
    offeredBytes.addAndGet(bytes);
  }

  /** Notes that the pipe took a byte or more. */
  void moved() {
    progressNanos = System.nanoTime();
  }

  /**
   * Notes that the last byte is in the pipe; from now on the sink may exit.
   *
   * @throws SessionEndedException if it has failed before, or exited before the last byte
   */
  void allFed() throws IOException, SessionEndedException {
    if (offeredAtExit != STILL_RUNS && offeredAtExit != offeredBytes.get()) {
      fail(exitedEarly());
    }
    check();
    moved();
    readingEnd = machine.fifos().holdReadingEnd(spool.sinkFifo());
  }

  /**
   * Closes the sink's stdin as the good end of the stream.
   *
   * @throws SessionEndedException if it has failed before
   */
  synchronized void letGo() throws SessionEndedException {
    check();
    if (stdin != null) {
      stdin.close();
    }
  }

  private void exitedWhileFed(int status) throws IOException {
    if (status != 0) {
      fail(sinkFailed(status));
      return;
    }
    try (FifoHold unread = machine.fifos().holdReadingEnd(spool.sinkFifo())) {
      if (unread.unreadBytes() > 0) {
        fail(exitedEarly());
      }
    }
  }

  private static Failure exitedEarly() {
    return Failure.permanent(
        FailureKind.SINK_EXITED_EARLY,
        "The sink exited with 0 before it was given the last byte; the target is not complete");
  }

  private static Failure sinkFailed(int status) {
    return Failure.permanent(FailureKind.SINK_FAILED, "The sink exited with status " + status);
  }

  boolean failed() {
    return failure.get() != null;
  }

  /** Throws the failure, if there is one. */
  void check() throws SessionEndedException {
    Failure now = failure.get();
    if (now != null) {
      throw new SessionEndedException(now);
    }
  }

  /** Ends the sink for this reason, unless there was one before; then closes its stdin. */
  void fail(Failure why) {
    if (!failure.compareAndSet(null, why)) {
      return;
    }
    Child running = sink;
    if (running != null) {
      end(running);
    }
  }

  private void end(Child running) {
    if (!ending.compareAndSet(false, true)) {
      return;
    }
    try {
      stopFeeding();
      if (running.end(ProcessGroup.GRACE, sleeper)) {
        closeStdin();
      } else {
        survived(running, "it survived SIGKILL");
      }
    } catch (IOException e) {
      survived(running, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      survived(running, "ending it was interrupted");
    } finally {
      ended.countDown();
    }
  }

  private void survived(Child running, String why) {
    failure.updateAndGet(f ->
        f == null
            ? null
            : new Failure(
                f.kind(),
                "%s; tried to end the sink, process %d, but %s; end it by hand: its stdin is held open until then"
                    .formatted(f.message(), running.identity().pid(), why),
                f.resumable()));
    unkillable = true;
  }

  private synchronized void stopFeeding() {
    if (stdin != null) {
      stdin.stopFeeding();
    }
  }

  private synchronized void closeStdin() {
    if (stdin != null) {
      stdin.close();
    }
  }

  /** As {@link #fail}, but a sink that is just exiting, or reads no more, is itself the reason. */
  void failToFeed(IOException cause) throws InterruptedException {
    Child running = sink;
    Optional<Integer> status = running == null ? Optional.empty() : running.awaitExit(EXIT_WAIT);
    if (status.isPresent()) {
      fail(status.get() == 0 ? exitedEarly() : sinkFailed(status.get()));
    } else if (String.valueOf(cause.getMessage()).contains("Broken pipe")) {
      fail(
          Failure.permanent(
              FailureKind.SINK_EXITED_EARLY,
              "The sink closed its stdin before it was given the last byte"));
    } else {
      fail(
          Failure.resumable(
              FailureKind.SPOOL_FAILED,
              "Tried to feed the sink from " + spool.directory() + " but " + cause));
    }
  }

  /** Waits for the sink's exit and returns how it went. */
  Outcome awaitOutcome() throws IOException, InterruptedException {
    Child started = sink;
    if (started == null) {
      return outcomeWithoutSink();
    }
    Optional<Integer> status = started.awaitExit(LOOK);
    while (status.isEmpty() && !unkillable) {
      status = started.awaitExit(LOOK);
    }
    if (failed()) {
      ended.await(); // its group may outlive it, and must not see an end of file
    }
    FifoHold pipe = readingEnd;
    if (pipe != null) {
      if (status.isPresent() && !failed()) {
        judge(status.get(), pipe);
      }
      pipe.close();
    }
    return new Outcome(
        status.map(OptionalInt::of).orElse(OptionalInt.empty()),
        Optional.ofNullable(failure.get()),
        started.stderrTail());
  }

  private void judge(int status, FifoHold pipe) throws IOException {
    if (status != 0) {
      failure.set(sinkFailed(status));
    } else if (pipe.unreadBytes() > 0) {
      failure.set(
          Failure.permanent(
              FailureKind.SINK_EXITED_EARLY,
              "The sink exited with 0 but left the last "
                  + pipe.unreadBytes()
                  + " bytes unread; the target is not complete"));
    }
  }

  Outcome outcomeWithoutSink() {
    return new Outcome(OptionalInt.empty(), Optional.ofNullable(failure.get()), "");
  }

  /** Waits until nobody watches any more: what is watched for would belong to another session. */
  void awaitOver() throws InterruptedException {
    watched.await();
  }

  /** Waits until a sink that could not be ended is gone: this process holds its stdin. */
  void awaitSinkGone() throws InterruptedException {
    Child running = sink;
    while (running != null && running.awaitExit(EXIT_WAIT).isEmpty()) {
      moved();
    }
  }
}

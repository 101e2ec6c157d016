package io.longhaul.sender.session;

import io.longhaul.protocol.config.TimeSpan;
import io.longhaul.protocol.durable.Shortage;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.pipe.ProcessGroup;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.retry.Sleeper;
import io.longhaul.protocol.spool.Inactivity;
import io.longhaul.protocol.spool.Mark;
import io.longhaul.protocol.spool.Outcome;
import io.longhaul.protocol.spool.PumpStarter;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.spool.Started;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the pump of one session by its files, until the session has ended and the pump is gone.
 * One thread runs it.
 */
final class PumpWatch {
  private static final Logger LOG = LoggerFactory.getLogger(PumpWatch.class);
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration LOOK_WHEN_AWAITED = Duration.ofMillis(10);
  static final long PROBE_NANOS = 500_000_000;
  private static final int LOG_SHOWN = 2000;

  private final SendSession session;
  private final SpoolView spool;
  private final PumpStarter pump;
  private Optional<Process> process;

  /** What the last look found: others may have made the manifest's reader look meanwhile. */
  private record Seen(boolean started, long sealedTo, Optional<Mark> replayed, boolean ended) {
    static Seen now(SpoolView spool) {
      return new Seen(
          Files.exists(spool.spool().started()),
          spool.sealedTo(),
          spool.replayed(),
          spool.end().isPresent());
    }

    boolean isOlderThan(SpoolView spool) {
      return sealedTo != spool.sealedTo()
          || !replayed.equals(spool.replayed())
          || ended != spool.end().isPresent()
          || (!started && Files.exists(spool.spool().started()));
    }
  }

  private long probedAt;
  private Seen seen;
  private int lastAttempt = -1;
  private boolean inShortage;

  /**
   * Creates the watch.
   *
   * @param pump starts another pump if this one is killed and the stream is repeatable
   * @param process the pump, if this very agent started it
   */
  PumpWatch(SendSession session, PumpStarter pump, Optional<Process> process) {
    this.session = session;
    this.spool = session.spool();
    this.pump = pump;
    this.process = process;
    this.probedAt = session.now();
    this.seen = Seen.now(spool);
    session.takeIn(); // what comes later is seen to move
  }

  /**
   * Follows the pump.
   *
   * @param stopping whether the agent stops; the pump then goes on unwatched
   * @return whether the session has ended and its pump is gone, as against the agent stopping
   */
  boolean run(BooleanSupplier stopping) throws InterruptedException {
    while (!stopping.getAsBoolean()) {
      if (look()) {
        return true;
      }
      session.pause(LOOK, LOOK_WHEN_AWAITED);
    }
    return false;
  }

  /** What is short now may be there at the next look; said once. */
  private void waitOut(IOException shortage) {
    if (!inShortage) {
      inShortage = true;
      LOG.atWarn()
          .setCause(shortage)
          .addKeyValue("session", session.send().id())
          .log("the pump cannot be followed at present");
    }
  }

  /** Looks once; returns whether the session has ended and its pump is gone. */
  boolean look() throws InterruptedException {
    try {
      if (!session.state().ended()) {
        observe();
        inShortage = false;
      }
      return session.state().ended() && pumpIsGone();
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("a file was closed by it");
      }
      if (Shortage.of(e).isPresent()) {
        waitOut(e);
      } else {
        fail(e);
      }
      return false;
    }
  }

  private void fail(IOException cause) {
    Failure failure =
        Failure.resumable(
            FailureKind.SPOOL_DAMAGED,
            "Tried to follow the pump of session " + session.send().id() + " but " + cause);
    try {
      session.end(failure);
    } catch (IOException e) {
      LOG.atError()
          .setCause(e)
          .addKeyValue("session", session.send().id())
          .log("cannot tell the pump to end");
      session.ended(failure);
    }
  }

  private void observe() throws IOException, InterruptedException {
    Optional<Failure> deleted = spool.spool().deletedUnderIt();
    if (deleted.isPresent()) {
      session.ended(deleted.get());
      return;
    }
    boolean gone = mayBeGone();
    spool.refresh();
    if (seen.isOlderThan(spool)) {
      seen = Seen.now(spool);
      session.moved();
    }
    session.keepActivity();
    Optional<Outcome> outcome = spool.outcome();
    if (outcome.isPresent()) {
      outcome.get().failure().ifPresent(session::ended);
    } else if (gone && spool.end().isEmpty()) { // after the end record nobody needs the pump
      pumpDied();
    }
    if (session.judge() == Inactivity.Verdict.STALLED) {
      session.end(
          Failure.resumable(
              FailureKind.STALLED,
              "the reader was there, but nothing was sealed or released for "
                  + TimeSpan.display(session.send().request().limits().stalled())));
    }
  }

  /** Looks for a pump twice a second; a dead one has left the lock. */
  private boolean mayBeGone() throws IOException {
    long now = session.now();
    if (now - probedAt < PROBE_NANOS || process.filter(Process::isAlive).isPresent()) {
      return false;
    }
    probedAt = now;
    return !spool.locked();
  }

  private boolean pumpIsGone() throws IOException {
    return process.filter(Process::isAlive).isEmpty() && !spool.locked();
  }

  /**
   * Ends what is left of the source; has it repeated by another pump, unless that was in vain. A
   * source that was never started is no repetition.
   */
  private void pumpDied() throws IOException, InterruptedException {
    Optional<Started> started = spool.started();
    Optional<ProcessIdentity> source = started.flatMap(Started::child);
    if (source.isPresent()) {
      ProcessGroup.end(source.get(), ProcessGroup.GRACE, Sleeper.REAL);
    }
    int attempt = started.map(Started::attempt).orElse(0);
    boolean mayStart = started.isEmpty() || session.send().repeatable();
    if (!mayStart || attempt <= lastAttempt) {
      session.ended(diedForGood());
      return;
    }
    if (started.isPresent()) {
      SpoolFile.write(spool.spool().replayed(), Mark.NONE);
    }
    lastAttempt = attempt;
    LOG.atWarn()
        .addKeyValue("session", session.send().id())
        .addKeyValue("sealedTo", spool.sealedTo())
        .log("the send pump is gone; the source is started again");
    process = Optional.of(pump.start(spool.spool()));
  }

  private Failure diedForGood() throws IOException {
    SessionSpool files = spool.spool();
    return Failure.resumable(
        FailureKind.PUMP_DIED,
        "Tried to send "
            + session.send().request().source()
            + " but the send pump of session "
            + files.id()
            + " ended without an outcome"
            + said(files.log())
            + "; look for the kernel's out-of-memory killer, then start again");
  }

  private static String said(Path log) throws IOException {
    if (!Files.exists(log)) {
      return "";
    }
    String text = Files.readString(log, StandardCharsets.UTF_8).strip();
    return text.isEmpty()
        ? ""
        : "; it said:\n" + text.substring(Math.max(0, text.length() - LOG_SHOWN)) + "\n";
  }
}

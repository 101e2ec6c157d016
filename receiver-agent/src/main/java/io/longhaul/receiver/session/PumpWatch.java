package io.longhaul.receiver.session;

import io.longhaul.protocol.durable.Shortage;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.pipe.ProcessGroup;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.retry.Sleeper;
import io.longhaul.protocol.spool.Control;
import io.longhaul.protocol.spool.LastWord;
import io.longhaul.protocol.spool.Outcome;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.spool.SpoolLock;
import io.longhaul.protocol.spool.Started;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's view of a session's receive pump: starts it once, notices its end, and ends its sink
 * for it if it was killed. Used by the session's thread; only {@link #sink} is thread-safe.
 */
final class PumpWatch {
  private static final Logger LOG = LoggerFactory.getLogger(PumpWatch.class);
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration END_LIMIT = ProcessGroup.GRACE.multipliedBy(3);
  private static final Duration TELL_AGAIN = Duration.ofSeconds(5);
  private static final int LOCK_EVERY = 25;
  private static final int ROUNDS = 3;

  private final SessionSpool spool;
  private final PumpHost host;
  private final Sleeper sleeper;
  private @Nullable Process process;
  private int looks;
  private volatile @Nullable ProcessIdentity sink;

  PumpWatch(SessionSpool spool, PumpHost host, Sleeper sleeper) {
    this.spool = spool;
    this.host = host;
    this.sleeper = sleeper;
  }

  /**
   * Starts the pump unless one runs, or ran, and waits until it holds the lock.
   *
   * @throws SessionEndedException if it cannot be started
   */
  void ensureRunning() throws IOException, SessionEndedException, InterruptedException {
    if (SpoolLock.isHeld(spool.lock()) || outcomeFile().isPresent() || started().isPresent()) {
      return;
    }
    Process begun = host.start(spool);
    process = begun;
    boolean again = true;
    for (Duration waited = Duration.ZERO;
        !SpoolLock.isHeld(spool.lock());
        waited = waited.plus(LOOK)) {
      boolean exited = !begun.isAlive();
      if (outcomeFile().isPresent() || SpoolLock.isHeld(spool.lock())) {
        return;
      }
      if (exited && again && started().isEmpty()) {
        again = false; // it was just ending when it was given this session
        begun = host.start(spool);
        process = begun;
        continue;
      }
      if (exited || waited.compareTo(START_LIMIT) > 0) {
        throw new SessionEndedException(
            Failure.resumable(
                FailureKind.PUMP_DIED,
                "Tried to start the receive pump but it "
                    + (exited ? "exited with " + begun.exitValue() : "does not begin")
                    + PumpLog.tail(spool.log())));
      }
      sleeper.sleep(LOOK);
    }
  }

  /** Returns whether there is, or was, a pump: a session may be paused before it is started. */
  boolean wasStarted() throws IOException {
    return process != null || SpoolLock.isHeld(spool.lock()) || started().isPresent();
  }

  /**
   * Returns how the sink ended, as soon as the pump has said so.
   *
   * @throws SessionEndedException if the pump is gone and has said nothing
   */
  Optional<Outcome> outcome() throws IOException, SessionEndedException {
    Optional<Outcome> outcome = outcomeFile();
    return outcome.isPresent() || looks++ % LOCK_EVERY != 0 ? outcome : outcomeOrAlive();
  }

  /**
   * As {@link #outcome}, but surely looks whether the pump is alive.
   *
   * @throws SessionEndedException if the pump is gone and has said nothing
   */
  Optional<Outcome> outcomeOrAlive() throws IOException, SessionEndedException {
    if (SpoolLock.isHeld(spool.lock())) {
      return outcomeFile();
    }
    Optional<Outcome> outcome = outcomeFile();
    if (outcome.isEmpty() && spool.deletedUnderIt().isPresent()) {
      throw new SessionEndedException(spool.deletedUnderIt().get());
    }
    if (outcome.isEmpty()) {
      throw new SessionEndedException(
          Failure.resumable(
              FailureKind.PUMP_DIED,
              "The receive pump was killed; a sink is never started twice, so the stream has to be"
                  + " sent again"
                  + PumpLog.tail(spool.log())));
    }
    return outcome;
  }

  Optional<Outcome> outcomeFile() throws IOException {
    return SpoolFile.read(spool.outcome(), Outcome.class);
  }

  private Optional<Started> started() throws IOException {
    return SpoolFile.read(spool.started(), Started.class);
  }

  /** Returns the sink, once it was started. */
  Optional<ProcessIdentity> sink() {
    ProcessIdentity known = sink;
    if (known == null) {
      try {
        known = started().flatMap(Started::child).orElse(null);
      } catch (IOException e) {
        return Optional.empty(); // the session's own reading of its files will say so
      }
      sink = known;
    }
    return Optional.ofNullable(known);
  }

  /**
   * Has the pump end its sink, or ends it in the place of a pump that is dead or does not react;
   * within a few grace periods.
   *
   * @return whether nobody is left who could read the sink's stdin; else it must be held open
   */
  boolean end(Failure why) throws InterruptedException {
    ask(why);
    boolean gone = endReaders();
    if (gone) {
      endPump();
    }
    return gone;
  }

  private void ask(Failure why) throws InterruptedException {
    while (true) {
      try {
        if (outcomeFile().isEmpty()) {
          LastWord.force(spool, spool.control(), new Control(why));
          awaitReaction();
        }
        return;
      } catch (IOException e) {
        LOG.atWarn()
            .setCause(e)
            .addKeyValue("session", spool.id())
            .log("the pump cannot be told to end");
        if (!Shortage.isOfSpace(e) || !mustBeTold()) {
          return;
        }
      }
      sleeper.sleep(TELL_AGAIN);
    }
  }

  private void awaitReaction() throws IOException, InterruptedException {
    for (Duration waited = Duration.ZERO;
        waited.compareTo(END_LIMIT) < 0
            && outcomeFile().isEmpty()
            && SpoolLock.isHeld(spool.lock());
        waited = waited.plus(LOOK)) {
      sleeper.sleep(LOOK);
    }
  }

  /**
   * Returns whether nothing but a file reaches the pump: an earlier agent has started it, and it
   * has not started its sink, so nobody knows its process.
   */
  private boolean mustBeTold() {
    try {
      return SpoolLock.isHeld(spool.lock()) && pump().isEmpty();
    } catch (IOException e) {
      return true;
    }
  }

  private boolean endReaders() throws InterruptedException {
    boolean gone = sink().map(this::endGroup).orElse(true);
    for (int round = 0; round < ROUNDS; round++) {
      List<ProcessIdentity> readers = readers();
      if (readers.isEmpty()) {
        return gone;
      }
      readers.forEach(this::endGroup);
    }
    return false;
  }

  /** The pump may have been killed before it wrote down which process its sink is. */
  private List<ProcessIdentity> readers() {
    try {
      List<ProcessIdentity> pumps = new ArrayList<>();
      pump().ifPresent(pumps::add);
      started().map(Started::pump).ifPresent(pumps::add);
      List<ProcessIdentity> users = new ArrayList<>(host.users(spool.sinkFifo()));
      users.removeAll(pumps); // it may have another session by now
      return users;
    } catch (NoSuchFileException e) {
      return List.of(); // nothing was ever started
    } catch (IOException e) {
      LOG.atWarn().setCause(e).addKeyValue("session", spool.id()).log("looking for the sink");
      return List.of();
    }
  }

  private Optional<ProcessIdentity> pump() throws IOException {
    Process ours = process;
    if (ours != null && ours.isAlive()) {
      return Optional.of(host.identity(ours.pid()));
    }
    return SpoolLock.isHeld(spool.lock()) ? started().map(Started::pump) : Optional.empty();
  }

  private void endPump() throws InterruptedException {
    try {
      for (Duration waited = Duration.ZERO;
          waited.compareTo(ProcessGroup.GRACE) < 0 && SpoolLock.isHeld(spool.lock());
          waited = waited.plus(LOOK)) {
        if (outcomeFile().isEmpty()) {
          break; // it does not react
        }
        sleeper.sleep(LOOK);
      }
      if (SpoolLock.isHeld(spool.lock()) || outcomeFile().isEmpty()) {
        pump().ifPresent(this::endGroup); // else it is through, and may have another session
      }
    } catch (IOException e) {
      LOG.atWarn().setCause(e).addKeyValue("session", spool.id()).log("ending the pump");
    }
  }

  private boolean endGroup(ProcessIdentity leader) {
    try {
      return host.end(leader, sleeper);
    } catch (IOException e) {
      LOG.atError()
          .setCause(e)
          .addKeyValue("session", spool.id())
          .addKeyValue("process", leader.pid())
          .log("a process cannot be ended; end it by hand");
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}

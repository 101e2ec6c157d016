package io.longhaul.receiver.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.chunk.EndRecord;
import io.longhaul.protocol.chunk.ManifestReader;
import io.longhaul.protocol.chunk.ManifestWriter;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.config.TimeSpan;
import io.longhaul.protocol.durable.Shortage;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.retry.Sleeper;
import io.longhaul.protocol.spool.ActivityFile;
import io.longhaul.protocol.spool.Inactivity;
import io.longhaul.protocol.spool.Mark;
import io.longhaul.protocol.spool.Outcome;
import io.longhaul.protocol.spool.Pause;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.receiver.pull.Progress;
import io.longhaul.receiver.pull.Puller;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * One thread drives the session: it follows the files that the pump writes, tells the puller how far
 * the sink was fed, and owns the finish. A second thread pulls. State changes in one method, become.
 * After a restart of the agent, everything is found again from the files.
 */

/** One receive session, from its request to its end. Thread-safe. */
public final class ReceiveSession {
  private static final Logger LOG = LoggerFactory.getLogger(ReceiveSession.class);
  private static final Duration LOOK = Duration.ofMillis(10);
  private static final int STOP_SECONDS = 2;
  private static final int MOST_PAUSE_LOOKS = 300;

  private final SpooledReceive spooled;
  private final SessionSpool spool;
  private final Sender sender;
  private final long limitBytes;
  private final SinkResult result;
  private final ReceiveMachine machine;
  private final Sleeper sleeper;
  private final PumpWatch pump;
  private final Pulse pulse;
  private final ActivityFile activity;
  private final Inactivity inactivity;
  private final AtomicReference<@Nullable Failure> endAsked = new AtomicReference<>();
  private final AtomicReference<@Nullable Pause> pause = new AtomicReference<>();
  private final CountDownLatch over = new CountDownLatch(1);

  @GuardedBy("this")
  private SessionState state = SessionState.CREATED;

  @GuardedBy("this")
  private @Nullable Failure failure;

  private volatile boolean stopping;
  private @Nullable Puller puller;
  private volatile Mark fed = Mark.NONE;
  private volatile Optional<EndRecord> end = Optional.empty();
  private volatile Optional<Outcome> outcome = Optional.empty();
  private final ExecutorService driver = Executors.newVirtualThreadPerTaskExecutor();

  ReceiveSession(
      SpooledReceive spooled,
      SessionSpool spool,
      Sender sender,
      long limitBytes,
      SinkResult result,
      ReceiveMachine machine) {
    this.spooled = spooled;
    this.spool = spool;
    this.sender = sender;
    this.limitBytes = limitBytes;
    this.result = result;
    this.machine = machine;
    this.sleeper = machine.sleeper();
    this.pump = new PumpWatch(spool, machine.pumps(), sleeper);
    this.pulse = new Pulse(machine.uptime());
    this.activity = new ActivityFile(spool, spooled.request().limits(), machine.uptime());
    this.inactivity = new Inactivity(spooled.request().limits(), machine.uptime(), activity.kept());
  }

  /** Takes a session that has ended. */
  @FunctionalInterface
  interface Burial {
    /**
     * Leaves what has to be left of the session.
     *
     * @param told whether its sender knows already
     */
    void bury(boolean told) throws InterruptedException;
  }

  /**
   * Begins to drive the session, new or found in the spool.
   *
   * @param burial is called once at its end, not when the agent stops
   */
  void start(Burial burial) {
    driver.execute(() -> drive(burial));
    driver.shutdown();
  }

  private void drive(Burial burial) {
    try {
      Optional<Failure> bad;
      try {
        bad = deliver();
      } catch (RuntimeException | Error e) {
        LOG.atError().setCause(e).addKeyValue("session", id()).log("session failed by a bug");
        bad =
            Optional.of(Failure.resumable(FailureKind.UNKNOWN, "The receiver-agent failed: " + e));
      }
      if (bad.isPresent()) {
        discardFile();
      }
      /* The sender of a delivered stream should know before others see that it is done, if it can. */
      boolean told =
          bad.isEmpty() && sender.farewell(bad, machine).map(f -> f.tell().isEmpty()).orElse(true);
      finish(bad);
      burial.bury(told);
      sender.leave();
      over.countDown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the agent stops; the pump goes on
    }
  }

  /** Returns why the stream was not delivered; empty if it was. */
  private Optional<Failure> deliver() throws InterruptedException {
    try (SinkHold hold = new SinkHold(spool, machine.fifos())) {
      try {
        feed(hold);
        end = readEnd();
      } catch (SessionEndedException e) {
        return endSink(hold, e.failure());
      } catch (IOException | RuntimeException e) {
        if (stopping) {
          throw stopped();
        }
        LOG.atError().setCause(e).addKeyValue("session", id()).log("spool failed");
        return endSink(
            hold,
            Failure.resumable(
                FailureKind.SPOOL_FAILED,
                "Tried to work in the spool " + spool.directory() + " but " + e));
      }
      Outcome left = outcome.orElseThrow();
      if (left.failure().isPresent() && !pump.end(left.failure().get())) {
        hold.keep();
      }
      Optional<Failure> bad = result.check(spooled.request().sink(), end, fed.complete(), left);
      return bad.isEmpty() ? commitFile() : bad;
    }
  }

  /** Gives a file that is the sink its name, now that the stream is known to be whole. */
  private Optional<Failure> commitFile() {
    try {
      if (spooled.file().isPresent()) {
        spooled.file().get().commit(end.orElseThrow().bytes());
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          Failure.resumable(
              FailureKind.SINK_FAILED,
              "Tried to give the whole stream the name "
                  + spooled.file().get().target()
                  + " but "
                  + e));
    }
  }

  private void discardFile() {
    try {
      if (spooled.file().isPresent()) {
        spooled.file().get().discard();
      }
    } catch (IOException e) {
      LOG.atWarn().setCause(e).addKeyValue("session", id()).log("part of a file not deleted");
    }
  }

  /** Ends the sink while its stdin is held open: it must not see an end of file. */
  private Optional<Failure> endSink(SinkHold hold, Failure why) throws InterruptedException {
    if (!pump.end(why)) {
      hold.keep();
    }
    try {
      outcome = pump.outcomeFile();
    } catch (IOException e) {
      LOG.atWarn().setCause(e).addKeyValue("session", id()).log("outcome not read");
    }
    /* The pump's own word on the same failure may say more: that the sink could not be ended. */
    Optional<Failure> pumps = outcome.flatMap(Outcome::failure);
    return pumps.filter(f -> f.kind() == why.kind()).or(() -> Optional.of(why));
  }

  private static InterruptedException stopped() {
    return new InterruptedException("the agent stops");
  }

  /** Returns when the pump has left its outcome. */
  private void feed(SinkHold hold) throws IOException, SessionEndedException, InterruptedException {
    fed = SpoolFile.mark(spool.fed()).orElse(Mark.NONE);
    hold.take(fed);
    SpoolFile.read(spool.paused(), Pause.class).ifPresent(pause::set);
    switch (sender) {
      case Sender.Known known -> pull(hold, known);
      case Sender.Unknown unknown -> awaitConfiguration(hold, unknown);
    }
  }

  private void pull(SinkHold hold, Sender.Known known)
      throws IOException, SessionEndedException, InterruptedException {
    try (ManifestWriter manifest = ManifestWriter.open(spool.manifest(), id());
        Puller pulling = new Puller(known.client(), spool, manifest, limitBytes, machine.pull())) {
      pulling.fed(fed);
      puller = pulling;
      pulse.follow(pulling);
      while (!waitForResume(hold)) {
        OptionalLong mending =
            Files.exists(spool.damaged())
                ? OptionalLong.of(pulling.mended())
                : OptionalLong.empty();
        try (Pulling pull = Pulling.start(pulling, sleeper, machine.uptime())) {
          pump.ensureRunning();
          if (end.isEmpty()) {
            become(SessionState.RUNNING, "pulling from " + spooled.request().peer());
          }
          if (follow(hold, pull, pulling, mending)) {
            return;
          }
        }
      }
    }
  }

  /** Waits while the session is paused; returns whether the pump has left its outcome meanwhile. */
  private boolean waitForResume(SinkHold hold)
      throws IOException, SessionEndedException, InterruptedException {
    boolean over = false;
    for (Pause now = pause.get(); now != null && !over; now = pause.get()) {
      pauseFor(now.failure());
      over = pump.wasStarted() && lookAtPump(hold);
      inactivity.beginAnew();
      activity.keep(inactivity.activity());
      pauseBetweenLooks();
    }
    return over;
  }

  /**
   * Follows the pump and the puller.
   *
   * @param mending how many chunks the puller had mended when it began with another damaged one
   * @return whether the pump has left its outcome, as against the puller having to begin anew:
   *     because the session was paused, or the pump has found a damaged chunk
   */
  private boolean follow(SinkHold hold, Pulling pull, Puller pulling, OptionalLong mending)
      throws IOException, SessionEndedException, InterruptedException {
    while (!look(hold, pull)) {
      boolean known = mending.equals(OptionalLong.of(pulling.mended()));
      if ((pause.get() != null && end.isEmpty()) || (Files.exists(spool.damaged()) && !known)) {
        return false;
      }
      checkSender();
      checkLimits();
      activity.keep(inactivity.activity());
      pauseBetweenLooks();
    }
    return true;
  }

  /** As {@link #lookAtPump}, and at the puller; what cannot be opened now is at the next look. */
  private boolean look(SinkHold hold, Pulling pull) throws IOException, SessionEndedException {
    try {
      if (lookAtPump(hold)) {
        return true;
      }
      lookAtPull(pull);
    } catch (IOException e) {
      if (Shortage.of(e).isEmpty()) {
        throw e;
      }
    }
    return false;
  }

  /** Returns whether the pump has left its outcome. */
  private boolean lookAtPump(SinkHold hold) throws IOException, SessionEndedException {
    /* First the outcome, then fed: what fed says after the outcome is the last word. */
    Optional<Outcome> left = pump.outcome();
    takeIn(SpoolFile.mark(spool.fed()).orElse(Mark.NONE));
    if (fed.complete()) {
      hold.close();
      become(SessionState.VERIFYING, "the sink was given everything");
    } else if (pump.sink().isPresent()) {
      hold.sinkRuns();
    }
    outcome = left;
    return left.isPresent();
  }

  private void pauseBetweenLooks() throws IOException, SessionEndedException, InterruptedException {
    sleeper.sleep(LOOK);
    Failure asked = endAsked.get();
    if (asked != null) {
      throw new SessionEndedException(asked);
    }
    if (stopping) {
      pump.outcomeOrAlive(); // a sink whose pump was killed is not left alone
      throw stopped();
    }
  }

  /** Keeps the pump and its sink until the agent is started with a configuration that helps. */
  private void awaitConfiguration(SinkHold hold, Sender.Unknown unknown)
      throws IOException, SessionEndedException, InterruptedException {
    pauseFor(Failure.resumable(FailureKind.PEER_REFUSED, unknown.why()));
    while (!lookAtPump(hold)) {
      pauseBetweenLooks();
    }
  }

  private void takeIn(Mark mark) {
    if (!mark.equals(fed)) {
      fed = mark;
      pulse.fed();
      Puller pulling = puller;
      if (pulling != null) {
        pulling.fed(mark);
      }
    }
  }

  private void lookAtPull(Pulling pull) throws IOException, SessionEndedException {
    Pulling.State now = pull.state();
    noteActivity(now);
    switch (now) {
      case Pulling.State.Paused paused -> pauseFor(paused.why());
      case Pulling.State.Ended ended -> throw new SessionEndedException(ended.failure());
      case Pulling.State.Whole _ -> {
        end = readEnd();
        unlessVerifying(SessionState.DRAINING, "the stream has arrived whole");
      }
      case Pulling.State.Running _ -> {
        if (inactivity.verdict() != Inactivity.Verdict.UNREACHABLE) {
          unlessVerifying(
              end.isEmpty() ? SessionState.RUNNING : SessionState.DRAINING, "the sender is back");
        }
      }
    }
  }

  /** Notes what has moved, and whether the sender is there: one that refuses us is. */
  private void noteActivity(Pulling.State now) {
    boolean answered = pulse.sender().isPresent() || now instanceof Pulling.State.Paused;
    if (end.isPresent() || (answered && pulse.transfer().peerReachable())) {
      inactivity.contact(); // after the end nobody asks it any more
    }
    pulse.sinceMoved().ifPresent(inactivity::progress);
  }

  private void unlessVerifying(SessionState next, String reason) {
    if (!fed.complete()) {
      become(next, reason);
    }
  }

  private Optional<EndRecord> readEnd() throws IOException {
    if (end.isPresent()) {
      return end;
    }
    try (ManifestReader manifest = ManifestReader.open(spool.manifest(), id())) {
      manifest.refresh();
      return manifest.end();
    }
  }

  private void checkSender() throws SessionEndedException {
    Optional<SendStatus> theirs = pulse.sender();
    if (theirs.isPresent() && theirs.get().chunkBytes() > limitBytes / 2) {
      throw new SessionEndedException(
          Failure.permanent(
              FailureKind.SPOOL_FAILED,
              "Tried to receive chunks of %s but the receiver's spool limit of %s must hold at least two; raise spool.limit there or send smaller chunks"
                  .formatted(
                      DataSize.display(theirs.get().chunkBytes()), DataSize.display(limitBytes))));
    }
  }

  private void checkLimits() throws SessionEndedException {
    boolean finishing = end.isPresent() && fed.complete(); // the sink's finish counts as progress
    if (finishing
        || isPausedAtTheSender()
        || isPausedFor(FailureKind.INCOMPATIBLE)
        || isPausedFor(FailureKind.CERTIFICATE_REFUSED)) {
      inactivity.beginAnew();
      return;
    }
    switch (inactivity.verdict()) {
      case FINE -> {}
      case UNREACHABLE ->
          pauseFor(
              Failure.resumable(
                  FailureKind.UNREACHABLE,
                  "The sender was out of reach for "
                      + TimeSpan.display(inactivity.sinceContact())
                      + ", the session's limit; the session waits and goes on when it is back"));
      case STALLED -> throw new SessionEndedException(stalled());
    }
  }

  private boolean isPausedAtTheSender() {
    return pulse
        .sender()
        .flatMap(SendStatus::failure)
        .filter(why -> why.kind() == FailureKind.PAUSED)
        .isPresent();
  }

  private Failure stalled() {
    Optional<Failure> paused;
    synchronized (this) {
      paused = Optional.ofNullable(failure);
    }
    boolean sinkIsSlow = fed.bytes() < pulse.progress().verifiedBytes();
    return Failure.resumable(
        FailureKind.STALLED,
        "%s for %s, the session's limit%s"
            .formatted(
                sinkIsSlow
                    ? "The sink took nothing of what was there"
                    : "The sender answers but nothing moved",
                TimeSpan.display(inactivity.sinceProgress()),
                paused.map(p -> "; it was paused: " + p.message()).orElse("")));
  }

  private void pauseFor(Failure why) {
    synchronized (this) {
      if (failure == null || failure.kind() != why.kind()) {
        failure = why;
      }
    }
    become(SessionState.PAUSED, why.message());
  }

  private void finish(Optional<Failure> why) {
    synchronized (this) {
      failure = why.orElse(null);
    }
    if (why.isEmpty()) {
      become(SessionState.DONE, "delivered");
    } else {
      become(
          why.get().kind() == FailureKind.ABORTED ? SessionState.ABORTED : SessionState.FAILED,
          why.get().message());
    }
  }

  private void become(SessionState next, String reason) {
    synchronized (this) {
      if (state == next) {
        return;
      }
      if (!state.mayBecome(next)) {
        throw new IllegalStateException(id() + " cannot go from " + state + " to " + next);
      }
      state = next;
      if (!next.ended() && next != SessionState.PAUSED) {
        failure = null;
      }
    }
    LOG.atInfo()
        .addKeyValue("session", id())
        .addKeyValue("state", next.text())
        .addKeyValue("reason", reason)
        .log("session changed");
  }

  /**
   * Stops pulling until {@link #resume}; what has arrived is still fed. When it returns, nothing is
   * asked of the sender any more, unless the threads that pull take longer than a few seconds to
   * end.
   *
   * @throws ProblemException if the session has ended, or its stream has arrived whole
   */
  ReceiveStatus pause(Pause why) throws ProblemException, IOException, InterruptedException {
    ReceiveStatus before = status();
    if (before.state().ended()) {
      throw ended(before);
    }
    if (before.end().isPresent()) {
      throw new ProblemException(
          ProblemType.CONFLICT,
          "Tried to pause session "
              + id()
              + " but its stream has arrived whole and is "
              + before.state().text());
    }
    SpoolFile.force(spool.paused(), why);
    pause.set(why);
    for (int looks = 0; looks < MOST_PAUSE_LOOKS && !isPausedFor(FailureKind.PAUSED); looks++) {
      sleeper.sleep(LOOK);
    }
    return status();
  }

  private synchronized boolean isPausedFor(FailureKind kind) {
    return state == SessionState.PAUSED && failure != null && failure.kind() == kind;
  }

  /**
   * Takes a pause back, and takes up a session again whose sender was out of reach for too long;
   * does nothing if it is neither.
   *
   * @throws ProblemException if the session has ended
   */
  ReceiveStatus resume() throws ProblemException, IOException {
    ReceiveStatus before = status();
    if (before.state().ended()) {
      throw ended(before);
    }
    Files.deleteIfExists(spool.paused());
    pause.set(null);
    takeUpAgain();
    return status();
  }

  /** Ends the suspension at the unreachable limit; any other pause the session's thread ends. */
  private synchronized void takeUpAgain() {
    if (failure != null && failure.kind() == FailureKind.UNREACHABLE && !state.ended()) {
      inactivity.beginAnew();
      become(end.isEmpty() ? SessionState.RUNNING : SessionState.DRAINING, "resumed");
    }
  }

  static ProblemException ended(ReceiveStatus status) {
    return new ProblemException(
        ProblemType.SESSION_ENDED, "session " + status.id() + " is " + status.state().text());
  }

  /** Asks the session to end for this reason and waits until it has, at most {@code most}. */
  void abort(Failure why, Duration most) throws InterruptedException {
    endAsked.compareAndSet(null, why);
    over.await(most.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Has the driving end, because the agent stops; the pump and the sink go on. */
  void stop() {
    stopping = true;
  }

  /* An interrupt would close the files that are just being read: only in need. */
  void awaitStopped() {
    try {
      if (!driver.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        driver.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      driver.shutdownNow();
    }
    driver.close();
  }

  /** Returns the session's id. */
  public SessionId id() {
    return spooled.id();
  }

  SpooledReceive spooled() {
    return spooled;
  }

  SessionSpool spool() {
    return spool;
  }

  /** Returns how the session stands now. */
  public ReceiveStatus status() {
    SessionState now;
    Optional<Failure> why;
    synchronized (this) {
      now = state;
      why = Optional.ofNullable(failure);
    }
    Progress progress = pulse.progress();
    return new ReceiveStatus(
        id(),
        now,
        spooled.request().peer(),
        spooled.request().sink().toString(),
        now.ended() ? OptionalLong.empty() : sinkPid(),
        progress.verifiedTo(),
        progress.verifiedBytes(),
        fed.to(),
        fed.bytes(),
        progress.sender().map(SendStatus::estimateBytes).orElse(OptionalLong.empty()),
        pulse.transfer(),
        inactivity.sinceProgress(),
        inactivity.sinceContact(),
        spooled.request().limits(),
        spooled.request().labels(),
        end,
        outcome.map(Outcome::exit).orElse(OptionalInt.empty()),
        why);
  }

  private OptionalLong sinkPid() {
    return pump.sink().map(sink -> OptionalLong.of(sink.pid())).orElse(OptionalLong.empty());
  }
}

package io.longhaul.sender.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.auth.Identity;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.ManifestReader;
import io.longhaul.protocol.config.TimeSpan;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.pipe.Uptime;
import io.longhaul.protocol.spool.ActivityFile;
import io.longhaul.protocol.spool.Control;
import io.longhaul.protocol.spool.Inactivity;
import io.longhaul.protocol.spool.LastWord;
import io.longhaul.protocol.spool.Mark;
import io.longhaul.protocol.spool.Pause;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.wire.Abort;
import io.longhaul.protocol.wire.ManifestPage;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.sender.pump.SpooledSend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * The state lives in the files of the session: control.json, outcome.json, the end record. What this
 * class keeps in memory follows them, and can be found again after a restart. `lock` guards the memory
 * and is never held across I/O; `turns` lets the calls that write files take turns, and is.
 */

/** One send session that has not ended, or whose pump has not. Thread-safe. */
public final class SendSession {
  private static final Logger LOG = LoggerFactory.getLogger(SendSession.class);

  private final SpooledSend send;
  private final SpoolView spool;
  private final Uptime uptime;
  private final ActivityFile activity;
  private final Inactivity inactivity;
  private final Reads reads;
  private final ReentrantLock turns = new ReentrantLock();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private SessionState state = SessionState.CREATED;

  @GuardedBy("lock")
  private @Nullable Failure failure;

  @GuardedBy("lock")
  private @Nullable Pause pause;

  @GuardedBy("lock")
  private Mark released;

  @GuardedBy("lock")
  private int waiting;

  @GuardedBy("lock")
  private boolean pumpGone;

  private SendSession(SpooledSend send, SpoolView spool, Uptime uptime, Mark released) {
    this.send = send;
    this.spool = spool;
    this.uptime = uptime;
    this.released = released;
    this.reads = new Reads(send.id());
    this.activity = new ActivityFile(spool.spool(), send.request().limits(), uptime);
    this.inactivity = new Inactivity(send.request().limits(), uptime, activity.kept());
  }

  /** Takes up a session as its directory describes it. */
  static SendSession open(SpooledSend send, SpoolView spool, Uptime uptime) throws IOException {
    spool.refresh();
    SendSession session = new SendSession(send, spool, uptime, spool.released());
    session.takeIn();
    spool.pause().ifPresent(session::paused);
    spool.control().map(Control::end).ifPresent(session::ended);
    return session;
  }

  /** Returns what the session was made of. */
  public SpooledSend send() {
    return send;
  }

  /** Returns what was read. */
  public Reads reads() {
    return reads;
  }

  SpoolView spool() {
    return spool;
  }

  /** Returns the elapsed time, in nanoseconds from an unknown beginning. */
  long now() {
    return uptime.nanos().getAsLong();
  }

  /** Returns whether {@code identity} may read the chunks and release them. */
  public boolean isReader(Identity identity) {
    return identity.equals(Identity.LOCAL) || identity.name().equals(send.request().reader());
  }

  /** Returns whether {@code identity} may see the session and end it. */
  public boolean mayEnd(Identity identity) {
    return identity.admin() || isReader(identity) || identity.name().equals(send.creator());
  }

  /** Returns how the session stands. */
  public SendStatus status() {
    lock.lock();
    try {
      return statusAs(state);
    } finally {
      lock.unlock();
    }
  }

  private SendStatus statusAs(SessionState shown) {
    lock.lock();
    try {
      return new SendStatus(
          send.id(),
          shown,
          send.request().source().toString(),
          send.request().reader(),
          send.request().chunkBytes(),
          spool.sealedTo(),
          spool.sealedBytes(),
          released.to(),
          released.bytes(),
          send.spoolLimitBytes(),
          send.estimateBytes(),
          spool.attempt(),
          spool.replayed().map(mark -> OptionalLong.of(mark.bytes())).orElse(OptionalLong.empty()),
          inactivity.sinceProgress(),
          inactivity.sinceContact(),
          send.request().limits(),
          send.request().labels(),
          spool.end(),
          Optional.ofNullable(failure));
    } finally {
      lock.unlock();
    }
  }

  SessionState state() {
    lock.lock();
    try {
      return state;
    } finally {
      lock.unlock();
    }
  }

  /** Notes that the reader was heard of; brings a session back that waited for it. */
  public void contact() {
    inactivity.contact();
    lock.lock();
    try {
      if (state == SessionState.PAUSED && pause == null) {
        failure = null;
        become(flowing(), "the reader is back");
      }
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private SessionState flowing() {
    return spool.end().isPresent() ? SessionState.DRAINING : SessionState.RUNNING;
  }

  /**
   * Returns the chunks from {@code from}, waiting for one up to {@code wait}.
   *
   * @param limit 1 to {@link ManifestReader#MOST_LINES}
   */
  public ManifestPage manifest(long from, int limit, Duration wait)
      throws IOException, InterruptedException {
    contact();
    await(wait, () -> spool.sealedTo() > from || spool.end().isPresent() || state().ended());
    contact();
    SendStatus status = status();
    if (status.state().ended()) {
      return new ManifestPage(List.of(), Optional.empty(), status);
    }
    ManifestReader.Page page = spool.page(from, limit);
    lock.lock();
    try {
      if (page.end().isPresent()) {
        catchUp(); // the watch may not have seen it yet
      }
      return new ManifestPage(page.chunks(), page.end(), status());
    } finally {
      lock.unlock();
    }
  }

  @FunctionalInterface
  private interface Fact {
    boolean holds();
  }

  private void await(Duration most, Fact fact) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      waiting++;
      try {
        changed.signalAll();
        long left = most.toNanos();
        while (left > 0 && !fact.holds()) {
          left = changed.awaitNanos(left);
        }
      } finally {
        waiting--;
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns the record of a chunk that can be had.
   *
   * @throws ProblemException if the session has failed or is paused, or the chunk is released or
   *     not sealed yet
   */
  public ChunkRecord chunk(long number) throws ProblemException, IOException {
    contact();
    SendStatus status = status();
    if (status.state().ended()) {
      throw ended(status);
    }
    if (status.state() == SessionState.PAUSED) {
      throw new ProblemException(
          ProblemType.NOT_READY,
          "session " + send.id() + status.failure().map(f -> ": " + f.message()).orElse(""));
    }
    if (number < status.releasedTo()) {
      throw new ProblemException(
          ProblemType.CHUNK_RELEASED,
          "Tried to read chunk "
              + number
              + " of session "
              + send.id()
              + " but its reader has released all below "
              + status.releasedTo());
    }
    Optional<ChunkRecord> record = spool.chunk(number);
    if (record.isEmpty() && status.end().isPresent()) {
      throw new ProblemException(
          ProblemType.NOT_FOUND,
          "Tried to read chunk "
              + number
              + " of session "
              + send.id()
              + " but the stream has "
              + status.end().get().chunks());
    }
    return record.orElseThrow(() ->
        new ProblemException(
            ProblemType.CHUNK_NOT_SEALED,
            "Tried to read chunk "
                + number
                + " of session "
                + send.id()
                + " but only "
                + status.sealedTo()
                + " are sealed"));
  }

  /** Returns the file of a sealed chunk; it may be gone. */
  public Path chunkFile(ChunkRecord record) {
    return spool.spool().chunk(record.chunk());
  }

  /**
   * Says why the file of a sealed chunk is not what it should be: the stream is being repeated and
   * the chunk will come back, or it is lost.
   */
  public ProblemException missing(ChunkRecord record, String why) throws IOException {
    boolean comesBack = send.repeatable() && spool.mayBeRepeated();
    return new ProblemException(
        comesBack ? ProblemType.CHUNK_NOT_SEALED : ProblemType.CHUNK_LOST,
        "Tried to read chunk "
            + record.chunk()
            + " of session "
            + send.id()
            + " but "
            + why
            + (comesBack ? "; it comes back, as the source is started again" : ""));
  }

  static ProblemException ended(SendStatus status) {
    return new ProblemException(
        ProblemType.SESSION_ENDED,
        "session "
            + status.id()
            + " is "
            + status.state().text()
            + status.failure().map(f -> " (" + f.kind().text() + "): " + f.message()).orElse(""));
  }

  /**
   * Deletes the chunks below {@code to}; repeating it does nothing.
   *
   * @throws ProblemException if they are not all sealed, or the session has failed
   */
  SendStatus release(long to) throws ProblemException, IOException {
    contact();
    turns.lock();
    try {
      SendStatus before = status();
      if (before.state() == SessionState.DONE) {
        return before;
      }
      if (before.state().ended()) {
        throw ended(before);
      }
      if (to > before.sealedTo()) {
        throw new ProblemException(
            ProblemType.BAD_REQUEST,
            "Tried to release all chunks below "
                + to
                + " of session "
                + send.id()
                + " but only "
                + before.sealedTo()
                + " are sealed");
      }
      /* An agent that was killed may have deleted chunks and not recorded it; the pump waits for that. */
      if (to > SpoolFile.mark(spool.spool().released()).orElse(Mark.NONE).to()) {
        long all = Math.max(to, before.releasedTo());
        Mark mark = new Mark(all, spool.chunk(all - 1).orElseThrow().end(), false);
        for (long number = before.releasedTo(); number < to; number++) {
          Files.deleteIfExists(spool.spool().chunk(number));
        }
        SpoolFile.write(spool.spool().released(), mark);
        released(mark);
      }
      return status();
    } finally {
      turns.unlock();
    }
  }

  private void released(Mark mark) {
    lock.lock();
    try {
      released = mark;
      inactivity.progress();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends the session as delivered.
   *
   * @param keep makes the end durable
   * @throws ProblemException if the source has not ended well
   */
  SendStatus complete(Tombstone keep) throws ProblemException, IOException {
    contact();
    turns.lock();
    try {
      SendStatus status = status();
      if (status.state() == SessionState.DONE) {
        return status;
      }
      if (status.state().ended()) {
        throw ended(status);
      }
      if (status.end().isEmpty()) {
        throw new ProblemException(
            ProblemType.CONFLICT,
            "Tried to complete session "
                + send.id()
                + " but it is "
                + status.state().text()
                + ": its source has not ended");
      }
      keep.put(this, statusAs(SessionState.DONE));
      lock.lock();
      try {
        become(SessionState.DRAINING, "the source has ended well"); // a pause ends with the stream
        become(SessionState.DONE, "the reader has all of it");
      } finally {
        lock.unlock();
      }
      return status();
    } finally {
      turns.unlock();
    }
  }

  /**
   * Stops serving chunks until {@link #resume}; the source waits as soon as the spool is full.
   *
   * @throws ProblemException if the session has ended
   */
  SendStatus pause(Pause why) throws ProblemException, IOException {
    turns.lock();
    try {
      if (state().ended()) {
        throw ended(status());
      }
      SpoolFile.force(spool.spool().paused(), why);
      paused(why);
      return status();
    } finally {
      turns.unlock();
    }
  }

  private void paused(Pause why) {
    lock.lock();
    try {
      pause = why;
      failure = why.failure();
      become(SessionState.PAUSED, why.failure().message());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes a pause back, and takes up a session again whose reader was out of reach for too long;
   * does nothing if it is neither.
   *
   * @throws ProblemException if the session has ended
   */
  SendStatus resume() throws ProblemException, IOException {
    turns.lock();
    try {
      if (state().ended()) {
        throw ended(status());
      }
      Files.deleteIfExists(spool.spool().paused());
      resumed();
      return status();
    } finally {
      turns.unlock();
    }
  }

  private void resumed() {
    lock.lock();
    try {
      if (state == SessionState.PAUSED) {
        pause = null;
        failure = null;
        inactivity.beginAnew();
        become(flowing(), "resumed");
      }
    } finally {
      lock.unlock();
    }
  }

  /** Makes the end of a session durable. */
  @FunctionalInterface
  interface Tombstone {
    /** Keeps the session's last status. */
    void put(SendSession session, SendStatus last) throws IOException;
  }

  /** Ends the session as {@link #end}, and waits a while until its source is gone too. */
  SendStatus abort(Failure why) throws IOException, InterruptedException {
    end(why);
    await(Abort.MOST_WAIT, this::isPumpGone);
    return status();
  }

  /**
   * Ends the session with a failure and tells the pump to end the source. Does nothing if it has
   * already ended.
   */
  void end(Failure why) throws IOException {
    turns.lock();
    try {
      if (!state().ended()) {
        LastWord.force(spool.spool(), spool.spool().control(), new Control(why));
        ended(why);
      }
    } finally {
      turns.unlock();
    }
  }

  /** Takes over why the session has failed. */
  void ended(Failure why) {
    lock.lock();
    try {
      if (!state.ended()) {
        failure = why;
        become(
            why.kind() == FailureKind.ABORTED ? SessionState.ABORTED : SessionState.FAILED,
            why.message());
      }
    } finally {
      lock.unlock();
    }
  }

  /** The pump has started its source, or has sealed something, or all of it. */
  void moved() {
    inactivity.progress();
    takeIn();
  }

  /** Takes over what the pump has done by now, whenever that was. */
  void takeIn() {
    if (!Files.exists(spool.spool().started())) {
      return;
    }
    lock.lock();
    try {
      catchUp();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes over what the manifest says. */
  @GuardedBy("lock")
  private void catchUp() {
    if (!state.ended() && state != SessionState.PAUSED) {
      if (state == SessionState.CREATED) {
        become(SessionState.RUNNING, "the source was started");
      }
      become(flowing(), "the source has ended well");
    }
  }

  /** Returns what to do about a session that stands still; suspends one whose reader is away. */
  Inactivity.Verdict judge() {
    lock.lock();
    try {
      if (waiting > 0) {
        inactivity.contact();
      }
      if (pause != null) {
        inactivity.beginAnew();
        return Inactivity.Verdict.FINE;
      }
      Inactivity.Verdict verdict = inactivity.verdict();
      if (verdict == Inactivity.Verdict.UNREACHABLE
          && state != SessionState.PAUSED
          && !state.ended()) {
        failure =
            Failure.resumable(
                FailureKind.UNREACHABLE,
                "nothing was heard of the reader '"
                    + send.request().reader()
                    + "' for "
                    + TimeSpan.display(send.request().limits().unreachable())
                    + "; the session goes on when it comes back");
        become(SessionState.PAUSED, "the reader is away");
      }
      return verdict;
    } finally {
      lock.unlock();
    }
  }

  /** Has the limits go on from here if the agent is started again; the watch calls it. */
  void keepActivity() {
    activity.keep(inactivity.activity());
  }

  /** Waits for the next look at the files: not long if somebody waits for what they say. */
  void pause(Duration usual, Duration whenAwaited) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long until = System.nanoTime() + (waiting > 0 ? whenAwaited : usual).toNanos();
      boolean awaited = waiting > 0;
      long left = until - System.nanoTime();
      while (left > 0 && waiting > 0 == awaited) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  void pumpIsGone() {
    lock.lock();
    try {
      pumpGone = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean isPumpGone() {
    lock.lock();
    try {
      return pumpGone;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void become(SessionState next, String reason) {
    if (next == state) {
      return;
    }
    if (!state.mayBecome(next)) {
      throw new IllegalStateException(
          "session " + send.id() + " cannot become " + next.text() + " from " + state.text());
    }
    LOG.atInfo()
        .addKeyValue("session", send.id())
        .addKeyValue("from", state.text())
        .addKeyValue("to", next.text())
        .addKeyValue("reason", reason)
        .log("session changed");
    state = next;
    changed.signalAll();
  }
}

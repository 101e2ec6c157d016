package io.longhaul.receiver.session;

import io.longhaul.protocol.Json;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.audit.AuditLine;
import io.longhaul.protocol.auth.Identity;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.grant.Decision;
import io.longhaul.protocol.grant.Quota;
import io.longhaul.protocol.grant.Refusals;
import io.longhaul.protocol.pipe.Uptime;
import io.longhaul.protocol.retry.Sleeper;
import io.longhaul.protocol.spool.Capacity;
import io.longhaul.protocol.spool.Pause;
import io.longhaul.protocol.spool.Retention;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolLock;
import io.longhaul.protocol.spool.SpoolRoot;
import io.longhaul.protocol.spool.Sweeper;
import io.longhaul.protocol.spool.Tombstones;
import io.longhaul.protocol.wire.Abort;
import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.wire.SinkSpec;
import io.longhaul.protocol.wire.SweepReport;
import io.longhaul.protocol.wire.SweepRequest;
import io.longhaul.protocol.zfs.Zfs;
import io.longhaul.receiver.grant.ReceiveGrants;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All receive sessions of an agent: those that live, and the tombstones of those that ended. */
public final class ReceiveSessions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReceiveSessions.class);
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final int MOST_LOOKS = 250;
  private static final Duration BURY_AGAIN = Duration.ofSeconds(30);
  private static final long LEAST_FREE_BYTES = 2 * SendRequest.DEFAULT_CHUNK;

  private final SpoolRoot root;
  private final Tombstones<EndedReceive> tombstones;
  private final ReceiveGrants grants;
  private final Senders senders;
  private final SinkResolver resolver;
  private final SinkResult result;
  private final long limitBytes;
  private final Capacity capacity;
  private final InstantSource clock;
  private final Retention retention;
  private final ReceiveMachine machine;
  private final Sleeper sleeper;
  private final ConcurrentSkipListMap<SessionId, ReceiveSession> live =
      new ConcurrentSkipListMap<>();
  private final Set<SessionId> creating = ConcurrentHashMap.newKeySet();
  private final Set<SessionId> toTell = ConcurrentHashMap.newKeySet();
  private final ExecutorService undertaker = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * Creates the registry; {@link #scan} finds what is in the spool.
   *
   * @param grants who may have what received
   * @param limitBytes the most that one session may hold in the spool, whoever asked for it
   * @param capacity how many sessions there may be, and how much all of them may spool
   * @throws IOException if the tombstones' directory cannot be used
   */
  public ReceiveSessions(
      SpoolRoot root,
      ReceiveGrants grants,
      Senders senders,
      SinkResolver resolver,
      Zfs zfs,
      long limitBytes,
      Capacity capacity,
      InstantSource clock,
      Sleeper sleeper)
      throws IOException {
    this(
        root,
        grants,
        senders,
        resolver,
        zfs,
        limitBytes,
        capacity,
        clock,
        ReceiveMachine.real(sleeper));
  }

  ReceiveSessions(
      SpoolRoot root,
      ReceiveGrants grants,
      Senders senders,
      SinkResolver resolver,
      Zfs zfs,
      long limitBytes,
      Capacity capacity,
      InstantSource clock,
      ReceiveMachine machine)
      throws IOException {
    this.root = root;
    this.tombstones = Tombstones.open(root, Role.RECEIVE, EndedReceive.class);
    this.grants = grants;
    this.senders = senders;
    this.resolver = resolver;
    this.result = new SinkResult(zfs, machine.sleeper());
    this.limitBytes = limitBytes;
    this.capacity = capacity;
    this.clock = clock;
    this.retention = new Retention(clock, Uptime.ofThisMachine());
    this.machine = machine;
    this.sleeper = machine.sleeper();
  }

  /** A session that was asked for. */
  public record Created(ReceiveStatus status, boolean isNew) {}

  /** Finds the sessions in the spool and goes on with those that had not ended. */
  public void scan() throws IOException {
    for (SessionSpool spool : root.sessions()) {
      try {
        takeUp(spool);
      } catch (IOException e) {
        LOG.atError().setCause(e).addKeyValue("session", spool.id()).log("session not taken up");
      }
    }
  }

  private void takeUp(SessionSpool spool) throws IOException {
    if (spool.isWithoutSession() && !SpoolLock.isHeld(spool.lock())) {
      spool.delete(sleeper); // the agent was killed while it created it: nobody knows of it
      return;
    }
    spool.forceNames();
    SpooledReceive spooled = SpooledReceive.read(spool);
    Optional<EndedReceive> ended = tombstones.get(spool.id());
    Sender sender = Sender.of(senders, spooled);
    if (ended.isPresent()) {
      sayFarewell(spooled, spool, sender, ended.get().status().failure());
    } else {
      begin(spooled, spool, sender);
    }
  }

  /**
   * Creates a session, or returns it if the same request made it before.
   *
   * @throws ProblemException if it is not granted, there is another session of this id or into this
   *     target, the creator has as many as it may have, or the request cannot work here
   */
  public synchronized Created create(SessionId id, ReceiveRequest request, Identity creator)
      throws ProblemException, IOException, InterruptedException {
    Quota quota = granted(creator, request);
    ReceiveSession known = live.get(id);
    if (known != null) {
      requireSame(id, creator, request, known.spooled().creator(), known.spooled().request());
      return new Created(known.status(), false);
    }
    Optional<EndedReceive> ended = tombstones.get(id);
    if (ended.isPresent()) {
      requireSame(id, creator, request, ended.get().creator(), ended.get().request());
      return new Created(ended.get().status(), false);
    }
    refuseSecondReceive(request.sink(), creator);
    requireFewSessions(creator, quota);
    Sender sender = new Sender.Known(senders.client(request.peer(), id));
    ResolvedSink sink = resolver.resolve(request.sink(), id);
    long spoolBytes = spoolBytes(creator.name());
    requireSpace(spoolBytes);
    capacity.require(root, promisedWith(id, spoolBytes));
    SpooledReceive spooled =
        new SpooledReceive(
            SpooledReceive.FORMAT,
            id,
            creator.name(),
            clock.instant(),
            request,
            sink.command(),
            sink.file());
    creating.add(id);
    try {
      SessionSpool spool = root.create(id, Json.TOLERANT.writeValueAsBytes(spooled));
      return new Created(begin(spooled, spool, sender).status(), true);
    } catch (FileAlreadyExistsException e) {
      throw new ProblemException(
          ProblemType.CONFLICT,
          "Tried to create session "
              + id
              + " but its directory is there and could not be taken up; see the agent's log, or use"
              + " a new id");
    } finally {
      creating.remove(id);
    }
  }

  private Quota granted(Identity creator, ReceiveRequest request) throws ProblemException {
    return switch (grants.decide(creator, request)) {
      case Decision.Allowed allowed -> allowed.quota();
      case Decision.Refused refused ->
          throw Refusals.notGranted(
              creator,
              "a session from '" + request.peer() + "' into " + request.sink(),
              refused.rule());
    };
  }

  private void requireFewSessions(Identity creator, Quota quota) throws ProblemException {
    long running =
        live.values().stream()
            .filter(session -> session.spooled().creator().equals(creator.name()))
            .filter(session -> !session.status().state().ended())
            .count();
    if (running >= quota.sessions()) {
      throw Refusals.tooManySessions(creator.name(), "another session", quota);
    }
  }

  /** Returns the most that a session of {@code creator} may hold in the spool. */
  public long spoolBytes(String creator) {
    return Math.min(limitBytes, grants.quota(creator).spoolBytes());
  }

  private static void requireSame(
      SessionId id, Identity asker, ReceiveRequest asked, String creator, ReceiveRequest made)
      throws ProblemException {
    if (!asker.name().equals(creator) || !asked.equals(made)) {
      throw new ProblemException(
          ProblemType.CONFLICT,
          "Tried to create session "
              + id
              + " but another request has made a session of this id; use a new id");
    }
  }

  private Map<SessionId, Long> promisedWith(SessionId id, long spoolBytes) {
    Map<SessionId, Long> promised = new HashMap<>();
    live.forEach((other, session) -> promised.put(other, spoolBytes(session.spooled().creator())));
    promised.put(id, spoolBytes);
    return promised;
  }

  private void requireSpace(long spoolBytes) throws ProblemException, IOException {
    long need = Math.min(spoolBytes, LEAST_FREE_BYTES);
    long usable = root.usableBytes();
    if (usable < need) {
      throw new ProblemException(
          ProblemType.NO_SPACE,
          "Tried to create a session in %s but only %s are free there and it needs at least %s; free some, or set spool.directory to another file system"
              .formatted(root.path(), DataSize.display(usable), DataSize.display(need)));
    }
  }

  private void refuseSecondReceive(SinkSpec wanted, Identity creator) throws ProblemException {
    for (ReceiveSession other : live.values()) {
      if (isSameTarget(wanted, other.spooled()) && !other.status().state().ended()) {
        throw new ProblemException(
            ProblemType.CONFLICT,
            (isAllowed(other.spooled().creator(), creator)
                    ? "session " + other.id()
                    : "a session of somebody else")
                + " receives into "
                + wanted
                + " already; wait for it or abort it");
      }
    }
  }

  private static boolean isSameTarget(SinkSpec wanted, SpooledReceive busy) {
    return switch (wanted) {
      case SinkSpec.Zfs zfs ->
          busy.request().sink() instanceof SinkSpec.Zfs other
              && zfs.target().equals(other.target());
      case SinkSpec.Stream stream ->
          busy.file().isPresent() && stream.equals(busy.request().sink());
    };
  }

  private ReceiveSession begin(SpooledReceive spooled, SessionSpool spool, Sender sender) {
    ReceiveSession session =
        new ReceiveSession(spooled, spool, sender, spoolBytes(spooled.creator()), result, machine);
    live.put(spooled.id(), session);
    session.start(told -> bury(session, sender, told));
    return session;
  }

  /**
   * Leaves a tombstone, tells the sender, then deletes what is left: in this order nothing is ever
   * run again, and a restart finds what is still to be told.
   */
  private void bury(ReceiveSession session, Sender sender, boolean told)
      throws InterruptedException {
    ReceiveStatus status = putTombstone(session);
    AuditLine.of("ended")
        .with("session", status.id())
        .with("creator", session.spooled().creator())
        .with("peer", status.peer())
        .with("bytes", status.fedBytes())
        .with("chunks", status.fedTo())
        .with(
            "outcome", status.failure().map(why -> why.kind().text()).orElse(status.state().text()))
        .log();
    if (told) {
      live.remove(session.id());
      delete(session.spool());
    } else {
      sayFarewell(session.spooled(), session.spool(), sender, status.failure());
      live.remove(session.id());
    }
  }

  private ReceiveStatus putTombstone(ReceiveSession session) throws InterruptedException {
    while (true) {
      try {
        ReceiveStatus status = session.status();
        tombstones.put(
            session.id(),
            new EndedReceive(
                clock.instant(), session.spooled().request(), session.spooled().creator(), status));
        return status;
      } catch (IOException e) {
        LOG.atError()
            .setCause(e)
            .addKeyValue("session", session.id())
            .log("the session's end cannot be written down; trying again");
        sleeper.sleep(BURY_AGAIN);
      }
    }
  }

  private void sayFarewell(
      SpooledReceive spooled, SessionSpool spool, Sender sender, Optional<Failure> failure) {
    toTell.add(spool.id());
    undertaker.execute(() -> {
      try {
        deleteChunks(spool);
        Optional<Farewell> farewell = sender.farewell(failure, machine);
        if (farewell.isPresent()) {
          farewell
              .get()
              .repeat(spooled.request().limits().unreachable(), () -> toTell.contains(spool.id()));
        }
        delete(spool);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // the agent stops; the next one finds it again
      } finally {
        toTell.remove(spool.id());
      }
    });
  }

  private static void deleteChunks(SessionSpool spool) {
    try {
      spool.deleteChunks();
    } catch (IOException e) {
      LOG.atWarn().setCause(e).addKeyValue("session", spool.id()).log("chunks not deleted yet");
    }
  }

  /** The sweeper finds what cannot be deleted now. */
  private void delete(SessionSpool spool) {
    try {
      spool.delete(sleeper);
    } catch (IOException e) {
      LOG.atError().setCause(e).addKeyValue("session", spool.id()).log("clean-up failed");
    }
  }

  /**
   * Returns how a session stands.
   *
   * @throws ProblemException if there is none of this id that {@code who} may see
   */
  public ReceiveStatus status(SessionId id, Identity who) throws ProblemException, IOException {
    ReceiveSession session = live.get(id);
    if (session != null) {
      require(id, session.spooled().creator(), who);
      return session.status();
    }
    return tomb(id, who).status();
  }

  private EndedReceive tomb(SessionId id, Identity who) throws ProblemException, IOException {
    EndedReceive ended = tombstones.get(id).orElseThrow(() -> none(id));
    require(id, ended.creator(), who);
    return ended;
  }

  private static void require(SessionId id, String creator, Identity who) throws ProblemException {
    if (!isAllowed(creator, who)) {
      throw Refusals.ofOthers(none(id).problem(), "session " + id);
    }
  }

  private static boolean isAllowed(String creator, Identity who) {
    return who.admin() || who.name().equals(creator);
  }

  /** Returns all sessions that {@code who} may see, oldest first. */
  public List<ReceiveStatus> list(Identity who) throws IOException {
    NavigableMap<SessionId, ReceiveStatus> all = new TreeMap<>();
    for (SessionId id : tombstones.list()) {
      tombstones
          .get(id)
          .filter(ended -> isAllowed(ended.creator(), who))
          .ifPresent(ended -> all.put(id, ended.status()));
    }
    live.values().stream()
        .filter(session -> isAllowed(session.spooled().creator(), who))
        .forEach(session -> all.put(session.id(), session.status()));
    return List.copyOf(all.values());
  }

  /**
   * Ends a session and waits until its sink is gone; one that has ended stays as it is.
   *
   * @throws ProblemException if there is none of this id that {@code who} may end
   */
  public ReceiveStatus abort(SessionId id, Failure why, Identity who)
      throws ProblemException, IOException, InterruptedException {
    ReceiveSession session = live.get(id);
    if (session == null) {
      return tomb(id, who).status();
    }
    require(id, session.spooled().creator(), who);
    session.abort(why, Abort.MOST_WAIT);
    return session.status();
  }

  /**
   * Pauses a session.
   *
   * @throws ProblemException if it has ended or its stream has arrived, or there is none that
   *     {@code who} may pause
   */
  public ReceiveStatus pause(SessionId id, String reason, Identity who)
      throws ProblemException, IOException, InterruptedException {
    return mine(id, who).pause(new Pause(who.name(), reason, clock.instant()));
  }

  /**
   * Takes a pause back; does nothing if there is none.
   *
   * @throws ProblemException if the session has ended, or there is none that {@code who} may resume
   */
  public ReceiveStatus resume(SessionId id, Identity who) throws ProblemException, IOException {
    return mine(id, who).resume();
  }

  private ReceiveSession mine(SessionId id, Identity who) throws ProblemException, IOException {
    ReceiveSession session = live.get(id);
    if (session == null) {
      throw ReceiveSession.ended(tomb(id, who).status());
    }
    require(id, session.spooled().creator(), who);
    return session;
  }

  /**
   * Forgets an ended session; its sender is not told any more.
   *
   * @return its last status
   * @throws ProblemException if it has not ended, or there is none that {@code who} may see
   */
  public ReceiveStatus forget(SessionId id, Identity who)
      throws ProblemException, IOException, InterruptedException {
    ReceiveSession session = live.get(id);
    if (session != null) {
      require(id, session.spooled().creator(), who);
    }
    if (session != null && !isPutAway(session)) {
      throw new ProblemException(
          ProblemType.CONFLICT,
          "Tried to forget session "
              + id
              + " but it is "
              + session.status().state().text()
              + "; abort it first");
    }
    ReceiveStatus status = tomb(id, who).status();
    toTell.remove(id);
    root.session(id).delete(sleeper);
    tombstones.remove(id);
    return status;
  }

  /** Returns whether a session has ended and left its tombstone, which follows within moments. */
  private boolean isPutAway(ReceiveSession session) throws InterruptedException {
    for (int looks = 0; looks < MOST_LOOKS && session.status().state().ended(); looks++) {
      if (!live.containsKey(session.id())) {
        return true;
      }
      sleeper.sleep(LOOK);
    }
    return false;
  }

  /** Looks for stale session directories; deletes them unless it is only to tell. */
  public SweepReport sweep(SweepRequest request) throws IOException {
    if (!request.dryRun()) {
      retention.expire(tombstones);
    }
    return new Sweeper(root, retention).sweep(request, this::known);
  }

  private Sweeper.Known known(SessionSpool spool) throws IOException {
    if (creating.contains(spool.id())) {
      return new Sweeper.Known.Kept("is being created");
    }
    ReceiveSession session = live.get(spool.id());
    if (session != null) {
      return new Sweeper.Known.Kept("the session is " + session.status().state().text());
    }
    if (toTell.contains(spool.id())) {
      return new Sweeper.Known.Kept("the session has ended, its sender is not told yet");
    }
    return tombstones
        .get(spool.id())
        .<Sweeper.Known>map(
            ended -> new Sweeper.Known.Ended("the session has ended", ended.ended(), Duration.ZERO))
        .orElse(new Sweeper.Known.Stray());
  }

  private static ProblemException none(SessionId id) {
    return new ProblemException(ProblemType.NO_SUCH_SESSION, "no session " + id + " here");
  }

  /** Stops driving all sessions, because the agent stops; their pumps and sinks go on. */
  @Override
  public void close() {
    live.values().forEach(ReceiveSession::stop);
    live.values().forEach(ReceiveSession::awaitStopped);
    undertaker.shutdownNow();
    undertaker.close();
  }
}

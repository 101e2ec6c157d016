package io.longhaul.sender.session;

import io.longhaul.protocol.Json;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
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
import io.longhaul.protocol.server.FilesystemCalls;
import io.longhaul.protocol.spool.Capacity;
import io.longhaul.protocol.spool.Pause;
import io.longhaul.protocol.spool.Pumps;
import io.longhaul.protocol.spool.Retention;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolLock;
import io.longhaul.protocol.spool.SpoolRoot;
import io.longhaul.protocol.spool.Sweeper;
import io.longhaul.protocol.spool.Tombstones;
import io.longhaul.protocol.wire.ManifestPage;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.protocol.wire.SourceSpec;
import io.longhaul.protocol.wire.SweepReport;
import io.longhaul.protocol.wire.SweepRequest;
import io.longhaul.protocol.zfs.ZfsException;
import io.longhaul.sender.grant.SendGrants;
import io.longhaul.sender.pump.SendPumpMain;
import io.longhaul.sender.pump.SpooledSend;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All send sessions of an agent: those that live, and the tombstones of the others. Thread-safe.
 * Closing it stops only the agent's part; the pumps go on.
 */
public final class SendSessions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SendSessions.class);
  private static final int STOP_SECONDS = 2;

  /* How long the directory of a session is kept that failed but may be resumed. */
  private static final Duration RESUMABLE = Duration.ofHours(24);
  static final Duration BURY_AGAIN = Duration.ofSeconds(30);
  private static final Pumps PUMPS = new Pumps("send-pump", SendPumpMain.class);

  private final SpoolRoot root;
  private final SourceResolver sources;
  private final SnapshotHolds holds;
  private final SendGrants grants;
  private final long limitBytes;
  private final Capacity capacity;
  private final InstantSource clock;
  private final Uptime uptime;
  private final Retention retention;
  private final Tombstones<EndedSend> tombstones;
  private final Map<SessionId, SendSession> live = new ConcurrentHashMap<>();
  private final Map<SessionId, String> notTakenUp = new ConcurrentHashMap<>();

  /* With their readers, who are counted as soon as they ask. */
  private final Map<SessionId, String> creating = new ConcurrentHashMap<>();
  private final ExecutorService watches = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean scanned;
  private volatile boolean stopping;

  /**
   * Creates the registry; {@link #scan} fills it.
   *
   * @param grants who may have what sent to whom
   * @param limitBytes the most that one session may spool, whoever reads it
   * @param capacity how many sessions there may be, and how much all of them may spool
   */
  public SendSessions(
      SpoolRoot root,
      SourceResolver sources,
      SnapshotHolds holds,
      SendGrants grants,
      long limitBytes,
      Capacity capacity,
      InstantSource clock)
      throws IOException {
    this.root = root;
    this.sources = sources;
    this.holds = holds;
    this.grants = grants;
    this.limitBytes = limitBytes;
    this.capacity = capacity;
    this.clock = clock;
    this.uptime = Uptime.ofThisMachine();
    this.retention = new Retention(clock, uptime);
    this.tombstones = Tombstones.open(root, Role.SEND, EndedSend.class);
  }

  /** A session that was asked for. */
  public record Created(SendStatus status, boolean isNew) {}

  /** Takes up every session in the spool: live pumps are followed on, the others' ends are told. */
  public void scan() throws IOException, InterruptedException {
    for (SessionSpool spool : root.sessions()) {
      try {
        Optional<SpooledSend> send = SpooledSend.read(spool);
        if (send.isPresent() && tombstones.get(spool.id()).isEmpty()) {
          takeUp(spool, send.get());
        } else if (send.isPresent()) {
          watches.execute(() -> release(send.get()));
        } else if (!SpoolLock.isHeld(spool.lock())) {
          spool.delete(); // the agent was killed while it created or deleted it: nobody needs it
        }
      } catch (IOException e) {
        LOG.atError()
            .setCause(e)
            .addKeyValue("session", spool.id())
            .log("session cannot be taken up");
        /* An administrator who asks hears it, and need not know where the spool lies. */
        notTakenUp.put(spool.id(), String.valueOf(e.getMessage()).replace(root.path() + "/", ""));
      }
    }
    scanned = true;
    LOG.atInfo().addKeyValue("sessions", live.size()).log("spool scanned");
  }

  private void takeUp(SessionSpool spool, SpooledSend send)
      throws IOException, InterruptedException {
    spool.forceNames();
    SendSession session = SendSession.open(send, new SpoolView(spool), uptime);
    boolean neverStarted =
        !Files.exists(spool.started())
            && !Files.exists(spool.outcome())
            && !Files.exists(spool.control())
            && !session.spool().locked();
    if (neverStarted) {
      holdIfPossible(send);
    }
    follow(session, neverStarted ? Optional.of(PUMPS.start(spool)) : Optional.empty());
  }

  /* The session was promised: without its snapshot its source will say what is wrong. */
  private void holdIfPossible(SpooledSend send) throws InterruptedException {
    try {
      holds.hold(send);
    } catch (ZfsException e) {
      LOG.atWarn().setCause(e).addKeyValue("session", send.id()).log("snapshots are not held");
    }
  }

  /** Lets go of an ended session's snapshots; what fails here is tried again at the next start. */
  private void release(SpooledSend send) {
    try {
      holds.release(send);
    } catch (ZfsException e) {
      LOG.atWarn().setCause(e).addKeyValue("session", send.id()).log("snapshots are still held");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Throws unless all sessions are known and watched: one that exists must not be denied. */
  public void requireReady() throws ProblemException {
    if (!scanned || stopping) {
      throw new ProblemException(ProblemType.NOT_READY, "the agent is starting or stopping");
    }
  }

  /**
   * Creates a session and starts its source, or returns it if the same request made it before.
   *
   * @throws ProblemException if it is not granted, the id is taken by another request, the reader
   *     has as many sessions as it may have, or the source cannot be started here
   */
  public Created create(SessionId id, Identity creator, SendRequest request)
      throws ProblemException, IOException, InterruptedException {
    Quota quota = granted(creator, request);
    if (creating.putIfAbsent(id, request.reader()) != null) {
      throw new ProblemException(ProblemType.NOT_READY, "session " + id + " is being created");
    }
    try {
      Optional<SendStatus> before = existing(id, creator, request);
      return before.isPresent()
          ? new Created(before.get(), false)
          : new Created(createNew(id, creator, request, quota), true);
    } finally {
      creating.remove(id);
    }
  }

  private Quota granted(Identity creator, SendRequest request) throws ProblemException {
    return switch (grants.decide(creator, request.reader(), request.source())) {
      case Decision.Allowed allowed -> allowed.quota();
      case Decision.Refused refused ->
          throw Refusals.notGranted(
              creator,
              "a session of " + request.source() + " for the reader '" + request.reader() + "'",
              refused.rule());
    };
  }

  private Optional<SendStatus> existing(SessionId id, Identity creator, SendRequest request)
      throws ProblemException, IOException {
    SendSession session = live.get(id);
    if (session != null) {
      requireSame(id, creator, request, session.send().creator(), session.send().request());
      return Optional.of(session.status());
    }
    Optional<EndedSend> ended = tombstones.get(id);
    if (ended.isPresent()) {
      requireSame(id, creator, request, ended.get().creator(), ended.get().request());
    }
    return ended.map(EndedSend::status);
  }

  private static void requireSame(
      SessionId id, Identity asker, SendRequest asked, String creator, SendRequest made)
      throws ProblemException {
    if (!asker.name().equals(creator) || !asked.equals(made)) {
      throw new ProblemException(
          ProblemType.CONFLICT,
          "Tried to create session "
              + id
              + " but another request has made a session of this id; use a new id");
    }
  }

  private SendStatus createNew(SessionId id, Identity creator, SendRequest request, Quota quota)
      throws ProblemException, IOException, InterruptedException {
    long spoolBytes = spoolBytes(quota);
    requireRoomForChunks(request, spoolBytes);
    requirePlace(id, request.reader(), quota);
    capacity.require(root, promised());
    ResolvedSource source = sources.resolve(request.source());
    requireSpace(source, spoolBytes);
    SpooledSend send =
        new SpooledSend(
            SpooledSend.FORMAT,
            id,
            creator.name(),
            clock.instant(),
            request,
            source.command(),
            source.successCodes(),
            spoolBytes,
            source.guid(),
            source.estimateBytes(),
            source.repeatable(),
            source.zfs());
    SessionSpool spool = create(id, Json.TOLERANT.writeValueAsBytes(send));
    Process pump;
    try {
      hold(send);
      pump = PUMPS.start(spool);
    } catch (ProblemException | IOException | InterruptedException e) {
      release(send);
      spool.delete();
      throw e;
    }
    SendSession session = SendSession.open(send, new SpoolView(spool), uptime);
    follow(session, Optional.of(pump));
    LOG.atInfo()
        .addKeyValue("session", id)
        .addKeyValue("source", request.source())
        .addKeyValue("reader", request.reader())
        .addKeyValue("creator", creator.name())
        .log("session created");
    return session.status();
  }

  private SessionSpool create(SessionId id, byte[] request) throws ProblemException, IOException {
    try {
      return root.create(id, request);
    } catch (FileAlreadyExistsException e) {
      throw new ProblemException(
          ProblemType.CONFLICT,
          "Tried to create session "
              + id
              + " but its directory is there and could not be taken up; see the agent's log, or use a"
              + " new id");
    }
  }

  /* Each session stands in creating before it is counted here: of two at once, none slips through. */
  private Map<SessionId, Long> promised() {
    Map<SessionId, Long> promised = new HashMap<>();
    creating.forEach((id, reader) -> promised.put(id, spoolBytes(grants.quota(reader))));
    live.forEach((id, session) -> promised.put(id, session.send().spoolLimitBytes()));
    return promised;
  }

  private long spoolBytes(Quota quota) {
    return Math.min(limitBytes, quota.spoolBytes());
  }

  private void hold(SpooledSend send) throws ProblemException, InterruptedException {
    try {
      holds.hold(send);
    } catch (ZfsException e) {
      throw new ProblemException(FilesystemCalls.problem(e), String.valueOf(e.getMessage()));
    }
  }

  /*
   * Each session stands in creating before it is counted here: of two at once, none slips through. So
   * do those that have ended, until their chunks are gone.
   */
  private void requirePlace(SessionId asked, String reader, Quota quota)
      throws ProblemException, IOException {
    Set<SessionId> taken = new HashSet<>();
    creating.forEach((id, of) -> {
      if (of.equals(reader)) {
        taken.add(id);
      }
    });
    live.values().stream()
        .filter(session -> session.send().request().reader().equals(reader))
        .forEach(session -> taken.add(session.send().id()));
    if (taken.size() > quota.sessions()) {
      throw Refusals.tooManySessions(
          reader, "another session for the reader '" + reader + "'", quota);
    }
    keepOnly(quota.sessions() - taken.size(), reader, asked);
  }

  /** What is kept of a reader's failed sessions gives way to a new one, the oldest first. */
  private void keepOnly(int places, String reader, SessionId asked) throws IOException {
    List<EndedSend> kept = new ArrayList<>();
    for (SessionSpool spool : root.sessions()) {
      if (!live.containsKey(spool.id()) && !creating.containsKey(spool.id())) {
        tombstones
            .get(spool.id())
            .filter(ended -> ended.request().reader().equals(reader))
            .ifPresent(kept::add);
      }
    }
    kept.sort(Comparator.comparing(EndedSend::ended));
    for (EndedSend ended : kept.subList(0, Math.max(0, kept.size() - places))) {
      root.session(ended.status().id()).delete();
      LOG.atInfo()
          .addKeyValue("session", ended.status().id())
          .addKeyValue("for", asked)
          .log("what was kept of a failed session gave way");
    }
  }

  private static void requireRoomForChunks(SendRequest request, long spoolBytes)
      throws ProblemException {
    if (spoolBytes < 2 * request.chunkBytes()) {
      throw new ProblemException(
          ProblemType.BAD_REQUEST,
          "Tried to create a session with chunks of "
              + new DataSize(request.chunkBytes())
              + " but the spool limit is "
              + new DataSize(spoolBytes)
              + " and must hold at least two chunks; ask for smaller chunks, or raise spool.limit"
              + " or the reader's grant");
    }
  }

  private void requireSpace(ResolvedSource source, long spoolBytes)
      throws ProblemException, IOException {
    long need = Math.min(spoolBytes, source.estimateBytes().orElse(spoolBytes));
    long usable = root.usableBytes();
    if (usable < need) {
      throw new ProblemException(
          ProblemType.NO_SPACE,
          "Tried to create a session that may spool "
              + DataSize.display(need)
              + " in "
              + root.path()
              + " but only "
              + DataSize.display(usable)
              + " are free; free some, or lower spool.limit");
    }
  }

  private void follow(SendSession session, Optional<Process> pump) {
    live.put(session.send().id(), session);
    watches.execute(() -> {
      try {
        if (new PumpWatch(session, PUMPS, pump).run(() -> stopping)) {
          buryAtLast(session);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // the agent cannot wait any longer
      }
    });
  }

  /** Tries again as long as the disk has no room for a tombstone. */
  private void buryAtLast(SendSession session) throws InterruptedException {
    while (!stopping) {
      try {
        bury(session);
        return;
      } catch (IOException e) {
        LOG.atError()
            .setCause(e)
            .addKeyValue("session", session.send().id())
            .log("session cannot be cleaned up; trying again");
        Sleeper.REAL.sleep(BURY_AGAIN);
      }
    }
  }

  /**
   * Leaves the tombstone of an ended session; what may be resumed stays in the spool for a while.
   * The other chunks go first: on a full disk they make room for it.
   */
  private void bury(SendSession session) throws IOException {
    SendStatus status = session.status();
    SessionSpool spool = session.spool().spool();
    if (!isResumable(status) && Files.isDirectory(spool.directory())) {
      spool.deleteChunks();
    }
    if (tombstones.get(status.id()).isEmpty()) {
      putTombstone(session, status);
    }
    release(session.send());
    session.spool().close();
    if (!isResumable(status)) {
      session.spool().spool().delete();
    }
    audit("ended", session);
    live.remove(status.id());
    session.pumpIsGone();
  }

  private static void audit(String what, SendSession session) {
    SendStatus status = session.status();
    AuditLine.of(what)
        .with("session", status.id())
        .with("creator", session.send().creator())
        .with("reader", status.reader())
        .with("bytes", session.reads().bytes())
        .with("chunks", status.releasedTo())
        .with(
            "outcome", status.failure().map(why -> why.kind().text()).orElse(status.state().text()))
        .log();
  }

  static boolean isResumable(SendStatus status) {
    return status.state() == SessionState.FAILED
        && status.failure().filter(Failure::resumable).isPresent();
  }

  private void putTombstone(SendSession session, SendStatus status) throws IOException {
    tombstones.put(
        status.id(),
        new EndedSend(clock.instant(), session.send().request(), session.send().creator(), status));
  }

  /** Returns every session that {@code identity} may see, by age. */
  public List<SendStatus> list(Identity identity) throws IOException {
    List<SendStatus> all = new ArrayList<>();
    for (SendSession session : live.values()) {
      if (session.mayEnd(identity)) {
        all.add(session.status());
      }
    }
    for (SessionId id : tombstones.list()) {
      Optional<EndedSend> ended = tombstones.get(id).filter(_ -> !live.containsKey(id));
      ended.filter(e -> maySee(e, identity)).ifPresent(e -> all.add(e.status()));
    }
    all.sort(Comparator.comparing(SendStatus::id));
    return all;
  }

  private static boolean maySee(EndedSend ended, Identity identity) {
    return identity.admin()
        || identity.name().equals(ended.creator())
        || identity.name().equals(ended.request().reader());
  }

  private static boolean isReader(EndedSend ended, Identity identity) {
    return identity.equals(Identity.LOCAL) || identity.name().equals(ended.request().reader());
  }

  /** Returns how a session stands. */
  public SendStatus status(SessionId id, Identity identity) throws ProblemException, IOException {
    SendSession session = live.get(id);
    if (session != null && session.mayEnd(identity)) {
      return session.status();
    }
    return tomb(id, identity).status();
  }

  private EndedSend tomb(SessionId id, Identity identity) throws ProblemException, IOException {
    Optional<EndedSend> ended = tombstones.get(id);
    if (ended.filter(seen -> maySee(seen, identity)).isPresent()) {
      return ended.get();
    }
    if (ended.isPresent() || live.containsKey(id)) {
      throw ofOthers(id, identity, "session " + id);
    }
    throw noSuchSession(id, identity);
  }

  private ProblemException ofOthers(SessionId id, Identity identity, String wish) {
    return Refusals.ofOthers(noSuchSession(id, identity).problem(), wish);
  }

  private ProblemException noSuchSession(SessionId id, Identity identity) {
    String why = notTakenUp.get(id);
    if (why != null && Files.isDirectory(root.session(id).directory())) {
      /* Its reader must not give up a stream that another version of this agent can go on with. */
      return new ProblemException(
          ProblemType.NOT_READY,
          "session "
              + id
              + " cannot be taken up here: "
              + (identity.admin() ? why : "see the agent's log"));
    }
    return new ProblemException(
        ProblemType.NO_SUCH_SESSION, "there is no send session " + id + " for you here");
  }

  /** Returns the live session that {@code identity} reads; empty if it has ended. */
  private Optional<SendSession> read(SessionId id, Identity identity)
      throws ProblemException, IOException {
    SendSession session = live.get(id);
    if (session == null) {
      if (!isReader(tomb(id, identity), identity)) {
        throw ofOthers(id, identity, "to read session " + id);
      }
      return Optional.empty();
    }
    if (!session.isReader(identity)) {
      throw ofOthers(id, identity, "to read session " + id);
    }
    return Optional.of(session);
  }

  /**
   * Returns the live session whose chunks {@code identity} may read.
   *
   * @throws ProblemException if there is none, or it has ended
   */
  public SendSession reading(SessionId id, Identity identity) throws ProblemException, IOException {
    Optional<SendSession> session = read(id, identity);
    if (session.isEmpty()) {
      return fail(tomb(id, identity).status());
    }
    requireStillGranted(session.get(), identity);
    return session.get();
  }

  /* The grants may have changed since the session was made. */
  private void requireStillGranted(SendSession session, Identity reader) throws ProblemException {
    SourceSpec source = session.send().request().source();
    if (grants.decide(reader, reader.name(), source) instanceof Decision.Refused refused) {
      throw Refusals.notGranted(
          reader, "to read session " + session.send().id() + " of " + source, refused.rule());
    }
  }

  private static SendSession fail(SendStatus ended) throws ProblemException {
    throw SendSession.ended(ended);
  }

  /** Returns the chunks from {@code from} for the reader, waiting for one up to {@code wait}. */
  public ManifestPage manifest(SessionId id, Identity identity, long from, int limit, Duration wait)
      throws ProblemException, IOException, InterruptedException {
    Optional<SendSession> session = read(id, identity);
    if (session.isEmpty()) {
      return new ManifestPage(List.of(), Optional.empty(), tomb(id, identity).status());
    }
    requireStillGranted(session.get(), identity);
    return session.get().manifest(from, limit, wait);
  }

  /** Deletes the chunks below {@code to} for the reader. */
  public SendStatus release(SessionId id, Identity identity, long to)
      throws ProblemException, IOException {
    Optional<SendSession> session = read(id, identity);
    return session.isPresent() ? session.get().release(to) : delivered(id, identity);
  }

  /** Ends a session as delivered, for the reader. */
  public SendStatus complete(SessionId id, Identity identity) throws ProblemException, IOException {
    Optional<SendSession> session = read(id, identity);
    return session.isPresent()
        ? session.get().complete(this::putTombstone)
        : delivered(id, identity);
  }

  private SendStatus delivered(SessionId id, Identity identity)
      throws ProblemException, IOException {
    SendStatus status = tomb(id, identity).status();
    if (status.state() != SessionState.DONE) {
      throw SendSession.ended(status);
    }
    return status;
  }

  /** Ends a session, for its reader, its creator or an administrator. */
  public SendStatus abort(SessionId id, Identity identity, Failure why)
      throws ProblemException, IOException, InterruptedException {
    SendSession session = live.get(id);
    return session != null && session.mayEnd(identity)
        ? session.abort(why)
        : tomb(id, identity).status();
  }

  /** Pauses a session, for those who may end it. */
  public SendStatus pause(SessionId id, Identity identity, String reason)
      throws ProblemException, IOException {
    return mine(id, identity).pause(new Pause(identity.name(), reason, clock.instant()));
  }

  /** Takes a pause back, for those who may end the session. */
  public SendStatus resume(SessionId id, Identity identity) throws ProblemException, IOException {
    return mine(id, identity).resume();
  }

  private SendSession mine(SessionId id, Identity identity) throws ProblemException, IOException {
    SendSession session = live.get(id);
    if (session == null || !session.mayEnd(identity)) {
      throw SendSession.ended(tomb(id, identity).status());
    }
    return session;
  }

  /**
   * Forgets an ended session and deletes what is left of it.
   *
   * @return its last status
   */
  public SendStatus forget(SessionId id, Identity identity) throws ProblemException, IOException {
    SendSession session = live.get(id);
    if (session != null && session.mayEnd(identity)) {
      throw new ProblemException(
          ProblemType.CONFLICT,
          "Tried to forget session "
              + id
              + " but it is "
              + session.state().text()
              + "; abort it first");
    }
    SendStatus status = tomb(id, identity).status();
    root.session(id).delete();
    tombstones.remove(id);
    return status;
  }

  /**
   * Deletes what is stale: directories of sessions that have ended and are past their retention,
   * and old tombstones.
   */
  public SweepReport sweep(SweepRequest request) throws IOException {
    if (!request.dryRun()) {
      retention.expire(tombstones);
    }
    return new Sweeper(root, retention).sweep(request, this::known);
  }

  private Sweeper.Known known(SessionSpool spool) throws IOException {
    if (creating.containsKey(spool.id())) {
      return new Sweeper.Known.Kept("is being created");
    }
    SendSession session = live.get(spool.id());
    if (session != null) {
      return new Sweeper.Known.Kept("the session is " + session.state().text());
    }
    Optional<EndedSend> ended = tombstones.get(spool.id());
    if (ended.isEmpty()) {
      return new Sweeper.Known.Stray();
    }
    String state = "the session is " + ended.get().status().state().text();
    return isResumable(ended.get().status())
        ? new Sweeper.Known.Ended(state + " and may be resumed", ended.get().ended(), RESUMABLE)
        : new Sweeper.Known.Ended(state, ended.get().ended(), Duration.ZERO);
  }

  /* The watches are not interrupted but in need: that would close the manifests they are reading. */
  @Override
  public void close() {
    stopping = true;
    live.values().stream()
        .filter(session -> session.reads().bytes() > 0)
        .forEach(session -> audit("left", session));
    watches.shutdown();
    try {
      if (!watches.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        watches.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

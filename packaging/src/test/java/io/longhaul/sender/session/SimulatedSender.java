package io.longhaul.sender.session;

import io.longhaul.packaging.simulation.Network;
import io.longhaul.packaging.simulation.SimProcess;
import io.longhaul.packaging.simulation.World;
import io.longhaul.protocol.ByteRange;
import io.longhaul.protocol.ContentRange;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.failure.Problem;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.pipe.Uptime;
import io.longhaul.protocol.spool.Retention;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.spool.SpoolLock;
import io.longhaul.protocol.spool.SpoolRoot;
import io.longhaul.protocol.spool.Sweeper;
import io.longhaul.protocol.spool.Tombstones;
import io.longhaul.protocol.wire.Abort;
import io.longhaul.protocol.wire.ManifestPage;
import io.longhaul.protocol.wire.Release;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.protocol.wire.SweepRequest;
import io.longhaul.sender.pump.SpooledSend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The sender-agent in a simulated process. Product code: SendSession, SpoolView, PumpWatch, the
 * tombstones. Simulated: the HTTP server, and what SendSessions and ChunkHandler do around the
 * session, step by step as they do it.
 */
public final class SimulatedSender {
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final Duration SWEEP = Duration.ofMinutes(2);
  private static final Duration UPTIME_BEFORE = Duration.ofHours(2);

  private final SimProcess process;
  private final World world;
  private final SpoolRoot root;
  private final Tombstones<EndedSend> tombstones;
  private final Retention retention;
  private @Nullable SendSession session;
  private @Nullable PumpWatch watch;
  private boolean scanned;
  private long sweptAt;

  private SimulatedSender(SimProcess process, SpoolRoot root, Tombstones<EndedSend> tombstones)
      throws IOException {
    this.process = process;
    this.world = process.world();
    this.root = root;
    this.tombstones = tombstones;
    this.retention =
        new Retention(
            world::wall,
            new Uptime(process.host().bootId(), () -> world.nanos() + UPTIME_BEFORE.toNanos()));
  }

  /** Runs the agent until it is killed. */
  public static int run(SimProcess process) throws Exception {
    SpoolRoot root = SpoolRoot.open(process.path(World.ROOT), Role.SEND);
    SimulatedSender agent =
        new SimulatedSender(process, root, Tombstones.open(root, Role.SEND, EndedSend.class));
    process.world().network().serve(process, agent::answer);
    agent.scan();
    while (true) {
      agent.create();
      agent.look();
      agent.sweep();
      process.world().scheduler().sleep(LOOK);
    }
  }

  /* As SendSessions.scan and takeUp. */
  private void scan() throws InterruptedException, IOException {
    for (SessionSpool spool : root.sessions()) {
      try {
        Optional<SpooledSend> send = SpoolFile.read(spool.request(), SpooledSend.class);
        if (send.isPresent() && tombstones.get(spool.id()).isEmpty()) {
          takeUp(spool, send.get());
        } else if (send.isEmpty() && !SpoolLock.isHeld(spool.lock())) {
          spool.delete(world.sleeper());
        }
      } catch (IOException e) {
        world.trace("sender-agent cannot take up %s: %s", spool.id(), e);
      }
    }
    scanned = true;
  }

  private void takeUp(SessionSpool spool, SpooledSend send) throws IOException {
    spool.forceNames();
    SendSession open =
        SendSession.open(send, new SpoolView(spool, process.host().bootId()), process.uptime());
    boolean neverStarted =
        !Files.exists(spool.started())
            && !Files.exists(spool.outcome())
            && !Files.exists(spool.control())
            && !open.spool().locked();
    follow(
        open,
        neverStarted
            ? Optional.of(world.processes().startSendPump(spool.directory()))
            : Optional.empty());
  }

  private void follow(SendSession open, Optional<Process> pump) {
    session = open;
    watch = new PumpWatch(open, spool -> world.processes().startSendPump(spool.directory()), pump);
  }

  /* As SendSessions.createNew, for a coordinator that asks again until it is answered. */
  private void create() throws InterruptedException {
    while (session == null && !isEnded() && !world.sendCreated()) {
      try {
        SpooledSend send = world.sendRequest();
        SessionSpool spool = root.create(send.id(), Json.TOLERANT.writeValueAsBytes(send));
        Process pump = world.processes().startSendPump(spool.directory());
        follow(
            SendSession.open(send, new SpoolView(spool, process.host().bootId()), process.uptime()),
            Optional.of(pump));
      } catch (IOException e) {
        world.trace("sender-agent cannot create the session: %s", e);
        world.scheduler().sleep(AGAIN);
      }
    }
    world.sendIsCreated();
  }

  private boolean isEnded() {
    try {
      return tombstones.get(world.id()).isPresent();
    } catch (IOException e) {
      return false;
    }
  }

  private void look() throws InterruptedException {
    SendSession open = session;
    PumpWatch watching = watch;
    if (open != null && watching != null && watching.look()) {
      try {
        bury(open);
      } catch (IOException e) {
        world.trace("sender-agent cannot clean up: %s", e);
        world.scheduler().sleep(SendSessions.BURY_AGAIN);
        return;
      }
      session = null;
      watch = null;
    }
  }

  /* As SendSessions.sweep and known, but more often than once an hour. */
  private void sweep() throws IOException {
    if (world.nanos() - sweptAt < SWEEP.toNanos()) {
      return;
    }
    sweptAt = world.nanos();
    new Sweeper(root, retention)
        .sweep(
            SweepRequest.usual(false),
            spool -> {
              Optional<EndedSend> ended = tombstones.get(spool.id());
              boolean kept =
                  session != null
                      || ended.filter(e -> SendSessions.isResumable(e.status())).isPresent();
              return kept
                  ? new Sweeper.Known.Kept("in use")
                  : ended.isPresent()
                      ? new Sweeper.Known.Ended("ended", ended.get().ended(), Duration.ZERO)
                      : new Sweeper.Known.Stray();
            });
  }

  /* As SendSessions.bury. */
  private void bury(SendSession open) throws IOException {
    SendStatus status = open.status();
    if (tombstones.get(status.id()).isEmpty()) {
      keep(open, status);
    }
    open.spool().close();
    if (!SendSessions.isResumable(status)) {
      open.spool().spool().delete(world.sleeper());
    }
  }

  private void keep(SendSession open, SendStatus status) throws IOException {
    tombstones.put(
        status.id(),
        new EndedSend(world.wall(), open.send().request(), open.send().creator(), status));
  }

  private Network.Answer answer(Network.Call call) throws InterruptedException {
    try {
      if (!scanned) {
        throw new ProblemException(ProblemType.NOT_READY, "the agent is starting");
      }
      String rest = call.path().substring(call.path().lastIndexOf('/') + 1);
      if (call.path().contains("/chunks/")) {
        return chunk(Long.parseLong(rest), call);
      }
      return json(
          200,
          "application/json",
          switch (rest) {
            case "agent" -> List.of();
            case "manifest" -> manifest(call);
            case "release" ->
                release(Json.TOLERANT.readValue(call.body(), Release.class).releasedTo());
            case "complete" -> complete();
            case "abort" -> abort(Json.TOLERANT.readValue(call.body(), Abort.class));
            default -> throw new ProblemException(ProblemType.NOT_FOUND, call.path());
          });
    } catch (ProblemException e) {
      return json(e.problem().status(), Problem.MEDIA_TYPE, e.problem());
    } catch (IOException e) {
      world.trace("sender-agent answers 500: %s", e);
      Problem problem = Problem.of(ProblemType.INTERNAL, String.valueOf(e.getMessage()));
      return json(problem.status(), Problem.MEDIA_TYPE, problem);
    }
  }

  private static Network.Answer json(int status, String type, Object body) {
    try {
      return new Network.Answer(status, type, Json.TOLERANT.writeValueAsBytes(body), "", "");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Optional<SendSession> live() throws ProblemException, IOException {
    SendSession open = session;
    if (open == null && tombstones.get(world.id()).isEmpty()) {
      throw new ProblemException(ProblemType.NO_SUCH_SESSION, "there is no such session");
    }
    return Optional.ofNullable(open);
  }

  private SendStatus tomb() throws IOException {
    return tombstones.get(world.id()).orElseThrow().status();
  }

  private ManifestPage manifest(Network.Call call)
      throws ProblemException, IOException, InterruptedException {
    Optional<SendSession> open = live();
    if (open.isEmpty()) {
      return new ManifestPage(List.of(), Optional.empty(), tomb());
    }
    long from = Long.parseLong(call.query().getOrDefault("from", "0"));
    int limit = Integer.parseInt(call.query().getOrDefault("limit", "1"));
    long until =
        world.nanos()
            + Duration.ofSeconds(Long.parseLong(call.query().getOrDefault("wait", "0"))).toNanos();
    while (true) {
      ManifestPage page = open.get().manifest(from, limit, Duration.ZERO);
      if (!page.chunks().isEmpty()
          || page.end().isPresent()
          || page.status().state().ended()
          || world.nanos() >= until) {
        return page;
      }
      world.scheduler().sleep(LOOK);
    }
  }

  private SendStatus release(long to) throws ProblemException, IOException {
    Optional<SendSession> open = live();
    return open.isPresent() ? open.get().release(to) : delivered();
  }

  private SendStatus complete() throws ProblemException, IOException {
    Optional<SendSession> open = live();
    return open.isPresent() ? open.get().complete(this::keep) : delivered();
  }

  private SendStatus delivered() throws ProblemException, IOException {
    SendStatus status = tomb();
    if (status.state() != SessionState.DONE) {
      throw SendSession.ended(status);
    }
    return status;
  }

  private SendStatus abort(Abort why) throws ProblemException, IOException {
    Optional<SendSession> open = live();
    if (open.isEmpty()) {
      return tomb();
    }
    open.get().end(why.failure());
    return open.get().status();
  }

  /* As ChunkHandler. */
  private Network.Answer chunk(long number, Network.Call call)
      throws ProblemException, IOException {
    SendSession open = session;
    if (open == null) {
      live();
      throw SendSession.ended(tomb());
    }
    ChunkRecord record = open.chunk(number);
    ByteRange range = new ByteRange(0, record.length());
    boolean part =
        call.ifRange().equals(record.digests().entityTag())
            && ByteRange.parse(call.range(), record.length()) instanceof ByteRange.Asked.Part;
    if (part
        && ByteRange.parse(call.range(), record.length()) instanceof ByteRange.Asked.Part asked) {
      range = asked.range();
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) range.length());
    try (FileChannel file = FileChannel.open(open.chunkFile(record), StandardOpenOption.READ)) {
      if (file.size() != record.length()) {
        throw open.missing(record, "it has " + file.size() + " bytes");
      }
      file.read(bytes, range.from());
    } catch (NoSuchFileException e) {
      throw open.missing(record, "it is gone");
    }
    world.judge().chunkServed(process, number);
    return new Network.Answer(
        part ? 206 : 200,
        "application/octet-stream",
        bytes.array(),
        part ? new ContentRange(range, record.length()).header() : "",
        record.digests().entityTag());
  }
}

package io.longhaul.packaging.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.chunk.ChunkDigests;
import io.longhaul.protocol.chunk.DigestChoice;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.pipe.Command;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.retry.Sleeper;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.wire.SourceSpec;
import io.longhaul.receiver.pump.SimulatedReceivePump;
import io.longhaul.receiver.session.SimulatedReceiver;
import io.longhaul.sender.pump.SimulatedSendPump;
import io.longhaul.sender.pump.SpooledSend;
import io.longhaul.sender.session.SimulatedSender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * One schedule: two hosts, a link, one session, and the faults that the seed decides. It knows what
 * must hold at every moment and at the end, and says what does not.
 */
public final class World {
  /** The spool root, on both hosts. */
  public static final String ROOT = "/spool";

  private static final SessionId SESSION = new SessionId("01m7y0jxnnme2a0nsec6ga4ks0");
  private static final String SEND_DIRECTORY = ROOT + "/longhaul-send-" + SESSION;
  private static final String RECEIVE_DIRECTORY = ROOT + "/longhaul-receive-" + SESSION;
  private static final String SEND_TOMB = ROOT + "/longhaul-send-ended/" + SESSION + ".json";
  private static final String RECEIVE_TOMB = ROOT + "/longhaul-receive-ended/" + SESSION + ".json";

  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration FAULTS_FOR = Duration.ofSeconds(40);
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final long MOST_STEPS = 60_000;
  private static final long STEPS_A_SECOND = 1000;
  private static final long FIRST_PID = 1L << 30;
  private static final int KILLED = 137;
  private static final int FRUITLESS = 5;
  private static final List<DigestChoice> DIGESTS =
      List.of(DigestChoice.MD5, DigestChoice.SHA256, DigestChoice.BOTH);

  private final Random random;
  private final Plan plan;
  private final Set<Planted> planted;
  private final boolean tracing;
  private final Scheduler scheduler;
  private final Host sending = host("sending");
  private final Host receiving = host("receiving");
  private final Network network = new Network(this);
  private final List<SimProcess> processes = new ArrayList<>();
  private final List<String> trace = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private final Set<FailureKind> allowed = EnumSet.noneOf(FailureKind.class);
  private long pids = FIRST_PID;
  private long mostSteps = MOST_STEPS;
  private int crashesLeft;
  private int flipsLeft;
  private int sinkStarts;
  private int sinkBytes;
  private boolean sinkIsWrong;
  private boolean sinkHasFirst = true;
  private boolean sinkHasSecond = true;
  private int sourceStarts;
  private int sendPumpDeaths;
  private boolean sendCreated;
  private boolean receiverRebooted;
  private boolean chunkFileDamaged;
  private Duration wallJump = Duration.ZERO;

  World(long seed, Set<Planted> planted, boolean tracing) {
    this.random = new Random(seed * 0x9E3779B97F4A7C15L);
    this.plan = Plan.draw(random);
    this.planted = planted;
    this.tracing = tracing;
    this.scheduler = new Scheduler(random);
    this.crashesLeft = plan.crashes();
    this.flipsLeft = plan.flips();
  }

  private static Host host(String name) {
    Disk disk = new Disk();
    try {
      disk.create(ROOT, new Disk.Node(true, null));
      disk.forceNames("/");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return new Host(name, disk);
  }

  /** Cuts the link once more than the plan does. */
  void cut(Duration after, Duration time) {
    scheduler.after(after, () -> network.cut(time));
    mostSteps += time.toSeconds() * STEPS_A_SECOND;
  }

  /** Runs the schedule; returns what did not hold. */
  List<String> run() {
    trace("plan: %d bytes, %s", plan.stream().length, described());
    allowWhatThePlanDoes();
    planBreaks();
    startSender();
    startReceiver();
    boolean over =
        scheduler.run(
            () -> !violations.isEmpty() || (scheduler.steps() % 32 == 0 && isOver()), mostSteps);
    if (violations.isEmpty() && !over && !isOver()) {
      violate("it does not come to an end; at %s there are %s", Duration.ofNanos(nanos()), left());
    }
    if (violations.isEmpty()) {
      judge();
    }
    for (SimProcess process : processes) {
      scheduler.forget(process);
    }
    SharedLocks.forget(this);
    return violations;
  }

  private String described() {
    return "send limit %d, receive limit %d, repeatable %s, liar from %d, source fails at %d with %d %d times, sink ends at %d with %d, crashes %d, breaks %d, loss %d %%, flips %d"
        .formatted(
            plan.sendLimit(),
            plan.receiveLimit(),
            plan.repeatable(),
            plan.liarFrom(),
            plan.sourceFailsAt(),
            plan.sourceStatus(),
            plan.sourceFailures(),
            plan.sinkFailsAt(),
            plan.sinkStatus(),
            plan.crashes(),
            plan.breaks(),
            plan.lossPercent(),
            plan.flips());
  }

  List<String> trace() {
    return trace;
  }

  // ------------------------------------------------------------------ time, chance, trace

  /** Returns what runs the threads and has the clock. */
  public Scheduler scheduler() {
    return scheduler;
  }

  /** Returns the elapsed virtual time. */
  public long nanos() {
    return scheduler.now();
  }

  /** Returns the wall clock, which may jump. */
  public Instant wall() {
    return BEGIN.plusNanos(scheduler.now()).plus(wallJump);
  }

  /**
   * Returns a sleeper that oversleeps short waits, so that looking again and again costs little.
   */
  public Sleeper sleeper() {
    return time ->
        scheduler.sleep(
            time.compareTo(SHORT) <= 0 ? time.multipliedBy(1 + random.nextInt(20)) : time);
  }

  /** Returns a number from 0 to below {@code bound}; 0 if the bound is none. */
  public int random(int bound) {
    return bound <= 0 ? 0 : random.nextInt(bound);
  }

  /** Returns a number in [0, 1). */
  public double fraction() {
    return random.nextDouble();
  }

  boolean chance(int percent) {
    return mayBreak() && random.nextInt(100) < percent;
  }

  boolean mayBreak() {
    return nanos() < FAULTS_FOR.toNanos();
  }

  @SuppressWarnings("ThreadPriorityCheck") // the scheduler is ours
  void maybeYield() {
    if (Thread.currentThread().isVirtual() && random.nextInt(3) == 0) {
      Thread.yield();
    }
  }

  /** Notes an event, if this schedule is told. */
  @FormatMethod
  public void trace(@FormatString String format, Object... arguments) {
    if (tracing) {
      trace.add(
          String.format(
              Locale.ROOT,
              "%10.4f  %s",
              scheduler.now() / 1e9 - 1,
              String.format(Locale.ROOT, format, arguments)));
    }
  }

  @FormatMethod
  private void violate(@FormatString String format, Object... arguments) {
    String what = String.format(Locale.ROOT, format, arguments);
    trace("VIOLATION %s", what);
    violations.add(what);
  }

  Plan plan() {
    return plan;
  }

  Set<Planted> planted() {
    return planted;
  }

  /** Returns the link. */
  public Network network() {
    return network;
  }

  /** Returns the session. */
  public SessionId id() {
    return SESSION;
  }

  /** Returns the receiver's spool limit. */
  public long receiveLimit() {
    return plan.receiveLimit();
  }

  /** Returns the most connections to the sender. */
  public int connections() {
    return plan.connections();
  }

  /** Returns how digests are compared. */
  public BiPredicate<ChunkDigests, ChunkDigests> digestComparison() {
    return planted.contains(Planted.DIGEST_NOT_CHECKED) ? (_, _) -> true : ChunkDigests::equals;
  }

  // ------------------------------------------------------------------ processes

  SimProcess process(Host host, String name) {
    SimProcess process = new SimProcess(this, host, name, ++pids);
    processes.removeIf(old -> !old.isAlive());
    processes.add(process);
    return process;
  }

  void start(SimProcess process, SimProcess.Body body) {
    trace("%s %d starts", process, process.identity().pid());
    scheduler.start(
        process,
        () -> {
          int status;
          try {
            status = body.run();
          } catch (IOException | InterruptedException e) {
            trace("%s ends by %s", process, e);
            status = 1;
          } catch (Exception | Error e) {
            violate("%s ends by %s at %s", process, e, List.of(e.getStackTrace()));
            status = 1;
          }
          kill(process, status);
        });
  }

  /** Starts another thread of a process. */
  public void thread(SimProcess process, ThreadBody body) {
    scheduler.start(
        process,
        () -> {
          try {
            body.run();
          } catch (Exception | Error e) {
            violate("a thread of %s ends by %s at %s", process, e, List.of(e.getStackTrace()));
          }
        });
  }

  /** What a thread does. */
  @FunctionalInterface
  public interface ThreadBody {
    /** Runs the thread. */
    void run() throws Exception;
  }

  void kill(SimProcess process) {
    kill(process, KILLED);
  }

  void kill(SimProcess process, int status) {
    if (!process.isAlive()) {
      return;
    }
    trace("%s ends with %d", process, status);
    process.ended(status);
    List.copyOf(process.ends()).forEach(Pipe.End::close);
    scheduler.forget(process);
    if (process.name().endsWith("-agent")) {
      scheduler.after(
          Duration.ofMillis(20 + random.nextInt(2000)),
          process.host() == sending ? this::startSender : this::startReceiver);
    }
  }

  /** Notes that a process is about to be killed by a fault. */
  void crashed(SimProcess process) {
    switch (process.name()) {
      case "send-pump" -> sendPumpDied();
      case "receive-pump" -> {
        allow(FailureKind.PUMP_DIED);
        if (planted.contains(Planted.SINK_START_FORGOTTEN)) {
          forget(RECEIVE_DIRECTORY + "/started.json");
          alive("receiver-agent").ifPresent(this::kill);
        }
      }
      default -> {}
    }
  }

  private void forget(String path) {
    try {
      receiving.disk().delete(path);
    } catch (IOException e) {
      trace("%s was not there", path);
    }
  }

  private void sendPumpDied() {
    sendPumpDeaths++;
    if (!plan.repeatable() || sendPumpDeaths > 1) {
      allow(FailureKind.PUMP_DIED);
    }
    if (sendPumpDeaths >= FRUITLESS) {
      allow(FailureKind.SOURCE_FAILED);
    }
    if (plan.liarFrom() < plan.stream().length) {
      allow(FailureKind.SOURCE_DIFFERS);
    }
  }

  private void allow(FailureKind kind) {
    allowed.add(kind);
    allowed.add(FailureKind.PEER_FAILED); // a request for a chunk may be the first to hear of it
  }

  private void mayCrash(SimProcess process) {
    if (crashesLeft > 0 && mayBreak() && random.nextInt(2) == 0) {
      crashesLeft--;
      process.crashAt(1 + random.nextInt(1 + random.nextInt(250)));
    }
  }

  private void startSender() {
    if (alive("sender-agent").isEmpty()) {
      SimProcess process = process(sending, "sender-agent");
      mayCrash(process);
      start(process, () -> SimulatedSender.run(process));
    }
  }

  private void startReceiver() {
    if (alive("receiver-agent").isEmpty()) {
      SimProcess process = process(receiving, "receiver-agent");
      mayCrash(process);
      start(process, () -> SimulatedReceiver.run(process));
    }
  }

  private Optional<SimProcess> alive(String name) {
    return processes.stream().filter(p -> p.isAlive() && p.name().equals(name)).findFirst();
  }

  /** Starts a send pump. */
  public Process startSendPump(Path directory) {
    SimProcess process = process(sending, "send-pump");
    mayCrash(process);
    start(process, () -> SimulatedSendPump.run(process, process.path(directory.toString())));
    return new PumpHandle(process);
  }

  /** Starts a receive pump. */
  public Process startReceivePump(SimProcess agent, Path directory) {
    agent.operation("start the receive pump");
    SimProcess process = process(receiving, "receive-pump");
    mayCrash(process);
    start(process, () -> SimulatedReceivePump.run(process, process.path(directory.toString())));
    return new PumpHandle(process);
  }

  /** Returns the process that has this number. */
  public ProcessIdentity identity(long pid) {
    return processes.stream()
        .map(SimProcess::identity)
        .filter(identity -> identity.pid() == pid)
        .findFirst()
        .orElse(new ProcessIdentity(pid, 0, "gone"));
  }

  /** Returns the processes, other than the asking one, that have a FIFO open. */
  public List<ProcessIdentity> users(SimProcess asking, Path fifo) throws IOException {
    if (planted.contains(Planted.STDIN_CLOSED_ON_FAILURE)) {
      return List.of();
    }
    Pipe pipe = asking.host().disk().require(fifo.toString()).pipe();
    return Objects.requireNonNull(pipe, "a FIFO").users().stream()
        .filter(process -> process != asking)
        .map(SimProcess::identity)
        .toList();
  }

  /** Ends a process by signal; returns whether it is gone. */
  public boolean endGroup(ProcessIdentity leader) throws InterruptedException {
    if (planted.contains(Planted.STDIN_CLOSED_ON_FAILURE)) {
      return true;
    }
    scheduler.sleep(Duration.ofMillis(random(100)));
    for (SimProcess process : List.copyOf(processes)) {
      if (process.identity().equals(leader)) {
        kill(process, KILLED);
      }
    }
    return true;
  }

  // ------------------------------------------------------------------ the session

  /** Returns the request of the send session. */
  public SpooledSend sendRequest() {
    return new SpooledSend(
        SpooledSend.FORMAT,
        SESSION,
        "local",
        wall(),
        new SendRequest(
            new SourceSpec.Stream("source"),
            "local",
            plan.chunkBytes(),
            DIGESTS.get(random.nextInt(DIGESTS.size())),
            SessionLimits.DEFAULT,
            Map.of()),
        Command.of(List.of("source")),
        Set.of(0),
        plan.sendLimit(),
        Optional.empty(),
        OptionalLong.empty(),
        plan.repeatable(),
        false);
  }

  /** Returns whether the coordinator was told that the send session exists. */
  public boolean sendCreated() {
    return sendCreated;
  }

  /** Notes that the coordinator was told so. */
  public void sendIsCreated() {
    sendCreated = true;
  }

  /** Returns what the next start of the source gives. */
  public SourcePlan nextSource(SimProcess pump) {
    sourceStarts++;
    boolean fails =
        sourceStarts <= plan.sourceFailures() && plan.sourceFailsAt() <= plan.stream().length;
    trace("source starts, attempt %d", sourceStarts);
    return new SourcePlan(
        this,
        new ProcessIdentity(++pids, 1, sending.bootId()),
        sourceStarts,
        fails ? plan.sourceFailsAt() : plan.stream().length,
        fails ? plan.sourceStatus() : 0);
  }

  private void allowWhatThePlanDoes() {
    boolean sourceFails = plan.sourceFailsAt() <= plan.stream().length;
    if (sourceFails
        && (plan.sourceStatus() != KILLED
            || !plan.repeatable()
            || plan.sourceFailures() >= FRUITLESS)) {
      allow(FailureKind.SOURCE_FAILED);
    }
    if (sourceFails && plan.liarFrom() < plan.stream().length) {
      allow(FailureKind.SOURCE_DIFFERS);
    }
    if (plan.sinkFailsAt() <= plan.stream().length) {
      allow(FailureKind.SINK_FAILED);
      allow(FailureKind.SINK_EXITED_EARLY);
    }
  }

  long releasedBytes() {
    return number(sending, SEND_DIRECTORY + "/released", "/bytes");
  }

  private static long number(Host host, String path, String pointer) {
    return json(host, path).map(node -> node.at(pointer).asLong()).orElse(0L);
  }

  private static Optional<JsonNode> json(Host host, String path) {
    Disk.Node node = host.disk().find(path);
    if (node == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.TOLERANT.readTree(node.content()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  // ------------------------------------------------------------------ what must hold always

  /** Called after each change of a file. */
  void changed(Host host, String path) {
    trace("%s: %s", host, path.substring(path.lastIndexOf('/') + 1));
    if (path.endsWith(".part") || path.endsWith(".chunk")) {
      boolean send = host == sending;
      long bytes = host.disk().chunkBytes(send ? SEND_DIRECTORY : RECEIVE_DIRECTORY);
      long limit = send ? plan.sendLimit() : plan.receiveLimit();
      long more = send && sending.disk().find(SEND_DIRECTORY + "/replayed") != null ? limit : 0;
      if (bytes > limit + more) {
        violate("the spool of the %s side holds %d bytes, its limit is %d", host, bytes, limit);
      }
    }
    if (host == receiving
        && path.endsWith("manifest.jsonl")
        && planted.contains(Planted.RELEASED_BEFORE_FED)) {
      network.releaseEarly(verified());
    }
    if (host == sending && path.endsWith("/released") && !receiverRebooted) {
      long released = number(sending, path, "/to");
      long fed = number(receiving, RECEIVE_DIRECTORY + "/fed", "/to");
      if (released > fed && receiving.disk().find(RECEIVE_TOMB) == null) {
        violate("chunks below %d are released, but only those below %d are fed", released, fed);
      }
    }
  }

  /** Called when the sender hands out a chunk. */
  public void chunkServed(SimProcess agent, long number) {
    trace("%s serves chunk %d", agent, number);
    boolean verified =
        receiving.disk().find(RECEIVE_DIRECTORY + "/%08d.chunk".formatted(number)) != null;
    if (verified && !receiverRebooted && !chunkFileDamaged && plan.lossPercent() == 0) {
      violate("chunk %d is fetched again although it is verified", number);
    }
  }

  void sinkStarted() {
    sinkStarts++;
    sinkBytes = 0;
    if (sinkStarts > 1) {
      violate("the sink is started %d times", sinkStarts);
    }
  }

  void sinkTook(byte[] bytes) {
    trace("sink reads %d bytes from %d on", bytes.length, sinkBytes);
    for (byte next : bytes) {
      byte right = sinkBytes < plan.stream().length ? plan.stream()[sinkBytes] : 0;
      byte liars = (byte) (sinkBytes < plan.liarFrom() ? right : right + 1);
      sinkHasFirst &= sinkBytes < plan.stream().length && next == right;
      sinkHasSecond &= sinkBytes < plan.stream().length && next == liars;
      if (!sinkHasFirst && !sinkHasSecond && !sinkIsWrong) {
        sinkIsWrong = true;
        if (!chunkFileDamaged) {
          violate("the sink was given a wrong byte at %d", sinkBytes);
        }
      }
      sinkBytes++;
    }
  }

  boolean sinkFailsNow() {
    return sinkBytes >= plan.sinkFailsAt();
  }

  void sinkSawTheEnd() {
    trace("sink sees the end of its stdin after %d bytes", sinkBytes);
    boolean nobodyLeft =
        alive("receive-pump").isEmpty() && alive("receiver-agent").isEmpty(); // documented
    if (sinkBytes < plan.stream().length || sinkIsWrong || !streamHasEnded()) {
      if (!nobodyLeft) {
        violate(
            "the sink is told that the stream ended well after %d of %d bytes",
            sinkBytes, plan.stream().length);
      }
    }
  }

  private boolean streamHasEnded() {
    return receiverManifest().contains("\"type\":\"end\"");
  }

  private long verified() {
    return receiverManifest().lines().filter(line -> line.contains("\"type\":\"chunk\"")).count();
  }

  private String receiverManifest() {
    Disk.Node manifest = receiving.disk().find(RECEIVE_DIRECTORY + "/manifest.jsonl");
    return manifest == null ? "" : new String(manifest.content(), StandardCharsets.UTF_8);
  }

  boolean flipsNow() {
    if (flipsLeft > 0 && mayBreak() && random.nextInt(4) == 0) {
      flipsLeft--;
      return true;
    }
    return false;
  }

  // ------------------------------------------------------------------ faults from outside

  private void planBreaks() {
    for (int i = 0; i < plan.breaks(); i++) {
      Duration at = Duration.ofMillis(random.nextInt(1 + random.nextInt(8000)));
      Duration most = Duration.ofMillis(100 + random.nextInt(6000));
      int kind = random.nextInt(12);
      scheduler.after(at, () -> breakSomething(kind, most));
    }
  }

  private void breakSomething(int kind, Duration time) {
    switch (kind) {
      case 0, 1, 2, 3 -> network.cut(time);
      case 4, 5 -> fill(sending, time);
      case 6, 7 -> fill(receiving, time);
      case 8 -> {
        wallJump = wallJump.plusDays(random.nextInt(200) - 100);
        trace("the wall clock jumps to %s", wall());
      }
      case 9 -> damage();
      case 10 -> reboot(sending);
      default -> reboot(receiving);
    }
  }

  private void fill(Host host, Duration time) {
    trace("disk of %s full for %s", host, time);
    allow(FailureKind.SPOOL_FAILED);
    host.disk().full(true);
    scheduler.after(time, () -> host.disk().full(false));
  }

  private void damage() {
    List<String> files = new ArrayList<>(receiving.disk().children(RECEIVE_DIRECTORY));
    files.removeIf(path -> !path.endsWith(".chunk") && !path.endsWith(".part"));
    if (files.isEmpty()) {
      return;
    }
    String path = files.get(random.nextInt(files.size()));
    Disk.Node node = Objects.requireNonNull(receiving.disk().find(path));
    if (node.size() > 0) {
      trace("a bit of %s flips", path);
      node.flip(random.nextInt(node.size()), random.nextInt(8));
      chunkFileDamaged = true;
      allow(FailureKind.SPOOL_DAMAGED);
    }
  }

  private void reboot(Host host) {
    trace("the %s host goes down", host);
    for (SimProcess process : List.copyOf(processes)) {
      if (process.host() == host && process.isAlive()) {
        if (!process.name().equals("send-pump") || host == sending) {
          crashed(process);
        }
        kill(process);
      }
    }
    host.booted(nanos());
    host.disk().reboot(random);
    if (host == receiving) {
      receiverRebooted = true;
      allow(FailureKind.PUMP_DIED);
      allow(FailureKind.SPOOL_FAILED);
    } else {
      allow(FailureKind.CHUNK_LOST); // if the source has ended: nothing repeats it then
    }
  }

  // ------------------------------------------------------------------ the end

  private boolean isOver() {
    return sending.disk().find(SEND_TOMB) != null
        && receiving.disk().find(RECEIVE_TOMB) != null
        && receiving.disk().find(RECEIVE_DIRECTORY) == null
        && alive("send-pump").isEmpty()
        && alive("receive-pump").isEmpty()
        && alive("sink").isEmpty()
        && (sending.disk().find(SEND_DIRECTORY) == null || isResumable());
  }

  private List<String> left() {
    List<String> all = new ArrayList<>(sending.disk().children(ROOT));
    all.addAll(receiving.disk().children(ROOT));
    all.addAll(sending.disk().children(ROOT + "/longhaul-send-ended"));
    all.addAll(receiving.disk().children(ROOT + "/longhaul-receive-ended"));
    processes.stream().filter(SimProcess::isAlive).map(SimProcess::name).forEach(all::add);
    return all;
  }

  private boolean isResumable() {
    return json(sending, SEND_TOMB)
        .map(tomb ->
            tomb.at("/status/state").asText().equals("failed")
                && tomb.at("/status/failure/resumable").asBoolean())
        .orElse(false);
  }

  private void judge() {
    JsonNode send = json(sending, SEND_TOMB).orElseThrow();
    JsonNode receive = json(receiving, RECEIVE_TOMB).orElseThrow();
    String sent = send.at("/status/state").asText();
    String received = receive.at("/status/state").asText();
    trace("send %s, receive %s", sent, received);
    boolean done = received.equals("done");
    if (done != sent.equals("done")) {
      violate("the receiver is %s, the sender %s", received, sent);
    }
    if (done && (sinkIsWrong || sinkBytes != plan.stream().length)) {
      violate("the session is done, the sink has %d bytes", sinkBytes);
    }
    if (!done) {
      FailureKind kind = FailureKind.of(receive.at("/status/failure/kind").asText());
      if (!allowed.contains(kind)) {
        violate(
            "the session fails by %s, which no fault explains: %s",
            kind, receive.at("/status/failure/message").asText());
      }
    }
  }

  /** Returns whether the stream was delivered. */
  boolean isDelivered() {
    return json(receiving, RECEIVE_TOMB)
        .map(tomb -> tomb.at("/status/state").asText().equals("done"))
        .orElse(false);
  }
}

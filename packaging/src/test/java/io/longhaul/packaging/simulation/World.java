package io.longhaul.packaging.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.chunk.ChunkDigests;
import io.longhaul.protocol.chunk.DigestChoice;
import io.longhaul.protocol.pipe.Command;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.retry.Sleeper;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.wire.SourceSpec;
import io.longhaul.sender.pump.SpooledSend;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.function.BiPredicate;

/** One schedule: two hosts, a link, one session, and the faults that the seed decides. */
public final class World {
  /** The spool root, on both hosts. */
  public static final String ROOT = "/spool";

  private static final SessionId SESSION = new SessionId("01m7y0jxnnme2a0nsec6ga4ks0");
  static final String SEND_DIRECTORY = ROOT + "/longhaul-send-" + SESSION;
  static final String RECEIVE_DIRECTORY = ROOT + "/longhaul-receive-" + SESSION;
  static final String SEND_TOMB = ROOT + "/longhaul-send-ended/" + SESSION + ".json";
  static final String RECEIVE_TOMB = ROOT + "/longhaul-receive-ended/" + SESSION + ".json";

  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration FAULTS_FOR = Duration.ofSeconds(40);
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final long MOST_STEPS = 60_000;
  private static final long STEPS_A_SECOND = 1000;
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
  private final List<String> trace = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private final Processes processes;
  private final Judge judge;
  private long mostSteps = MOST_STEPS;
  private int flipsLeft;
  private int sourceStarts;
  private boolean sendCreated;
  private Duration wallJump = Duration.ZERO;

  World(long seed, Set<Planted> planted, boolean tracing) {
    this.random = new Random(seed * 0x9E3779B97F4A7C15L);
    this.plan = Plan.draw(random);
    this.planted = planted;
    this.tracing = tracing;
    this.scheduler = new Scheduler(random);
    this.flipsLeft = plan.flips();
    this.processes = new Processes(this);
    this.judge = new Judge(this);
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
    new Breaks(this, random).plan();
    processes.startSender();
    processes.startReceiver();
    boolean over =
        scheduler.run(
            () -> !violations.isEmpty() || (scheduler.steps() % 32 == 0 && judge.isOver()),
            mostSteps);
    if (violations.isEmpty() && !over && !judge.isOver()) {
      violate(
          "it does not come to an end; at %s there are %s",
          Duration.ofNanos(nanos()), judge.left());
    }
    if (violations.isEmpty()) {
      judge.theEnd();
    }
    for (SimProcess process : processes.all()) {
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

  /** Notes what does not hold. */
  @FormatMethod
  void violate(@FormatString String format, Object... arguments) {
    String what = String.format(Locale.ROOT, format, arguments);
    trace("VIOLATION %s", what);
    violations.add(what);
  }

  /** Sets the wall clock. */
  void jump(Duration time) {
    wallJump = wallJump.plus(time);
  }

  Host sending() {
    return sending;
  }

  Host receiving() {
    return receiving;
  }

  /** Returns the processes. */
  public Processes processes() {
    return processes;
  }

  /** Returns who knows what must hold. */
  public Judge judge() {
    return judge;
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
        new ProcessIdentity(processes.nextPid(), 1, sending.bootId()),
        sourceStarts,
        fails ? plan.sourceFailsAt() : plan.stream().length,
        fails ? plan.sourceStatus() : 0);
  }

  long releasedBytes() {
    return number(sending, SEND_DIRECTORY + "/released", "/bytes");
  }

  static long number(Host host, String path, String pointer) {
    return json(host, path).map(node -> node.at(pointer).asLong()).orElse(0L);
  }

  static Optional<JsonNode> json(Host host, String path) {
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

  boolean flipsNow() {
    if (flipsLeft > 0 && mayBreak() && random.nextInt(4) == 0) {
      flipsLeft--;
      return true;
    }
    return false;
  }
}

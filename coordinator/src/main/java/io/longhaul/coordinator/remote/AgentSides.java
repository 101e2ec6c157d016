package io.longhaul.coordinator.remote;

import io.longhaul.coordinator.CommandFailure;
import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.agent.Agent;
import io.longhaul.coordinator.agent.Agents;
import io.longhaul.coordinator.drive.Facts;
import io.longhaul.coordinator.drive.Sides;
import io.longhaul.coordinator.drive.Trouble;
import io.longhaul.coordinator.job.Job;
import io.longhaul.coordinator.plan.Side;
import io.longhaul.coordinator.plan.Step;
import io.longhaul.coordinator.run.Display;
import io.longhaul.coordinator.run.Ending;
import io.longhaul.coordinator.run.Session;
import io.longhaul.coordinator.run.Sight;
import io.longhaul.coordinator.run.Start;
import io.longhaul.coordinator.run.View;
import io.longhaul.coordinator.run.Watch;
import io.longhaul.coordinator.run.Watchdog;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.chunk.DigestChoice;
import io.longhaul.protocol.client.AgentClient;
import io.longhaul.protocol.config.TimeSpan;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.wire.AgentInfo;
import io.longhaul.protocol.wire.ChangesReport;
import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.protocol.wire.SinkSpec;
import io.longhaul.protocol.wire.SourceSpec;
import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.PartialReceive;
import io.longhaul.protocol.zfs.ResumeToken;
import io.longhaul.protocol.zfs.ZfsChange;
import io.longhaul.protocol.zfs.ZfsSend;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The sides of a job as two agents. Sessions carry labels that tell the job, both its roots and the
 * target, so whoever runs the job next finds those that still run.
 */
public final class AgentSides implements Sides {
  private static final String FILESYSTEMS = "filesystems";
  private static final String JOB = "job";
  private static final String RUN = "run";
  private static final String SOURCE_MACHINE = "source-machine";
  private static final String SOURCE_ROOT = "source-root";
  private static final String TARGET_ROOT = "target-root";
  private static final String TARGET = "target";

  /* Answers come every second or so. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private final Job job;
  private final Instant start;
  private final Agent<SendRequest, SendStatus> sender;
  private final Agent<ReceiveRequest, ReceiveStatus> receiver;
  private final Start starter;
  private final Set<SessionId> watched = ConcurrentHashMap.newKeySet();
  private volatile Start.@Nullable Route route;

  /**
   * Prepares to ask the agents; connects to nobody yet.
   *
   * @param start when the run started, which its sessions tell
   * @throws CommandFailure if one of them is not configured
   */
  public AgentSides(Agents agents, Job job, Instant start) throws CommandFailure {
    this.job = job;
    this.start = start;
    this.sender = agents.sender(job.source());
    this.receiver = agents.receiver(job.target());
    this.starter = new Start(agents);
  }

  /** Sees that both agents answer and can work together. */
  public void reach() throws Trouble, InterruptedException {
    var _ = route();
  }

  private Start.Route route() throws Trouble, InterruptedException {
    Start.Route known = route;
    if (known != null) {
      return known;
    }
    try {
      Start.Route found = starter.route(job.source(), job.target(), SendRequest.DEFAULT_CHUNK);
      requireFilesystems(sender, found.atSource());
      requireFilesystems(receiver, found.atTarget());
      route = found;
      return found;
    } catch (CommandFailure e) {
      throw e.code() == ExitCode.USAGE
          ? Trouble.ofDataset(Trouble.Cure.PERSON, String.valueOf(e.getMessage()))
          : trouble(e);
    }
  }

  private static Trouble trouble(CommandFailure e) {
    String text = String.valueOf(e.getMessage());
    return e.getCause() instanceof TransferException why
        ? Diagnosis.of(why, text)
        : Trouble.ofPeer(text);
  }

  /* It may be upgraded, or its ZFS come back, any time. */
  private static void requireFilesystems(Agent<?, ?> agent, AgentInfo info) throws Trouble {
    if (!info.capabilities().contains(FILESYSTEMS)) {
      throw Trouble.ofPeer(
          "Tried to ask the "
              + agent
              + " ("
              + info.software()
              + ") for its datasets but it cannot tell; see that 'zfs list' works there, or upgrade it");
    }
  }

  private Trouble trouble(TransferException why) {
    return seen(Diagnosis.of(why, String.valueOf(why.getMessage())));
  }

  private Trouble seen(Trouble trouble) {
    if (trouble.isOfPeer()) {
      route = null; // it may be another one when it is back
    }
    return trouble;
  }

  @Override
  public Facts look() throws Trouble, InterruptedException {
    Optional<String> reader = Optional.of(route().reader());
    try (var both = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        Future<AgentClient.Filesystems> source =
            both.submit(() -> sender.filesystems(reader).list(job.sourceRoot()));
        Future<AgentClient.Filesystems> target =
            both.submit(() -> receiver.filesystems(Optional.empty()).list(job.targetRoot()));
        AgentClient.Filesystems there = source.get();
        AgentClient.Filesystems here = target.get();
        requireSource(there.datasets());
        return new Facts(
            there.datasets(), withContents(here.datasets(), reader), there.zfs(), here.zfs());
      } finally {
        both.shutdownNow();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TransferException why) {
        throw trouble(why);
      }
      throw new IllegalStateException("asking an agent failed in an unforeseen way", e.getCause());
    } catch (TransferException e) {
      throw trouble(e);
    }
  }

  /* Else there would be nothing to do, and all would be well. */
  private void requireSource(List<Dataset> datasets) throws Trouble {
    DatasetName root = job.sourceRoot();
    if (datasets.stream()
        .noneMatch(there -> there.name().equals(root) || there.name().isBelow(root))) {
      throw Trouble.ofDataset(
          Trouble.Cure.PERSON,
          "Tried to replicate %s:%s but there is no such dataset, or the receiver's grant there does not show it; check its name, that its pool is imported, and grants"
              .formatted(job.source(), root));
    }
  }

  /* Only the source can read a token. */
  private List<Dataset> withContents(List<Dataset> targets, Optional<String> reader)
      throws TransferException {
    List<ResumeToken> tokens =
        targets.stream()
            .flatMap(target -> target.partial().stream())
            .map(PartialReceive::token)
            .toList();
    var contents = new HashMap<ResumeToken, PartialReceive.Contents>();
    List<Optional<PartialReceive.Contents>> answers =
        sender.filesystems(reader).contents(job.sourceRoot(), tokens);
    for (int i = 0; i < tokens.size(); i++) {
      ResumeToken token = tokens.get(i);
      answers.get(i).ifPresent(it -> contents.put(token, it));
    }
    return targets.stream().map(target -> with(contents, target)).toList();
  }

  private static Dataset with(Map<ResumeToken, PartialReceive.Contents> contents, Dataset target) {
    return new Dataset(
        target.name(),
        target.kind(),
        target.origin(),
        target.encryption(),
        target.placeholder(),
        target.written(),
        target
            .partial()
            .map(partial ->
                new PartialReceive(
                    partial.token(), Optional.ofNullable(contents.get(partial.token())))),
        target.versions());
  }

  @Override
  public void change(Side side, List<ZfsChange> changes) throws Trouble, InterruptedException {
    Agent<?, ?> agent = side == Side.SOURCE ? sender : receiver;
    Optional<String> reader =
        side == Side.SOURCE ? Optional.of(route().reader()) : Optional.empty();
    ChangesReport report;
    try {
      report = agent.filesystems(reader).change(changes);
    } catch (TransferException e) {
      throw trouble(e);
    }
    if (report.failure().isPresent()) {
      ChangesReport.Failed failed = report.failure().get();
      throw Diagnosis.ofChange(failed.error(), failed.message());
    }
  }

  @Override
  public void stream(Step.Replicate stream, Meter meter) throws Trouble, InterruptedException {
    Start.Route way = route();
    ZfsSend send = stream.send();
    DatasetName target = stream.receive().target();
    Map<String, String> labels = new HashMap<>(identity());
    labels.put(RUN, start.toString());
    labels.put(TARGET, target.name());
    boolean resumed = send.token().isPresent();
    boolean incremental = stream.from().isPresent();
    SessionId id = SessionId.create(Clock.systemUTC());
    watched.add(id);
    try {
      Start.Started started =
          starter.create(
              id,
              way,
              job.source() + ":" + send.snapshot(),
              job.target() + ":" + target,
              new SendRequest(
                  new SourceSpec.Zfs(send),
                  way.reader(),
                  SendRequest.DEFAULT_CHUNK,
                  DigestChoice.SHA256,
                  job.inactivity(),
                  labels),
              new ReceiveRequest(
                  new SinkSpec.Zfs(stream.receive(), incremental, resumed, send.snapshot().name()),
                  job.source(),
                  job.inactivity(),
                  labels));
      watch(started.session(), started.view(), resumed, meter);
    } catch (CommandFailure e) {
      throw seen(trouble(e));
    } finally {
      watched.remove(id);
    }
  }

  private void watch(Session session, View first, boolean resumed, Meter meter)
      throws Trouble, InterruptedException {
    Display display =
        new Display() {
          @Override
          public void say(String line) {}

          @Override
          public void show(View view) {
            meter.shows(view.deliveredBytes(), view.totalBytes(), silent(view));
          }

          @Override
          public void close() {}
        };
    Watchdog watchdog = Watchdog.of(job.inactivity());
    Ending ending = new Watch(session, first, watchdog, display, System::nanoTime).run();
    if (ending.state() != SessionState.DONE) {
      Failure why =
          ending
              .failure()
              .orElseGet(() ->
                  Failure.resumable(FailureKind.UNKNOWN, "The session ended and nobody said why"));
      throw Diagnosis.ofStream(
          new Failure(
              why.kind(), "session " + session.id() + ": " + why.message(), why.resumable()),
          resumed);
    }
  }

  /* Sessions outlast it; it is told so that nobody wonders why nothing moves. */
  private Optional<String> silent(View view) {
    Optional<String> receiverSilent =
        view.receive()
            .away(view.nowNanos())
            .filter(time -> time.compareTo(SILENCE) > 0)
            .flatMap(_ -> view.receive().trouble());
    return receiverSilent.or(() ->
        view.senderAway()
            .filter(time -> time.compareTo(SILENCE) > 0)
            .map(time ->
                "the %s has not reached the %s for %s"
                    .formatted(receiver, sender, TimeSpan.display(time))));
  }

  /** Asks how long streams will be; empty for each that the source cannot tell. */
  public List<OptionalLong> estimates(List<Step.Replicate> streams)
      throws Trouble, InterruptedException {
    Optional<String> reader = Optional.of(route().reader());
    try {
      return sender
          .filesystems(reader)
          .estimates(streams.stream().map(Step.Replicate::send).toList());
    } catch (TransferException e) {
      throw trouble(e);
    }
  }

  @Override
  public OptionalLong estimate(Step.Replicate stream) throws Trouble, InterruptedException {
    return estimates(List.of(stream)).getFirst();
  }

  /* A session that only the sender has was being created when its coordinator died: nobody will read it. */
  @Override
  public List<Running> running() throws Trouble, InterruptedException {
    String reader = route().reader();
    var sends = new HashMap<SessionId, SendStatus>();
    var found = new ArrayList<Running>();
    try {
      sender.sessions().stream()
          .filter(status -> ours(status.id(), status.labels()) && !status.state().ended())
          .filter(status -> status.reader().equals(reader))
          .forEach(status -> sends.put(status.id(), status));
      for (ReceiveStatus status : receiver.sessions()) {
        if (ours(status.id(), status.labels()) && !status.state().ended()) {
          found.add(running(status, Optional.ofNullable(sends.remove(status.id()))));
        } else if (sends.containsKey(status.id()) && status.state().ended()) {
          sends.remove(status.id()); // the agents end it
        }
      }
      for (SessionId orphan : sends.keySet()) {
        sender.abort(
            orphan,
            Failure.permanent(
                FailureKind.ABORTED,
                "The receiver was never told of this session of " + job.name()));
      }
    } catch (TransferException e) {
      throw trouble(e);
    }
    return found;
  }

  /* Another coordinator may have a job of this name. */
  private Map<String, String> identity() {
    return Map.of(
        JOB,
        job.name(),
        SOURCE_MACHINE,
        job.source(),
        SOURCE_ROOT,
        job.sourceRoot().name(),
        TARGET_ROOT,
        job.targetRoot().name());
  }

  private boolean ours(SessionId id, Map<String, String> labels) {
    return !watched.contains(id)
        && labels.entrySet().containsAll(identity().entrySet())
        && labels.containsKey(TARGET);
  }

  private Running running(ReceiveStatus receive, Optional<SendStatus> send) {
    long now = System.nanoTime();
    var session =
        new Session(
            receive.id(),
            job.source() + ":" + send.map(SendStatus::source).orElse("?"),
            job.target() + ":" + receive.sink(),
            Optional.of(sender),
            Optional.of(receiver));
    var view =
        new View(
            send.map(status -> Sight.of(status, now)).orElseGet(Sight::none),
            Sight.of(receive, now),
            now);
    DatasetName target = DatasetName.parse(String.valueOf(receive.labels().get(TARGET)));
    return new Running() {
      @Override
      public DatasetName target() {
        return target;
      }

      @Override
      public void await(Meter meter) throws Trouble, InterruptedException {
        watched.add(session.id());
        try {
          watch(session, view, false, meter);
        } finally {
          watched.remove(session.id());
        }
      }
    };
  }
}

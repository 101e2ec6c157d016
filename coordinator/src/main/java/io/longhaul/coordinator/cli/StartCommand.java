package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.CommandFailure;
import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.job.Job;
import io.longhaul.coordinator.job.JobConfig;
import io.longhaul.coordinator.job.StateDirectory;
import io.longhaul.coordinator.plan.Endpoint;
import io.longhaul.coordinator.plan.Transfer;
import io.longhaul.coordinator.plan.Wish;
import io.longhaul.coordinator.run.Session;
import io.longhaul.coordinator.run.Start;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.chunk.DigestChoice;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.config.TimeSpan;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.zfs.SendBase;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coordinator start}. */
@Command(
    name = "start",
    description = {
      "Replicates a dataset with all below it, or starts one transfer, and follows it to its end.",
      "",
      "SOURCE and TARGET are AGENT:DATASET for replication: what coordinator plan shows is done; JOB"
          + " means those of a job of the configuration, as long as no daemon runs it. With"
          + " AGENT:DATASET@SNAPSHOT as SOURCE that snapshot alone is sent, with AGENT::NAME a stream that"
          + " the agent's own configuration defines. Data flows from the sender-agent to the"
          + " receiver-agent, which connects to the sender; this command touches none of it. Ctrl-C"
          + " ends only the watching: streams that run go on."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all was delivered and checked, or, with --detach, started",
      "1:nothing was started, the transfer failed or was aborted, or a dataset could not be replicated",
      "2:the command line or a configuration file is wrong",
      "3:an inactivity limit passed: --stalled or --unreachable; of replication: a dataset was given up"
          + " because of one",
      "130:interrupted; streams that run go on, the rest of a replication is left"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  All that the target lacks, of a dataset and those below it:",
      "    coordinator start office:tank/vm vault:backup/vm",
      "  The same for a job of the configuration, now:",
      "    coordinator start nightly",
      "  A full stream into a dataset that does not exist yet:",
      "    coordinator start office:tank/vm@monday vault:backup/vm",
      "  What came since, after rolling the target back:",
      "    coordinator start office:tank/vm@friday vault:backup/vm --from monday --force",
      "  A dataset with its children:",
      "    coordinator start office:tank@monday vault:backup/tank --replicate",
      "  Any command, as office and vault configure it; a look at it later:",
      "    coordinator start office::pg-main vault::pg-main --detach",
      "    coordinator status --follow SESSION"
    })
final class StartCommand implements Callable<Integer> {
  private static final Set<String> OF_ONE_STREAM =
      Set.of(
          "--from",
          "--intermediates",
          "--replicate",
          "--force",
          "--digests",
          "--chunk-size",
          "--label",
          "--detach");

  @ParentCommand private CoordinatorCommand parent = new CoordinatorCommand();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      paramLabel = "SOURCE|JOB",
      description = "what to send, such as office:tank/vm@daily or office::pg-main; or a job")
  private String source = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TARGET",
      description = "where to put it, such as vault:backup/vm or vault::pg-main")
  private Optional<String> target = Optional.empty();

  @Option(
      names = "--from",
      paramLabel = "SNAPSHOT",
      description = "send only what came after this snapshot (zfs send -i); #NAME means a bookmark")
  private Optional<String> from = Optional.empty();

  @Option(
      names = "--intermediates",
      description = "with --from: also all snapshots between (zfs send -I)")
  private boolean intermediates;

  @Option(
      names = "--replicate",
      description = "child datasets, their snapshots and properties too (zfs send -R)")
  private boolean replicate;

  @Mixin private ReplicationOptions replication = new ReplicationOptions();

  @Option(
      names = "--force",
      description = "roll the target back to its newest snapshot first (zfs receive -F)")
  private boolean force;

  @Option(
      names = "--digests",
      paramLabel = "md5|sha256|both",
      defaultValue = "sha256",
      description = "what each chunk is checked by; default: ${DEFAULT-VALUE}")
  private DigestChoice digests = DigestChoice.SHA256;

  @Option(
      names = "--chunk-size",
      paramLabel = "SIZE",
      defaultValue = "16MiB",
      description =
          "how much is checked, and if damaged fetched again, at once; 4KiB to 1GiB; default: ${DEFAULT-VALUE}")
  private DataSize chunkSize = new DataSize(0);

  @Option(
      names = "--stalled",
      paramLabel = "TIME",
      defaultValue = "24h",
      description =
          "end a stream if both sides can be reached but nothing moves for so long; in replication it is then"
              + " tried again; default: ${DEFAULT-VALUE}")
  private TimeSpan stalled = new TimeSpan(SessionLimits.DEFAULT.stalled());

  @Option(
      names = "--unreachable",
      paramLabel = "TIME",
      defaultValue = "7d",
      description =
          "suspend a stream if a side cannot be reached for so long, and end a replication if an agent does"
              + " not answer for so long and no stream runs; default: ${DEFAULT-VALUE}")
  private TimeSpan unreachable = new TimeSpan(SessionLimits.DEFAULT.unreachable());

  @Option(
      names = "--label",
      paramLabel = "KEY=VALUE",
      description = "a note that the agents keep; may be repeated")
  private Map<String, String> labels = new LinkedHashMap<>();

  @Option(names = "--detach", description = "return as soon as it is started")
  private boolean detach;

  @Option(names = "--json", description = "no progress; one JSON object at the end")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (target.isEmpty()) {
      return configured().number();
    }
    if (isDataset()) {
      UnusedOptions.refuse(
          spec,
          OF_ONE_STREAM,
          "replicate " + source,
          "is for one snapshot; write " + source + "@SNAPSHOT, or leave it out");
      return replicate(
              replication.job(
                  source,
                  target.get(),
                  new JobConfig.Inactivity(Optional.of(stalled), Optional.of(unreachable))))
          .number();
    }
    var ofReplication = new HashSet<>(ReplicationOptions.names());
    ofReplication.remove("--raw");
    UnusedOptions.refuse(
        spec,
        ofReplication,
        "send " + source,
        "is for replication; leave it out, or write AGENT:DATASET without a snapshot");
    Transfer transfer = transfer(target.get());
    Start start = new Start(parent.agents());
    Start.Started started = start.run(transfer);
    if (detach) {
      tell(started.session());
      return ExitCode.DONE.number();
    }
    return new Follow(spec.commandLine(), json)
        .run(started.session(), started.view(), transfer.wish().limits())
        .number();
  }

  private boolean isDataset() throws CommandFailure {
    try {
      return Endpoint.parse(source).place() instanceof Endpoint.Place.Dataset place
          && place.snapshot().isEmpty();
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()));
    }
  }

  private ExitCode configured() throws Exception {
    if (source.contains(":")) {
      throw new CommandFailure(
          ExitCode.USAGE, "Tried to start " + source + " but no TARGET is named; see --help");
    }
    Job job = parent.job(source);
    var unused = new HashSet<>(OF_ONE_STREAM);
    unused.addAll(ReplicationOptions.names());
    unused.addAll(List.of("--stalled", "--unreachable"));
    UnusedOptions.refuse(
        spec,
        unused,
        "start job " + source,
        "is for what the command line names; the configuration says all about a job");
    var state = new StateDirectory(parent.config().stateRoot());
    Optional<StateDirectory.Claim> claim = state.claim();
    if (claim.isEmpty()) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "Tried to start job %s but the daemon runs it, or another start of a job is at work: coordinator wakeup %s starts it in the daemon, and coordinator status %s shows it"
              .formatted(source, source, source));
    }
    try (var _ = claim.get()) {
      return replicate(job);
    }
  }

  private ExitCode replicate(Job job) throws Exception {
    return new Replication(spec.commandLine(), json).run(parent.agents(), job);
  }

  private Transfer transfer(String target) throws CommandFailure {
    try {
      return Transfer.of(
          new Wish(
              Endpoint.parse(source),
              Endpoint.parse(target),
              from.map(StartCommand::base),
              intermediates,
              replicate,
              replication.raw(),
              force,
              chunkSize.bytes(),
              digests,
              new SessionLimits(stalled.duration(), unreachable.duration()),
              labels));
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()));
    }
  }

  private static SendBase base(String text) {
    return SendBase.parse(text.startsWith("#") || text.startsWith("@") ? text : "@" + text);
  }

  private record Detached(String id, String source, String target) {}

  private void tell(Session session) throws Exception {
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(
          Json.TOLERANT.writeValueAsString(
              new Detached(session.id().text(), session.source(), session.target())));
    } else {
      out.println("started " + session.id() + "  " + session.route());
      out.println("To watch it: coordinator status --follow " + session.id());
      out.println("To end it:   coordinator abort " + session.id());
    }
  }
}

package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.CommandFailure;
import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.agent.Agents;
import io.longhaul.coordinator.plan.Artifact;
import io.longhaul.coordinator.plan.Endpoint;
import io.longhaul.coordinator.run.Start;
import io.longhaul.protocol.client.AgentClient;
import io.longhaul.protocol.client.FilesystemsClient;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The places where a command looks for artifacts, and what it finds there. */
final class Roots {
  private static final int FORBIDDEN = ProblemType.FORBIDDEN.status();

  @Parameters(
      arity = "1..*",
      paramLabel = "AGENT:DATASET",
      description = "where to look, with all below it")
  private List<String> roots = new ArrayList<>();

  @Option(names = "--job", paramLabel = "NAME", description = "only those of this job")
  private Optional<String> job = Optional.empty();

  @Option(
      names = "--reader",
      paramLabel = "AGENT",
      description =
          "look at other machines through their sender-agents, as far as they grant this receiver-agent")
  private Optional<String> reader = Optional.empty();

  /**
   * What was found at one place.
   *
   * @param machine the name of its agent
   * @param filesystems whom to ask for changes there
   * @param artifacts those that are asked for
   * @param stale those of them that nothing needs any more
   * @param unlisted how many holds there are whose tags this ZFS cannot list
   */
  record Found(
      String machine,
      FilesystemsClient filesystems,
      List<Artifact> artifacts,
      List<Artifact> stale,
      long unlisted) {}

  /**
   * Looks at each place.
   *
   * @throws CommandFailure if one cannot be read, or is none
   */
  List<Found> look(Agents agents) throws CommandFailure, InterruptedException {
    var found = new ArrayList<Found>();
    for (String root : roots) {
      Endpoint end = endpoint(root);
      if (!(end.place() instanceof Endpoint.Place.Dataset(DatasetName dataset, var snapshot))
          || snapshot.isPresent()) {
        throw new CommandFailure(
            ExitCode.USAGE,
            "Tried to look at '" + root + "' but it is no dataset; write AGENT:DATASET");
      }
      found.add(found(end.agent(), filesystems(agents, end.agent()), dataset));
    }
    return found;
  }

  private static Endpoint endpoint(String text) throws CommandFailure {
    try {
      return Endpoint.parse(text);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()));
    }
  }

  private FilesystemsClient filesystems(Agents agents, String machine)
      throws CommandFailure, InterruptedException {
    if (reader.isEmpty() || reader.get().equals(machine) || !agents.hasSender(machine)) {
      return agents.either(machine).filesystems(Optional.empty());
    }
    Start start = new Start(agents);
    Start.Route route = start.route(machine, reader.get(), SendRequest.DEFAULT_CHUNK);
    return route.sender().filesystems(Optional.of(route.reader()));
  }

  private Found found(String machine, FilesystemsClient filesystems, DatasetName root)
      throws CommandFailure {
    try {
      AgentClient.Filesystems there = filesystems.list(root);
      List<Dataset> inside =
          there.datasets().stream()
              .filter(dataset -> dataset.name().equals(root) || dataset.name().isBelow(root))
              .toList();
      if (inside.isEmpty()) {
        throw new CommandFailure(
            ExitCode.FAILED,
            "Tried to look at %s:%s but there is no such dataset, or no grant shows it"
                .formatted(machine, root));
      }
      long unlisted =
          inside.stream()
              .flatMap(dataset -> dataset.versions().stream())
              .filter(version -> version.tags().isEmpty())
              .mapToLong(Version::holds)
              .sum();
      List<Artifact> artifacts =
          Artifact.of(inside).stream()
              .filter(artifact -> job.isEmpty() || artifact.job().equals(job.get()))
              .toList();
      return new Found(
          machine, filesystems, artifacts, Artifact.stale(artifacts, inside), unlisted);
    } catch (TransferException e) {
      boolean refused = e.status().equals(OptionalInt.of(FORBIDDEN));
      throw new CommandFailure(
          ExitCode.FAILED,
          e.getMessage()
              + (refused && reader.isEmpty()
                  ? "; --reader AGENT asks for what a receiver-agent may see there"
                  : ""));
    }
  }
}

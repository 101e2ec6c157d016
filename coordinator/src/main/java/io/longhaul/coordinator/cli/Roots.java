package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.CommandFailure;
import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.agent.Agent;
import io.longhaul.coordinator.agent.Agents;
import io.longhaul.coordinator.plan.Artifact;
import io.longhaul.coordinator.plan.Endpoint;
import io.longhaul.protocol.client.AgentClient;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The places where a command looks for artifacts, and what it finds there. */
final class Roots {
  @Parameters(
      arity = "1..*",
      paramLabel = "AGENT:DATASET",
      description = "where to look, with all below it")
  private List<String> roots = new ArrayList<>();

  @Option(names = "--job", paramLabel = "NAME", description = "only those of this job")
  private Optional<String> job = Optional.empty();

  /**
   * What was found at one place.
   *
   * @param machine the name of its agent
   * @param agent whom to ask for changes there
   * @param artifacts those that are asked for
   * @param unlisted how many holds there are whose tags this ZFS cannot list
   */
  record Found(String machine, Agent<?, ?> agent, List<Artifact> artifacts, long unlisted) {}

  /**
   * Looks at each place.
   *
   * @throws CommandFailure if one cannot be read, or is none
   */
  List<Found> look(Agents agents) throws CommandFailure {
    var found = new ArrayList<Found>();
    for (String root : roots) {
      Endpoint end = endpoint(root);
      if (!(end.place() instanceof Endpoint.Place.Dataset(DatasetName dataset, var snapshot))
          || snapshot.isPresent()) {
        throw new CommandFailure(
            ExitCode.USAGE,
            "Tried to look at '" + root + "' but it is no dataset; write AGENT:DATASET");
      }
      Agent<?, ?> agent = agents.either(end.agent());
      found.add(found(end.agent(), agent, dataset));
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

  private Found found(String machine, Agent<?, ?> agent, DatasetName root) throws CommandFailure {
    try {
      AgentClient.Filesystems there = agent.filesystems(Optional.empty()).list(root);
      List<Dataset> inside =
          there.datasets().stream()
              .filter(dataset -> dataset.name().equals(root) || dataset.name().isBelow(root))
              .toList();
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
      return new Found(machine, agent, artifacts, unlisted);
    } catch (TransferException e) {
      throw new CommandFailure(ExitCode.FAILED, String.valueOf(e.getMessage()));
    }
  }
}

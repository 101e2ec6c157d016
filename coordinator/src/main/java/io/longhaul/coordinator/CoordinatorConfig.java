package io.longhaul.coordinator;

import io.longhaul.coordinator.job.Job;
import io.longhaul.coordinator.job.JobConfig;
import io.longhaul.coordinator.job.Jobs;
import io.longhaul.coordinator.plan.Endpoint;
import io.longhaul.protocol.client.AgentAddress;
import io.longhaul.protocol.config.ConfigFile;
import io.longhaul.protocol.tls.TlsConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The coordinator's configuration: where its agents are, and what the daemon does.
 *
 * @param agents the machines by the name that endpoints use
 * @param tls who we are at agents that are reached by {@code https} without a token
 * @param jobs what is replicated, by name
 * @param stateDirectory where the daemon remembers its jobs' runs; {@code
 *     /var/lib/longhaul/coordinator} unless told otherwise
 */
public record CoordinatorConfig(
    Map<String, Machine> agents,
    Optional<TlsConfig> tls,
    Optional<Map<String, JobConfig>> jobs,
    Optional<Path> stateDirectory)
    implements ConfigFile.Checked {
  private static final Path STATE_DIRECTORY = Path.of("/var/lib/longhaul/coordinator");

  /**
   * The agents of one machine, at least one of them.
   *
   * @param sender where its sender-agent is
   * @param receiver where its receiver-agent is
   */
  public record Machine(Optional<AgentAddress> sender, Optional<AgentAddress> receiver) {}

  @Override
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (agents.isEmpty()) {
      problems.add("agents: must name at least one agent");
    }
    agents.forEach((name, machine) -> {
      String key = "agents." + name;
      if (!Endpoint.isAgentName(name)) {
        problems.add(key + ": a name is letters, digits, '.', '_' and '-'");
      }
      if (machine == null || (machine.sender().isEmpty() && machine.receiver().isEmpty())) {
        problems.add(key + ": needs a sender, a receiver or both");
        return;
      }
      machine
          .sender()
          .ifPresent(at -> problems.addAll(at.problems(key + ".sender", tls.isPresent())));
      machine
          .receiver()
          .ifPresent(at -> problems.addAll(at.problems(key + ".receiver", tls.isPresent())));
    });
    problems.addAll(
        Jobs.problems(
            jobs.orElse(Map.of()),
            name -> knows(name, Machine::sender),
            name -> knows(name, Machine::receiver)));
    return problems;
  }

  private boolean knows(String name, Function<Machine, Optional<AgentAddress>> role) {
    return Optional.ofNullable(agents.get(name)).flatMap(role).isPresent();
  }

  /** Returns the jobs, by name, of a configuration without {@link #problems}. */
  public List<Job> jobList() {
    return Jobs.of(jobs.orElse(Map.of()));
  }

  /** Returns where the daemon remembers its jobs' runs. */
  public Path stateRoot() {
    return stateDirectory.orElse(STATE_DIRECTORY);
  }
}

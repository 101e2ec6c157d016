package io.longhaul.coordinator;

import io.longhaul.coordinator.plan.Endpoint;
import io.longhaul.protocol.client.AgentAddress;
import io.longhaul.protocol.config.ConfigFile;
import io.longhaul.protocol.tls.TlsConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The coordinator's configuration: where its agents are.
 *
 * @param agents the machines by the name that endpoints use
 * @param tls who we are at agents that are reached by {@code https} without a token
 */
public record CoordinatorConfig(Map<String, Machine> agents, Optional<TlsConfig> tls)
    implements ConfigFile.Checked {

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
    return problems;
  }
}

package io.longhaul.coordinator.agent;

import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.wire.AgentInfo;
import io.longhaul.protocol.wire.PeerInfo;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What came of asking one agent who it is.
 *
 * @param name the agent in the coordinator's configuration
 * @param role which side of a session it is configured for
 * @param url where it was asked
 * @param info what it answered
 * @param problem what is wrong
 * @param peers for a receiver-agent: what it finds when it asks each of its own peers
 */
public record Probe(
    String name,
    Role role,
    URI url,
    Optional<AgentInfo> info,
    Optional<String> problem,
    List<Peer> peers) {

  /**
   * What a receiver-agent finds at one of its senders.
   *
   * @param name the sender
   * @param reachable whether it answers the receiver
   * @param text where it is, or why it does not answer
   */
  public record Peer(String name, boolean reachable, String text) {
    @Override
    public String toString() {
      return name + ": " + text;
    }
  }

  /** Probes all agents at the same time. */
  public static List<Probe> all(Agents agents) throws InterruptedException {
    List<Probe> probes = new ArrayList<>();
    for (Survey.Answer<Agent<?, ?>, AgentInfo> answer : Survey.ask(agents.all(), Agent::info)) {
      Agent<?, ?> agent = answer.agent();
      boolean pulls = agent.role() == Role.RECEIVE && answer.value().isPresent();
      probes.add(
          new Probe(
              agent.name(),
              agent.role(),
              agent.url(),
              answer.value(),
              problem(agent, answer),
              pulls ? peers(agent) : List.of()));
    }
    return probes;
  }

  private static Optional<String> problem(
      Agent<?, ?> agent, Survey.Answer<Agent<?, ?>, AgentInfo> answer) {
    return answer
        .failure()
        .map(why -> String.valueOf(why.getMessage()))
        .or(() ->
            answer
                .value()
                .filter(info -> info.role() != agent.role())
                .map(info ->
                    "this address belongs to the "
                        + Agent.program(info.role())
                        + " of '"
                        + info.name()
                        + "'; correct the coordinator's file"));
  }

  private static List<Peer> peers(Agent<?, ?> receiver) {
    try {
      return receiver.peers().stream().map(Probe::peer).toList();
    } catch (TransferException e) {
      return List.of(new Peer("its peers", false, String.valueOf(e.getMessage())));
    }
  }

  private static Peer peer(PeerInfo info) {
    return info.agent().isPresent()
        ? new Peer(info.name(), true, "reached at " + info.url())
        : new Peer(
            info.name(),
            false,
            "NOT reached at " + info.url() + ": " + info.problem().orElse("no answer"));
  }

  /** Returns a name for messages, such as {@code receiver-agent of vault}. */
  public String title() {
    return Agent.program(role) + " of " + name;
  }
}

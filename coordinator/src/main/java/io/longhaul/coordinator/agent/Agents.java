package io.longhaul.coordinator.agent;

import io.longhaul.coordinator.CommandFailure;
import io.longhaul.coordinator.CoordinatorConfig;
import io.longhaul.coordinator.ExitCode;
import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.tls.CertificateUse;
import io.longhaul.protocol.tls.Tls;
import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.wire.SendStatus;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The agents of a configuration file. Immutable. */
public final class Agents {
  private final Path file;
  private final Optional<Tls> tls;
  private final SortedMap<String, Agent<SendRequest, SendStatus>> senders = new TreeMap<>();
  private final SortedMap<String, Agent<ReceiveRequest, ReceiveStatus>> receivers = new TreeMap<>();

  /**
   * Prepares to talk to all of them; connects to nobody yet.
   *
   * @param file where {@code config} was read, for messages
   * @throws ConfigException if a token, certificate or key cannot be used
   */
  public Agents(Path file, CoordinatorConfig config) throws ConfigException {
    this.file = file;
    tls =
        config.tls().isPresent()
            ? Optional.of(Tls.open(config.tls().get(), CertificateUse.CONNECT))
            : Optional.empty();
    for (Map.Entry<String, CoordinatorConfig.Machine> entry : config.agents().entrySet()) {
      String name = entry.getKey();
      CoordinatorConfig.Machine machine = entry.getValue();
      if (machine.sender().isPresent()) {
        senders.put(name, Agent.sender(name, machine.sender().get(), tls));
      }
      if (machine.receiver().isPresent()) {
        receivers.put(name, Agent.receiver(name, machine.receiver().get(), tls));
      }
    }
  }

  /** Returns all sender-agents, by name. */
  public List<Agent<SendRequest, SendStatus>> senders() {
    return List.copyOf(senders.values());
  }

  /** Returns all receiver-agents, by name. */
  public List<Agent<ReceiveRequest, ReceiveStatus>> receivers() {
    return List.copyOf(receivers.values());
  }

  /** Returns every agent: the senders, then the receivers. */
  public List<Agent<?, ?>> all() {
    List<Agent<?, ?>> all = new ArrayList<>(senders.values());
    all.addAll(receivers.values());
    return all;
  }

  /**
   * Returns the sender-agent of a machine.
   *
   * @throws CommandFailure if there is none; the message lists those there are
   */
  public Agent<SendRequest, SendStatus> sender(String name) throws CommandFailure {
    return Optional.ofNullable(senders.get(name))
        .orElseThrow(() -> unknown(name, "sender", senders.keySet().stream()));
  }

  /**
   * Returns the receiver-agent of a machine.
   *
   * @throws CommandFailure if there is none; the message lists those there are
   */
  public Agent<ReceiveRequest, ReceiveStatus> receiver(String name) throws CommandFailure {
    return Optional.ofNullable(receivers.get(name))
        .orElseThrow(() -> unknown(name, "receiver", receivers.keySet().stream()));
  }

  /**
   * Returns an agent of a machine, whichever it has, the receiver-agent of both: they use the same
   * ZFS.
   *
   * @throws CommandFailure if there is none
   */
  public Agent<?, ?> either(String name) throws CommandFailure {
    return receivers.containsKey(name) ? receiver(name) : sender(name);
  }

  /** Returns whether a machine has a sender-agent. */
  public boolean hasSender(String name) {
    return senders.containsKey(name);
  }

  private CommandFailure unknown(String name, String role, Stream<String> known) {
    List<String> names = known.toList();
    boolean otherRole = senders.containsKey(name) || receivers.containsKey(name);
    return new CommandFailure(
        ExitCode.USAGE,
        "Tried to use agent '"
            + name
            + "' as "
            + role
            + " but "
            + file
            + (otherRole ? " gives no " + role + " address for it" : " names no such agent")
            + "; agents with a "
            + role
            + ": "
            + (names.isEmpty() ? "none" : String.join(", ", names)));
  }

  /** Returns what a person should know about our own certificate at this moment. */
  public List<String> warnings(Instant now) {
    return tls.map(used -> used.warnings(now)).orElse(List.of());
  }

  /** Returns where the agents were configured, for messages. */
  public Path file() {
    return file;
  }
}

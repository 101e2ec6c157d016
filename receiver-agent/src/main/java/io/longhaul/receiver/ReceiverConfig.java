package io.longhaul.receiver;

import io.longhaul.protocol.client.AgentAddress;
import io.longhaul.protocol.config.ConfigFile;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.config.SpoolConfig;
import io.longhaul.protocol.config.ZfsConfig;
import io.longhaul.protocol.doctor.Setup;
import io.longhaul.protocol.grant.GrantNames;
import io.longhaul.protocol.pipe.Command;
import io.longhaul.protocol.server.Limits;
import io.longhaul.protocol.server.Listen;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.tls.TlsConfig;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.receiver.grant.ReceiveGrant;
import io.longhaul.receiver.grant.ReceiveGrants;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The receiver-agent's configuration file.
 *
 * @param name how the agent calls itself
 * @param listen where it listens and whom it serves
 * @param spool where received chunks lie until they are fed, and how many
 * @param zfs how to run zfs here
 * @param streams the sinks that a request may name
 * @param tls who it is at senders that it reaches by {@code https} without a token
 * @param peers the senders that a request may name; a receiver pulls from no other address
 * @param grants who may write what; without it, nobody who needs a token or certificate anything
 * @param limits how much it takes on at a time
 */
public record ReceiverConfig(
    String name,
    Listen listen,
    Optional<SpoolConfig> spool,
    Optional<ZfsConfig> zfs,
    Optional<Map<String, StreamConfig>> streams,
    Optional<TlsConfig> tls,
    Optional<Map<String, AgentAddress>> peers,
    Optional<List<ReceiveGrant>> grants,
    Optional<Limits> limits)
    implements ConfigFile.Checked {
  private static final long LEAST_LIMIT = 2 * SendRequest.LEAST_CHUNK;

  @Override
  public List<String> problems() {
    List<String> problems = new ArrayList<>(listen.problems());
    problems.addAll(limitsOrDefault().problems());
    problems.addAll(spoolConfig().problems());
    peerMap()
        .forEach((key, peer) -> problems.addAll(peer.problems("peers." + key, tls.isPresent())));
    streamMap().forEach((key, stream) -> problems.addAll(stream.problems("streams." + key)));
    if (zfsConfig().command().isEmpty() || zfsConfig().command().getFirst().isBlank()) {
      problems.add("zfs.command: must name a program");
    }
    if (spoolConfig().limitBytes() < LEAST_LIMIT) {
      problems.add(
          "spool.limit: must hold two chunks of the smallest size, "
              + DataSize.display(LEAST_LIMIT)
              + ", was "
              + DataSize.display(spoolConfig().limitBytes()));
    }
    problems.addAll(grantProblems());
    return problems;
  }

  private List<String> grantProblems() {
    List<ReceiveGrant> entries = grants.orElse(List.of());
    List<String> problems =
        new ArrayList<>(
            GrantNames.problems(
                entries.stream().map(ReceiveGrant::identity).toList(), listen.names()));
    for (ReceiveGrant grant : entries) {
      String key = "grants." + grant.identity();
      problems.addAll(grant.quota().problems(key, LEAST_LIMIT));
      problems.addAll(unknown(key, "streams", grant.streams(), streamMap().keySet()));
      problems.addAll(unknown(key, "peers", grant.peers(), peerMap().keySet()));
    }
    return problems;
  }

  private static List<String> unknown(
      String key, String section, Optional<Set<String>> granted, Set<String> known) {
    return granted.orElse(Set.of()).stream()
        .filter(name -> !known.contains(name))
        .map(name -> "%s.%s: there is no '%s' under %s".formatted(key, section, name, section))
        .toList();
  }

  /** Returns what the administrator should know of these values. */
  Optional<String> warning() {
    return GrantNames.warning(grants.isPresent(), listen.names());
  }

  /** Returns the decisions of the grants section. */
  public ReceiveGrants decisions() {
    return new ReceiveGrants(grants);
  }

  /**
   * Returns what a doctor has to look at.
   *
   * @param datasets some to look at beside those that are granted
   */
  Setup setup(List<DatasetName> datasets) {
    NavigableSet<DatasetName> roots = new TreeSet<>(Comparator.comparing(DatasetName::name));
    roots.addAll(datasets);
    grants.orElse(List.of()).forEach(grant -> roots.addAll(grant.roots().orElse(List.of())));
    Map<String, Command> commands = new HashMap<>();
    streamMap()
        .forEach((key, stream) ->
            stream
                .command()
                .ifPresent(words ->
                    commands.put(key, new Command(words, stream.environment().orElse(Map.of())))));
    return new Setup(
        Role.RECEIVE, listen, spoolConfig(), zfsConfig(), roots, commands, tls, peerMap());
  }

  /** Returns the spool section or its defaults. */
  public SpoolConfig spoolConfig() {
    return spool.orElse(SpoolConfig.DEFAULT);
  }

  /** Returns the zfs section or its defaults. */
  public ZfsConfig zfsConfig() {
    return zfs.orElse(ZfsConfig.DEFAULT);
  }

  /** Returns the limits section or its defaults. */
  public Limits limitsOrDefault() {
    return limits.orElse(Limits.DEFAULT);
  }

  /** Returns the sinks by name. */
  public Map<String, StreamConfig> streamMap() {
    return streams.orElse(Map.of());
  }

  /** Returns the senders by name. */
  public Map<String, AgentAddress> peerMap() {
    return peers.orElse(Map.of());
  }
}

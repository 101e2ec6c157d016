package io.longhaul.receiver;

import io.longhaul.protocol.client.AgentAddress;
import io.longhaul.protocol.config.ConfigFile;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.config.SpoolConfig;
import io.longhaul.protocol.config.ZfsConfig;
import io.longhaul.protocol.server.Limits;
import io.longhaul.protocol.server.Listen;
import io.longhaul.protocol.tls.TlsConfig;
import io.longhaul.protocol.wire.SendRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
    return problems;
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

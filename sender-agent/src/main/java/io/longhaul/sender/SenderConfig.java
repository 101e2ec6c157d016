package io.longhaul.sender;

import io.longhaul.protocol.config.ConfigFile;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.config.SpoolConfig;
import io.longhaul.protocol.config.ZfsConfig;
import io.longhaul.protocol.server.Limits;
import io.longhaul.protocol.server.Listen;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.sender.session.StreamConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The configuration file of a sender-agent.
 *
 * @param name how the agent calls itself
 * @param listen where it listens and whom it serves
 * @param spool where it spools and how much
 * @param zfs how to run {@code zfs}
 * @param streams what it may send beside datasets, by name
 * @param limits how much it takes on at a time
 */
public record SenderConfig(
    String name,
    Listen listen,
    Optional<SpoolConfig> spool,
    Optional<ZfsConfig> zfs,
    Optional<Map<String, StreamConfig>> streams,
    Optional<Limits> limits)
    implements ConfigFile.Checked {
  private static final long LEAST_LIMIT = 2 * SendRequest.LEAST_CHUNK;

  @Override
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (name.isBlank()) {
      problems.add("name: must not be empty");
    }
    problems.addAll(listen.problems());
    problems.addAll(limitsOrDefault().problems());
    problems.addAll(spoolOrDefault().problems());
    if (spoolOrDefault().limitBytes() < LEAST_LIMIT) {
      problems.add(
          "spool.limit: must hold at least two chunks, so "
              + new DataSize(LEAST_LIMIT)
              + " or more, was "
              + new DataSize(spoolOrDefault().limitBytes()));
    }
    if (zfsOrDefault().command().isEmpty()) {
      problems.add("zfs.command: must name a program, such as [zfs] or [sudo, -n, zfs]");
    }
    new TreeMap<>(streamsOrNone())
        .forEach((key, stream) -> problems.addAll(stream.problems("streams." + key)));
    return problems;
  }

  SpoolConfig spoolOrDefault() {
    return spool.orElse(SpoolConfig.DEFAULT);
  }

  ZfsConfig zfsOrDefault() {
    return zfs.orElse(ZfsConfig.DEFAULT);
  }

  Limits limitsOrDefault() {
    return limits.orElse(Limits.DEFAULT);
  }

  Map<String, StreamConfig> streamsOrNone() {
    return streams.orElse(Map.of());
  }
}

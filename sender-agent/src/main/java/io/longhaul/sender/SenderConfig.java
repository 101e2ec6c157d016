package io.longhaul.sender;

import io.longhaul.protocol.auth.Identity;
import io.longhaul.protocol.auth.TokenConfig;
import io.longhaul.protocol.config.ConfigFile;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.config.SpoolConfig;
import io.longhaul.protocol.config.ZfsConfig;
import io.longhaul.protocol.server.Listen;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.sender.session.StreamConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The configuration file of a sender-agent.
 *
 * @param name how the agent calls itself
 * @param listen where it listens and whom it serves
 * @param spool where it spools and how much
 * @param zfs how to run {@code zfs}
 * @param streams what it may send beside datasets, by name
 */
public record SenderConfig(
    String name,
    Listen listen,
    Optional<SpoolConfig> spool,
    Optional<ZfsConfig> zfs,
    Optional<Map<String, StreamConfig>> streams)
    implements ConfigFile.Checked {
  private static final long LEAST_LIMIT = 2 * SendRequest.LEAST_CHUNK;

  @Override
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (name.isBlank()) {
      problems.add("name: must not be empty");
    }
    problems.addAll(listen.problems());
    for (TokenConfig token : listen.tokenList()) {
      if (token.identity().isBlank() || token.identity().equals(Identity.LOCAL.name())) {
        problems.add(
            "listen.tokens.identity: must not be empty or '" + Identity.LOCAL.name() + "'");
      }
    }
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

  Map<String, StreamConfig> streamsOrNone() {
    return streams.orElse(Map.of());
  }

  /** Returns the identities that may be named as the reader of a session. */
  Set<String> readers() {
    return listen.tokenList().isEmpty()
        ? Set.of(Identity.LOCAL.name())
        : listen.tokenList().stream().map(TokenConfig::identity).collect(Collectors.toSet());
  }
}

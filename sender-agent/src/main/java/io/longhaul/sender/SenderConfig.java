package io.longhaul.sender;

import io.longhaul.protocol.config.ConfigFile;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.config.SpoolConfig;
import io.longhaul.protocol.config.ZfsConfig;
import io.longhaul.protocol.doctor.Setup;
import io.longhaul.protocol.grant.DatasetFilter;
import io.longhaul.protocol.grant.GrantNames;
import io.longhaul.protocol.pipe.Command;
import io.longhaul.protocol.server.Listen;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.sender.grant.SendGrant;
import io.longhaul.sender.grant.SendGrants;
import io.longhaul.sender.session.StreamConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The configuration file of a sender-agent.
 *
 * @param name how the agent calls itself
 * @param listen where it listens and whom it serves
 * @param spool where it spools and how much
 * @param zfs how to run {@code zfs}
 * @param streams what it may send beside datasets, by name
 * @param grants who may read what; without it, nobody who needs a token or certificate anything
 */
public record SenderConfig(
    String name,
    Listen listen,
    Optional<SpoolConfig> spool,
    Optional<ZfsConfig> zfs,
    Optional<Map<String, StreamConfig>> streams,
    Optional<List<SendGrant>> grants)
    implements ConfigFile.Checked {
  private static final long LEAST_LIMIT = 2 * SendRequest.LEAST_CHUNK;

  @Override
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (name.isBlank()) {
      problems.add("name: must not be empty");
    }
    problems.addAll(listen.problems());
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
    problems.addAll(grantProblems());
    return problems;
  }

  private List<String> grantProblems() {
    List<SendGrant> entries = grants.orElse(List.of());
    List<String> problems =
        new ArrayList<>(
            GrantNames.problems(
                entries.stream().map(SendGrant::identity).toList(), listen.names()));
    for (SendGrant grant : entries) {
      problems.addAll(grant.problems(LEAST_LIMIT));
      grant.streams().orElse(Set.of()).stream()
          .filter(name -> !streamsOrNone().containsKey(name))
          .map(name ->
              "grants.%s.streams: there is no '%s' under streams".formatted(grant.identity(), name))
          .forEach(problems::add);
    }
    return problems;
  }

  Optional<String> warning() {
    return GrantNames.warning(grants.isPresent(), listen.names());
  }

  SendGrants grantsOrNone() {
    return new SendGrants(grants);
  }

  /**
   * Returns what a doctor has to look at.
   *
   * @param datasets some to look at beside those that are granted
   */
  Setup setup(List<DatasetName> datasets) {
    NavigableSet<DatasetName> roots = new TreeSet<>(Comparator.comparing(DatasetName::name));
    roots.addAll(datasets);
    grants.orElse(List.of()).stream()
        .flatMap(grant -> grant.datasets().stream())
        .map(DatasetFilter::named)
        .forEach(roots::addAll);
    Map<String, Command> commands = new HashMap<>();
    streamsOrNone()
        .forEach((key, stream) ->
            commands.put(
                key, new Command(stream.command(), stream.environment().orElse(Map.of()))));
    return new Setup(
        Role.SEND,
        listen,
        spoolOrDefault(),
        zfsOrDefault(),
        roots,
        commands,
        Optional.empty(),
        Map.of());
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
}

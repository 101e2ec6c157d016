package io.longhaul.receiver.grant;

import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.grant.Quota;
import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.SinkSpec;
import io.longhaul.protocol.zfs.DatasetName;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One entry of {@code grants} in the receiver-agent's configuration: what one identity may have
 * received. What it does not say is not granted.
 *
 * @param identity as {@code listen} names it
 * @param peers from which senders
 * @param roots below which datasets, never into one of these itself: a replication stream brings
 *     children along, so a target stands for all below it
 * @param streams into which named streams
 * @param flags which flags of {@code zfs receive}
 * @param sessions how many sessions at a time; 16 unless told otherwise
 * @param spool the most that each of them may spool, if that is less than {@code spool.limit}
 */
public record ReceiveGrant(
    String identity,
    Optional<Set<String>> peers,
    Optional<List<DatasetName>> roots,
    Optional<Set<String>> streams,
    Optional<Set<ReceiveFlag>> flags,
    Optional<Integer> sessions,
    Optional<DataSize> spool) {

  /** Returns the quota that this grant sets. */
  public Quota quota() {
    return Quota.of(sessions, spool);
  }

  boolean hasPeer(String peer) {
    return peers.filter(granted -> granted.contains(peer)).isPresent();
  }

  /** Returns the rule that refuses {@code request}; empty if it is granted. */
  Optional<String> objection(ReceiveRequest request) {
    if (!hasPeer(request.peer())) {
      return Optional.of(rule("peers has no '" + request.peer() + "'"));
    }
    return switch (request.sink()) {
      case SinkSpec.Stream stream ->
          streams.filter(granted -> granted.contains(stream.name())).isPresent()
              ? Optional.empty()
              : Optional.of(rule("streams has no '" + stream.name() + "'"));
      case SinkSpec.Zfs zfs -> objection(zfs);
    };
  }

  private Optional<String> objection(SinkSpec.Zfs sink) {
    boolean below =
        roots.filter(granted -> granted.stream().anyMatch(sink.target()::isBelow)).isPresent();
    if (!below) {
      return Optional.of(rule(sink.target() + " is not below one of roots"));
    }
    return sink.receive().force()
            && flags.filter(granted -> granted.contains(ReceiveFlag.FORCE)).isEmpty()
        ? Optional.of(rule("flags has no -F"))
        : Optional.empty();
  }

  private String rule(String lacks) {
    return "the grant of '" + identity + "': " + lacks;
  }
}

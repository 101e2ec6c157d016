package io.longhaul.receiver.grant;

import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.grant.Quota;
import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.SinkSpec;
import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.ZfsChange;
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
    if (!isBelowRoot(sink.target())) {
      return Optional.of(rule(sink.target() + " is not below one of roots"));
    }
    Optional<DatasetName> origin =
        sink.receive().origin().map(SnapshotName::dataset).filter(of -> !isBelowRoot(of));
    if (origin.isPresent()) {
      return Optional.of(rule(origin.get() + " is not below one of roots"));
    }
    return sink.receive().force() && !hasForce()
        ? Optional.of(rule("flags has no -F"))
        : Optional.empty();
  }

  /** Returns the rule that refuses to list a tree; empty if it is at or below a root. */
  Optional<String> objectionToList(DatasetName root) {
    return isRoot(root) || isBelowRoot(root)
        ? Optional.empty()
        : Optional.of(rule(root + " is not at or below one of roots"));
  }

  /** Returns what may be known of a dataset: of a root itself, not what snapshots it has. */
  Optional<Dataset> shown(Dataset dataset) {
    if (isBelowRoot(dataset.name())) {
      return Optional.of(dataset);
    }
    return isRoot(dataset.name()) ? Optional.of(dataset.withoutVersions()) : Optional.empty();
  }

  /** Returns the rule that refuses {@code change}; empty if it is granted. */
  Optional<String> objection(ZfsChange change) {
    Optional<DatasetName> outside =
        change.datasets().filter(dataset -> !isBelowRoot(dataset)).findFirst();
    if (outside.isPresent()) {
      return Optional.of(rule(outside.get() + " is not below one of roots"));
    }
    boolean loses =
        switch (change) {
          case ZfsChange.DestroySnapshot _, ZfsChange.Rollback _ -> true;
          case ZfsChange.DestroyBookmark bookmark -> !bookmark.isOurs();
          case ZfsChange.Hold _,
              ZfsChange.Release _,
              ZfsChange.Bookmark _,
              ZfsChange.AbortReceive _,
              ZfsChange.CreatePlaceholder _,
              ZfsChange.DestroyPlaceholder _,
              ZfsChange.BecomeReal _,
              ZfsChange.SetProperty _ ->
              false;
        };
    return loses && !hasForce() ? Optional.of(rule("flags has no -F")) : Optional.empty();
  }

  private boolean isRoot(DatasetName dataset) {
    return roots.filter(granted -> granted.contains(dataset)).isPresent();
  }

  private boolean isBelowRoot(DatasetName dataset) {
    return roots.filter(granted -> granted.stream().anyMatch(dataset::isBelow)).isPresent();
  }

  private boolean hasForce() {
    return flags.filter(granted -> granted.contains(ReceiveFlag.FORCE)).isPresent();
  }

  private String rule(String lacks) {
    return "the grant of '" + identity + "': " + lacks;
  }
}

package io.longhaul.sender.grant;

import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.grant.DatasetFilter;
import io.longhaul.protocol.grant.Quota;
import io.longhaul.protocol.wire.SourceSpec;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.ZfsChange;
import io.longhaul.protocol.zfs.ZfsSend;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One entry of {@code grants} in the sender-agent's configuration: what one identity may read. What
 * it does not say is not granted.
 *
 * @param identity as {@code listen} names it
 * @param datasets which datasets
 * @param streams which named streams
 * @param flags which flags of {@code zfs send}; {@code -R} only where all below is granted too
 * @param rawOnly whether datasets are sent raw ({@code -w}) or not at all; false unless told
 *     otherwise
 * @param sessions how many sessions it may read at a time; 16 unless told otherwise
 * @param spool the most that each of them may spool, if that is less than {@code spool.limit}
 * @param rate how many bytes of chunks it may read a second, over all its connections; without it,
 *     as many as it can
 */
public record SendGrant(
    String identity,
    Optional<DatasetFilter> datasets,
    Optional<Set<String>> streams,
    Optional<Set<SendFlag>> flags,
    Optional<Boolean> rawOnly,
    Optional<Integer> sessions,
    Optional<DataSize> spool,
    Optional<DataSize> rate) {
  private static final long LEAST_RATE = 64 << 10;

  /**
   * Returns every fault of the numbers.
   *
   * @param leastSpool the smallest spool that can work, in bytes
   */
  public List<String> problems(long leastSpool) {
    String key = "grants." + identity;
    List<String> problems = new ArrayList<>(quota().problems(key, leastSpool));
    rate.filter(limit -> limit.bytes() < LEAST_RATE)
        .map(limit ->
            "%s.rate: must be %s a second or more, was %s"
                .formatted(key, new DataSize(LEAST_RATE), limit))
        .ifPresent(problems::add);
    return problems;
  }

  /** Returns the quota that this grant sets. */
  public Quota quota() {
    return Quota.of(sessions, spool);
  }

  /** Returns the rule that refuses {@code source}; empty if it is granted. */
  Optional<String> objection(SourceSpec source) {
    return switch (source) {
      case SourceSpec.Stream stream ->
          streams.filter(granted -> granted.contains(stream.name())).isPresent()
              ? Optional.empty()
              : Optional.of(rule("streams has no '" + stream.name() + "'"));
      case SourceSpec.Zfs zfs -> objection(zfs.send());
    };
  }

  private Optional<String> objection(ZfsSend send) {
    DatasetName dataset = send.snapshot().dataset();
    if (!shows(dataset)) {
      return Optional.of(rule("datasets does not mean " + dataset));
    }
    Optional<DatasetName> origin =
        send.origin().map(SnapshotName::dataset).filter(of -> !shows(of));
    if (origin.isPresent()) {
      return Optional.of(rule("datasets does not mean " + origin.get()));
    }
    if (rawOnly.orElse(false) && !send.raw()) {
      return Optional.of(rule("raw-only, and the request is without -w"));
    }
    if (!send.replicate()) {
      return Optional.empty();
    }
    if (flags.filter(granted -> granted.contains(SendFlag.REPLICATE)).isEmpty()) {
      return Optional.of(rule("flags has no -R"));
    }
    return datasets.filter(granted -> granted.passesWhole(dataset)).isPresent()
        ? Optional.empty()
        : Optional.of(rule("datasets does not mean all below " + dataset + ", as -R needs"));
  }

  /** Returns the rule that refuses to list a tree; empty if something in it is granted. */
  Optional<String> objectionToList(DatasetName root) {
    return datasets.filter(granted -> granted.meansAnyOf(root)).isPresent()
        ? Optional.empty()
        : Optional.of(rule("datasets means nothing at or below " + root));
  }

  boolean shows(DatasetName dataset) {
    return datasets.filter(granted -> granted.passes(dataset)).isPresent();
  }

  /**
   * Returns the rule that refuses {@code change}; empty if it is granted. Who may read a dataset
   * may protect what he reads.
   */
  Optional<String> objection(ZfsChange change) {
    boolean protects =
        switch (change) {
          case ZfsChange.Hold _, ZfsChange.Release _, ZfsChange.Bookmark _ -> true;
          case ZfsChange.DestroyBookmark bookmark -> bookmark.isOurs();
          case ZfsChange.DestroySnapshot _,
              ZfsChange.Rollback _,
              ZfsChange.AbortReceive _,
              ZfsChange.CreatePlaceholder _,
              ZfsChange.DestroyPlaceholder _,
              ZfsChange.BecomeReal _,
              ZfsChange.SetProperty _ ->
              false;
        };
    if (!protects) {
      return Optional.of(rule("a sender holds and bookmarks, and changes nothing else"));
    }
    return change
        .datasets()
        .filter(dataset -> !shows(dataset))
        .findFirst()
        .map(dataset -> rule("datasets does not mean " + dataset));
  }

  private String rule(String lacks) {
    return "the grant of '" + identity + "': " + lacks;
  }
}

package io.longhaul.coordinator.plan;

import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.Version;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Why a dataset is not replicated, and what a person can do about it. */
public sealed interface Conflict {
  Pair pair();

  /** Returns a stable word for it, for scripts. */
  String code();

  /** Returns what is the matter, to follow "but". */
  String problem();

  /** Returns what the operator can do. */
  String remedy();

  /** Returns all of it in words, with the newest versions of both sides. */
  default String message() {
    return "Tried to replicate %s to %s but %s; %s. Newest at the source: %s; newest at the target: %s"
        .formatted(
            pair().source().name(),
            pair().targetName(),
            problem(),
            remedy(),
            newest(Optional.of(pair().source())),
            newest(pair().target()));
  }

  private static String newest(Optional<Dataset> dataset) {
    if (dataset.isEmpty()) {
      return "no such dataset";
    }
    List<Version> versions = dataset.get().versions();
    return versions.isEmpty() ? "no snapshot" : versions.getLast().toString();
  }

  private static String names(List<SnapshotName> snapshots) {
    return snapshots.stream().map(SnapshotName::toString).collect(Collectors.joining(", "));
  }

  /** The source has no snapshot that the job would send, and the target does not exist. */
  record NoSnapshots(Pair pair) implements Conflict {
    @Override
    public String code() {
      return "no-snapshots";
    }

    @Override
    public String problem() {
      return pair.source().snapshots().isEmpty()
          ? "the source has no snapshot"
          : "none of the source's snapshots passes the job's filter";
    }

    @Override
    public String remedy() {
      return "take a snapshot of " + pair.source().name() + ", or exclude it from the job";
    }
  }

  /** Both sides have snapshots and none in common. */
  record NoCommonBase(Pair pair) implements Conflict {
    @Override
    public String code() {
      return "no-common-base";
    }

    @Override
    public String problem() {
      return "no snapshot of the target is known to the source, neither as snapshot nor as"
          + " bookmark";
    }

    @Override
    public String remedy() {
      return "move the target aside to have all sent anew (zfs rename %s %s-old), or choose another target"
          .formatted(pair.targetName(), pair.targetName());
    }
  }

  /** Something was written to the target after its newest snapshot. */
  record TargetModified(Pair pair, Version base, long written) implements Conflict {
    @Override
    public String code() {
      return "target-modified";
    }

    @Override
    public String problem() {
      return "%d bytes were written to the target since %s".formatted(written, pair.onTarget(base));
    }

    @Override
    public String remedy() {
      return "drop them (zfs rollback %s, or allow the job to with --rollback) and keep it from"
              .formatted(pair.onTarget(base))
          + " happening again (zfs set readonly=on "
          + pair.targetName()
          + ")";
    }
  }

  /**
   * The target has snapshots that the source never had or has lost.
   *
   * @param base the newest snapshot that both have
   * @param newer those of the target that are newer, oldest first
   */
  record TargetAhead(Pair pair, Version base, List<SnapshotName> newer) implements Conflict {
    @Override
    public String code() {
      return "target-ahead";
    }

    @Override
    public String problem() {
      return "the target has snapshots after %s that the source does not know: %s"
          .formatted(pair.onTarget(base), names(newer));
    }

    @Override
    public String remedy() {
      return "keep them by replicating to another target, or give them up with --rollback, which"
          + " destroys these and no others as soon as there is something to send";
    }
  }

  /** What this job sent last is on the target alone: the source has lost it and its bookmark. */
  record BaseGone(Pair pair, Version base, List<SnapshotName> newer) implements Conflict {
    @Override
    public String code() {
      return "base-gone";
    }

    @Override
    public String problem() {
      return "%s, which this job sent, was destroyed on the source together with its bookmark"
          .formatted(newer.getLast());
    }

    @Override
    public String remedy() {
      return "go back to %s with --rollback, which destroys %s on the target, or send to a new target"
          .formatted(pair.onTarget(base), names(newer));
    }
  }

  /** A rollback would have to destroy what somebody holds or has cloned. */
  record BaseHeld(Pair pair, Version base, List<SnapshotName> kept) implements Conflict {
    @Override
    public String code() {
      return "base-held";
    }

    @Override
    public String problem() {
      return "a rollback to %s would destroy what is held or cloned: %s"
          .formatted(pair.onTarget(base), names(kept));
    }

    @Override
    public String remedy() {
      return "see who keeps them (zfs holds %s; zfs get clones) and release them, or choose another target"
          .formatted(kept.getFirst());
    }
  }

  /** Something is at the target's place that no job of ours has put there. */
  record NotOurs(Pair pair, String why) implements Conflict {
    @Override
    public String code() {
      return "target-not-ours";
    }

    @Override
    public String problem() {
      return why;
    }

    @Override
    public String remedy() {
      return "choose another target, or move this one aside: zfs rename %s %s-old"
          .formatted(pair.targetName(), pair.targetName());
    }
  }

  /** One side is a filesystem and the other a volume. */
  record OtherKind(Pair pair, Dataset.Kind source, Dataset.Kind target) implements Conflict {
    @Override
    public String code() {
      return "other-kind";
    }

    @Override
    public String problem() {
      return "the source is a %s and the target a %s".formatted(source, target);
    }

    @Override
    public String remedy() {
      return "choose another target, or move this one aside: zfs rename %s %s-old"
          .formatted(pair.targetName(), pair.targetName());
    }
  }

  /** A placeholder stands where a dataset belongs and ZFS cannot replace it. */
  record PlaceholderInTheWay(Pair pair, String why) implements Conflict {
    @Override
    public String code() {
      return "placeholder-in-the-way";
    }

    @Override
    public String problem() {
      return "a placeholder stands at the target and " + why;
    }

    @Override
    public String remedy() {
      return "move it aside (zfs rename %s %s-old), replicate, and move the datasets below it back"
          .formatted(pair.targetName(), pair.targetName());
    }
  }

  /** The target has no dataset that the new one could be created in. */
  record NoParent(Pair pair, DatasetName parent) implements Conflict {
    @Override
    public String code() {
      return "no-parent";
    }

    @Override
    public String problem() {
      return "the target has no dataset " + parent;
    }

    @Override
    public String remedy() {
      return "import its pool, or create it: zfs create -p " + parent;
    }
  }

  /** The dataset above, or the one it was cloned from, has to be there first and is not. */
  record Waits(Pair pair, DatasetName first, String reason) implements Conflict {
    @Override
    public String code() {
      return "waits-for-other";
    }

    @Override
    public String problem() {
      return "%s must be replicated first and cannot be (%s)".formatted(first, reason);
    }

    @Override
    public String remedy() {
      return "resolve that first";
    }
  }

  /** A key is needed and not loaded. */
  record KeyNotLoaded(Pair pair, Side side, DatasetName root) implements Conflict {
    @Override
    public String code() {
      return "key-not-loaded";
    }

    @Override
    public String problem() {
      return "the key of %s on the %s is not loaded and the stream is not raw"
          .formatted(root, side);
    }

    @Override
    public String remedy() {
      return "load it (zfs load-key %s)".formatted(root)
          + (side == Side.SOURCE ? ", or send raw (-w) to a new target" : "");
    }
  }

  /** Raw and other streams cannot follow each other into one dataset. */
  record RawMixed(Pair pair, boolean raw, String why) implements Conflict {
    @Override
    public String code() {
      return "raw-mixed";
    }

    @Override
    public String problem() {
      return why;
    }

    @Override
    public String remedy() {
      return raw
          ? "replicate without -w as before, or raw to a new target"
          : "replicate with -w as before, or without it to a new target";
    }
  }

  /** The target has another snapshot of that name. */
  record NameTaken(Pair pair, Version wanted, Version there) implements Conflict {
    @Override
    public String code() {
      return "name-taken";
    }

    @Override
    public String problem() {
      return "the target has another snapshot %s (guid %s) under the name of the one to send (guid %s)"
          .formatted(pair.onTarget(there), there.guid(), wanted.guid());
    }

    @Override
    public String remedy() {
      return "rename the target's: zfs rename %s %s-%s"
          .formatted(pair.onTarget(there), pair.onTarget(there), there.guid());
    }
  }

  /** The source was renamed after it was replicated. */
  record Renamed(Pair pair, DatasetName copy) implements Conflict {
    @Override
    public String code() {
      return "renamed";
    }

    @Override
    public String problem() {
      return "the target has its snapshots in %s, from a time when the source had that name"
          .formatted(copy);
    }

    @Override
    public String remedy() {
      return "rename the copy as well (zfs rename %s %s; what is below comes along), or move it out"
              .formatted(copy, pair.targetName())
          + " of this tree to have all sent anew";
    }
  }

  /** A ZFS cannot do what the job asks for. */
  record Unsupported(Pair pair, Side side, String flags) implements Conflict {
    @Override
    public String code() {
      return "unsupported";
    }

    @Override
    public String problem() {
      return "'zfs %s' on the %s has no %s"
          .formatted(side == Side.SOURCE ? "send" : "receive", side, flags);
    }

    @Override
    public String remedy() {
      return "take %s out of the job, or update ZFS there".formatted(flags);
    }
  }
}

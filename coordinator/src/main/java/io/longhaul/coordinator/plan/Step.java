package io.longhaul.coordinator.plan;

import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.Placeholder;
import io.longhaul.protocol.zfs.SendFlags;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One thing that a plan does. Steps are done in their order, each when the one before is done; a
 * step that is done twice does no harm, so a plan that was interrupted can be made anew.
 */
public sealed interface Step {
  /** Returns the commands of this step; those of a stream run at the same time. */
  List<Command> commands();

  /**
   * A stream. It is done when the target has each snapshot of {@code brings} under its GUID.
   *
   * @param from what it starts from; empty for a full stream
   * @param brings the snapshots of the source that the target has afterwards, oldest first
   */
  record Replicate(
      Sending sending,
      SendFlags flags,
      Receiving receiving,
      Optional<Version> from,
      List<Version> brings)
      implements Step {
    public Replicate {
      brings = List.copyOf(brings);
    }

    @Override
    public List<Command> commands() {
      return List.of(
          new Command(Side.SOURCE, sending.arguments(flags)),
          new Command(Side.TARGET, receiving.arguments()));
    }
  }

  /** Keeps snapshots from being destroyed. A hold that is there already is as good. */
  record Hold(Side side, String tag, List<SnapshotName> snapshots) implements Step {
    public Hold {
      snapshots = List.copyOf(snapshots);
    }

    @Override
    public List<Command> commands() {
      return List.of(new Command(side, onSnapshots("hold", tag, snapshots)));
    }
  }

  /** Takes holds back. One that is not there, or whose snapshot is not, is as good. */
  record Release(Side side, String tag, List<SnapshotName> snapshots) implements Step {
    public Release {
      snapshots = List.copyOf(snapshots);
    }

    @Override
    public List<Command> commands() {
      return List.of(new Command(side, onSnapshots("release", tag, snapshots)));
    }
  }

  /**
   * Bookmarks a snapshot of the source. A bookmark of that name is as good if it has {@code guid}.
   */
  record Bookmark(SnapshotName snapshot, String bookmark, String guid) implements Step {
    @Override
    public List<Command> commands() {
      return List.of(
          Command.of(
              Side.SOURCE,
              "bookmark",
              snapshot.toString(),
              bookmarkName(snapshot.dataset(), bookmark)));
    }
  }

  /** Destroys a bookmark; one that is not there is as good. */
  record DestroyBookmark(Side side, DatasetName dataset, String bookmark) implements Step {
    @Override
    public List<Command> commands() {
      return List.of(Command.of(side, "destroy", bookmarkName(dataset, bookmark)));
    }
  }

  /** Destroys a snapshot of the target that stands in the way; for {@code --rollback} only. */
  record DestroySnapshot(SnapshotName snapshot) implements Step {
    @Override
    public List<Command> commands() {
      return List.of(Command.of(Side.TARGET, "destroy", snapshot.toString()));
    }
  }

  /**
   * Drops what was written to the target since its newest snapshot; for {@code --rollback} only.
   * Without {@code -r}: a snapshot that came meanwhile makes it fail and stays.
   */
  record Rollback(SnapshotName snapshot) implements Step {
    @Override
    public List<Command> commands() {
      return List.of(Command.of(Side.TARGET, "rollback", snapshot.toString()));
    }
  }

  /** Drops what an interrupted receive left and nobody can go on with. */
  record AbortReceive(DatasetName target, String why) implements Step {
    @Override
    public List<Command> commands() {
      return List.of(Command.of(Side.TARGET, "receive", "-A", target.toString()));
    }
  }

  /**
   * Creates an empty parent that nothing is mounted on.
   *
   * @param unencrypted whether it may not inherit its parent's encryption, whose key is not loaded
   */
  record CreatePlaceholder(DatasetName target, boolean unencrypted) implements Step {
    @Override
    public List<Command> commands() {
      var arguments = new ArrayList<>(List.of("create"));
      Placeholder.PROPERTIES.forEach(property -> arguments.addAll(List.of("-o", property)));
      if (unencrypted) {
        arguments.addAll(List.of("-o", "encryption=off"));
      }
      arguments.add(target.toString());
      return List.of(new Command(Side.TARGET, arguments));
    }
  }

  /** Destroys a placeholder. Without {@code -r}: it fails if anything is in or below it. */
  record DestroyPlaceholder(DatasetName target) implements Step {
    @Override
    public List<Command> commands() {
      return List.of(Command.of(Side.TARGET, "destroy", target.toString()));
    }
  }

  /** Says that what was a placeholder has become the copy of a dataset. */
  record BecomeReal(DatasetName target) implements Step {
    @Override
    public List<Command> commands() {
      return List.of(Command.of(Side.TARGET, "inherit", Placeholder.PROPERTY, target.toString()));
    }
  }

  /** Sets a property where {@code receive -o} cannot. */
  record SetProperty(DatasetName target, String property, String value) implements Step {
    @Override
    public List<Command> commands() {
      return List.of(Command.of(Side.TARGET, "set", property + "=" + value, target.toString()));
    }
  }

  private static List<String> onSnapshots(String action, String tag, List<SnapshotName> snapshots) {
    return Stream.concat(Stream.of(action, tag), snapshots.stream().map(SnapshotName::toString))
        .toList();
  }

  private static String bookmarkName(DatasetName dataset, String bookmark) {
    return dataset + "#" + bookmark;
  }
}

package io.longhaul.coordinator.plan;

import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.Version;
import java.util.Optional;

/**
 * A dataset of the source and its place on the target.
 *
 * @param targetName where its copy belongs
 * @param target what is there
 * @param ground what is around that place
 */
public record Pair(
    Dataset source, DatasetName targetName, Optional<Dataset> target, Ground ground) {

  /**
   * What is around a place on the target.
   *
   * @param above encryption of the dataset directly above, which a new one inherits
   * @param children whether there are or will be datasets below it
   * @param origin what a clone can be made of there; empty if the source is no clone, or the target
   *     has or will have no copy of its origin
   */
  public record Ground(
      Optional<Dataset.Encryption> above, boolean children, Optional<Origin> origin) {

    /** A place without children below an unencrypted dataset. */
    public static final Ground PLAIN = new Ground(Optional.empty(), false, Optional.empty());
  }

  /**
   * The snapshot that a clone is a clone of.
   *
   * @param onSource where it is on the source
   * @param copy where it is on the target, or will be before the clone is sent
   */
  public record Origin(SnapshotName onSource, String guid, SnapshotName copy) {}

  Pair withTarget(Optional<Dataset> there) {
    return new Pair(source, targetName, there, ground);
  }

  SnapshotName onTarget(Version snapshot) {
    return targetName.at(snapshot.name());
  }
}

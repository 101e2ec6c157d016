package io.longhaul.coordinator.drive;

import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.ZfsFeatures;
import java.util.List;

/**
 * What both sides told at one moment.
 *
 * @param sources the root of the source and all below it
 * @param targets what there is of the root of the target, all below it, and the dataset above it
 * @param sender what the source's ZFS can do
 * @param receiver what the target's ZFS can do
 */
public record Facts(
    List<Dataset> sources, List<Dataset> targets, ZfsFeatures sender, ZfsFeatures receiver) {
  public Facts {
    sources = List.copyOf(sources);
    targets = List.copyOf(targets);
  }
}

package io.longhaul.coordinator.agent;

import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.ZfsFeatures;
import java.util.List;

/**
 * What an agent told of its machine's datasets.
 *
 * @param zfs what its ZFS can do
 * @param datasets in the order of their names, as far as we may know of them
 */
public record Filesystems(ZfsFeatures zfs, List<Dataset> datasets) {
  public Filesystems {
    datasets = List.copyOf(datasets);
  }
}

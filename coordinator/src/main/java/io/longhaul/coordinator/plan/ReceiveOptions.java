package io.longhaul.coordinator.plan;

import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.ZfsFeatures;
import io.longhaul.protocol.zfs.ZfsReceive;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How a job receives (zfs-receive(8)).
 *
 * @param unmounted {@code -u}
 * @param set {@code -o}: properties that the target gets
 * @param inherit {@code -x}: properties that the target takes from its parent
 */
public record ReceiveOptions(
    boolean unmounted, SortedMap<String, String> set, SortedSet<String> inherit) {

  /** Not mounted and not writable, so that nothing changes a target between two streams. */
  public static final ReceiveOptions SAFE =
      new ReceiveOptions(true, new TreeMap<>(Map.of("readonly", "on")), new TreeSet<>());

  /* A volume has not got these; before OpenZFS 2.0.5 to say them fails its receive. */
  private static final Set<String> OF_FILESYSTEMS =
      Set.of(
          "aclinherit",
          "aclmode",
          "acltype",
          "atime",
          "canmount",
          "devices",
          "exec",
          "mountpoint",
          "nbmand",
          "overlay",
          "quota",
          "recordsize",
          "refquota",
          "relatime",
          "setuid",
          "sharenfs",
          "sharesmb",
          "snapdir",
          "xattr",
          "zoned");

  /**
   * @throws IllegalArgumentException if a property or value is not one that may be asked for
   */
  public ReceiveOptions {
    set = Collections.unmodifiableSortedMap(new TreeMap<>(set));
    inherit = Collections.unmodifiableSortedSet(new TreeSet<>(inherit));
    ZfsReceive.checkProperties(set, inherit);
  }

  /** Returns what of this a dataset of {@code kind} can have. */
  ReceiveOptions of(Dataset.Kind kind) {
    if (kind == Dataset.Kind.FILESYSTEM) {
      return this;
    }
    var properties = new TreeMap<>(set);
    properties.keySet().removeAll(OF_FILESYSTEMS);
    var inherited = new TreeSet<>(inherit);
    inherited.removeAll(OF_FILESYSTEMS);
    return new ReceiveOptions(unmounted, properties, inherited);
  }

  /** Returns the flags that a ZFS has not got and that nothing else can stand in for. */
  Optional<String> missing(ZfsFeatures receiver) {
    return inherit.isEmpty() || receiver.receiveFlags().contains('x')
        ? Optional.empty()
        : Optional.of("-x");
  }
}

package io.longhaul.coordinator.plan;

import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.SnapshotName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The {@code zfs receive} of a step.
 *
 * @param resumable {@code -s}
 * @param unmounted {@code -u}
 * @param overPlaceholder {@code -F}: replaces the placeholder that stands at {@code target}; said
 *     for nothing else
 * @param origin {@code -o origin=}: what the received clone is a clone of
 * @param set {@code -o}
 * @param inherit {@code -x}
 */
public record Receiving(
    DatasetName target,
    boolean resumable,
    boolean unmounted,
    boolean overPlaceholder,
    Optional<SnapshotName> origin,
    SortedMap<String, String> set,
    SortedSet<String> inherit) {

  public Receiving {
    set = Collections.unmodifiableSortedMap(new TreeMap<>(set));
    inherit = Collections.unmodifiableSortedSet(new TreeSet<>(inherit));
  }

  List<String> arguments() {
    var arguments = new ArrayList<String>();
    arguments.add("receive");
    if (resumable) {
      arguments.add("-s");
    }
    if (unmounted) {
      arguments.add("-u");
    }
    if (overPlaceholder) {
      arguments.add("-F");
    }
    origin.ifPresent(snapshot -> arguments.addAll(List.of("-o", "origin=" + snapshot)));
    for (Map.Entry<String, String> property : set.entrySet()) {
      arguments.addAll(List.of("-o", property.getKey() + "=" + property.getValue()));
    }
    inherit.forEach(property -> arguments.addAll(List.of("-x", property)));
    arguments.add(target.toString());
    return List.copyOf(arguments);
  }
}

package io.longhaul.coordinator.plan;

import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one stream brings.
 *
 * @param from what it starts from; empty for a full stream, and for a clone that starts from its
 *     origin
 * @param sent its snapshots, oldest first; several are sent by {@code -I}
 */
record Leg(Optional<Version> from, List<Version> sent) {

  Version to() {
    return sent.getLast();
  }

  /**
   * Cuts a way into streams: {@code -I} where no snapshot of the source lies between that is not
   * wanted, and where ZFS can ({@code -I} starts from no bookmark).
   *
   * @param base where the way begins; empty if the target has nothing yet
   * @param wanted the snapshots to bring, oldest first, all newer than {@code base}
   */
  static List<Leg> way(Dataset source, Optional<Version> base, List<Version> wanted) {
    var positions = new HashMap<String, Integer>();
    for (Version snapshot : source.snapshots()) {
      positions.put(snapshot.guid(), positions.size());
    }
    var legs = new ArrayList<Leg>();
    Optional<Version> from = base;
    for (int at = 0; at < wanted.size(); ) {
      int end = at + 1;
      boolean through =
          from.filter(Version::isSnapshot).isPresent()
              && adjacent(positions, from.get(), wanted.get(at));
      while (through
          && end < wanted.size()
          && adjacent(positions, wanted.get(end - 1), wanted.get(end))) {
        end++;
      }
      legs.add(new Leg(from, List.copyOf(wanted.subList(at, end))));
      from = Optional.of(wanted.get(end - 1));
      at = end;
    }
    return List.copyOf(legs);
  }

  private static boolean adjacent(Map<String, Integer> positions, Version older, Version newer) {
    return positions.getOrDefault(older.guid(), -1) + 1 == positions.getOrDefault(newer.guid(), -1);
  }
}

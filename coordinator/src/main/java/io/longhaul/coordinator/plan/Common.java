package io.longhaul.coordinator.plan;

import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.Version;
import java.util.HashMap;
import java.util.Optional;

/**
 * A snapshot of the target that the source has too, or had and bookmarked.
 *
 * @param onSource a snapshot if there is one, else a bookmark
 * @param onTarget a snapshot: a stream can be received upon nothing else
 */
record Common(Version onSource, Version onTarget) {

  /** Returns the target's newest snapshot that the source knows, by GUID. */
  static Optional<Common> newest(Dataset source, Dataset target) {
    var known = new HashMap<String, Version>();
    source.versions().forEach(version -> known.put(version.guid(), version)); // snapshots last
    for (Version snapshot : target.snapshots().reversed()) {
      Version onSource = known.get(snapshot.guid());
      if (onSource != null) {
        return Optional.of(new Common(onSource, snapshot));
      }
    }
    return Optional.empty();
  }
}

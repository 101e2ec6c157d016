package io.longhaul.protocol.zfs;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;

/**
 * A snapshot or bookmark of a dataset, as it was found.
 *
 * @param label {@code @name} or {@code #name}
 * @param guid its identity in decimal, unsigned 64 bits; a copy of a snapshot and its bookmarks
 *     have the same one
 * @param createtxg the transaction group the snapshot was made in: the order within one pool; a
 *     bookmark keeps it
 * @param creation when the snapshot was made
 * @param holds how many holds it has ({@code userrefs})
 * @param tags the tags of these holds; empty also where this ZFS cannot list them
 * @param clones what was cloned from it
 * @param ivset identity of its encryption ({@code ivsetguid}): a raw copy has the same one, a copy
 *     that was encrypted again has another; empty if not encrypted or not known
 */
public record Version(
    SendBase label,
    String guid,
    long createtxg,
    Instant creation,
    int holds,
    Set<String> tags,
    Set<DatasetName> clones,
    Optional<String> ivset) {

  /** Oldest first; a bookmark comes before the snapshot that it marks. */
  public static final Comparator<Version> OLDEST_FIRST =
      Comparator.comparingLong(Version::createtxg)
          .thenComparing(Version::isSnapshot)
          .thenComparing(Version::name);

  public Version {
    tags = Set.copyOf(tags);
    clones = Set.copyOf(clones);
  }

  /** Returns whether this is a snapshot, and not a bookmark. */
  public boolean isSnapshot() {
    return label.kind() == SendBase.Kind.SNAPSHOT;
  }

  /** Returns what stands after the {@code @} or {@code #}. */
  public String name() {
    return label.name();
  }

  /** Returns whether it is held under {@code tag}, or may be, where tags cannot be listed. */
  public boolean heldBy(String tag) {
    return tags.isEmpty() ? holds > 0 : tags.contains(tag);
  }

  /** Returns whether this was made after {@code other} of the same pool. */
  public boolean newerThan(Version other) {
    return createtxg > other.createtxg;
  }

  /** Returns the name and what tells it from others of that name. */
  @Override
  public String toString() {
    return label + " (guid " + guid + ", " + creation + ")";
  }
}

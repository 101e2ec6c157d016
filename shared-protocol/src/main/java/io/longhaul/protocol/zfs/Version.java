package io.longhaul.protocol.zfs;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
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
    @JsonInclude(JsonInclude.Include.NON_EMPTY) Set<String> tags,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) Set<DatasetName> clones,
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

  /* Most have neither tags nor clones, and say nothing of them. */
  @JsonCreator
  static Version read(
      @JsonProperty("label") SendBase label,
      @JsonProperty("guid") String guid,
      @JsonProperty("createtxg") long createtxg,
      @JsonProperty("creation") Instant creation,
      @JsonProperty("holds") int holds,
      @JsonProperty("tags") Optional<Set<String>> tags,
      @JsonProperty("clones") Optional<Set<DatasetName>> clones,
      @JsonProperty("ivset") Optional<String> ivset) {
    return new Version(
        label,
        guid,
        createtxg,
        creation,
        holds,
        tags.orElse(Set.of()),
        clones.orElse(Set.of()),
        ivset);
  }

  Version withTags(Set<String> tags) {
    return new Version(label, guid, createtxg, creation, holds, tags, clones, ivset);
  }

  /** Returns whether this is a snapshot, and not a bookmark. */
  @JsonIgnore
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

package io.longhaul.protocol.zfs;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;

/**
 * A dataset on one side, as it was found.
 *
 * @param origin the snapshot that it is a clone of
 * @param encryption empty if it is not encrypted
 * @param placeholder whether it is one of our empty parents ({@link Placeholder})
 * @param written bytes written since its newest snapshot, or ever if it has none
 * @param partial what an interrupted {@code receive -s} left
 * @param versions its own snapshots and bookmarks; the record sorts them, oldest first
 */
public record Dataset(
    DatasetName name,
    Kind kind,
    Optional<SnapshotName> origin,
    Optional<Encryption> encryption,
    boolean placeholder,
    long written,
    Optional<PartialReceive> partial,
    List<Version> versions) {

  /** What a dataset is. */
  public enum Kind {
    @JsonProperty("filesystem")
    FILESYSTEM,
    @JsonProperty("volume")
    VOLUME;

    /** Returns ZFS's own word. */
    @Override
    public String toString() {
      return this == FILESYSTEM ? "filesystem" : "volume";
    }
  }

  /**
   * How a dataset is encrypted.
   *
   * @param root the dataset whose key it uses
   * @param keyLoaded whether its data can be read and written at present
   */
  public record Encryption(DatasetName root, boolean keyLoaded) {}

  public Dataset {
    versions = versions.stream().sorted(Version.OLDEST_FIRST).toList();
  }

  /** Returns the snapshots, oldest first. */
  public List<Version> snapshots() {
    return versions.stream().filter(Version::isSnapshot).toList();
  }

  /** Returns the newest snapshot. */
  public Optional<Version> newest() {
    List<Version> snapshots = snapshots();
    return snapshots.isEmpty() ? Optional.empty() : Optional.of(snapshots.getLast());
  }

  /** Returns the snapshot with this identity, else a bookmark of it. */
  public Optional<Version> find(String guid) {
    return versions.reversed().stream() // of equals, the snapshot is last
        .filter(version -> version.guid().equals(guid))
        .findFirst();
  }

  /** Returns the snapshot with this identity. */
  public Optional<Version> findSnapshot(String guid) {
    return find(guid).filter(Version::isSnapshot);
  }

  /** Returns the full name of one of its snapshots. */
  public SnapshotName at(Version snapshot) {
    return name.at(snapshot.name());
  }

  /** Returns what can be known of it without its snapshots, bookmarks and interrupted receive. */
  public Dataset withoutVersions() {
    return new Dataset(
        name,
        kind,
        Optional.empty(),
        encryption,
        placeholder,
        written,
        Optional.empty(),
        List.of());
  }

  /** Returns it as it is when its partial receive was dropped. */
  public Dataset withoutPartial() {
    return new Dataset(
        name, kind, origin, encryption, placeholder, written, Optional.empty(), versions);
  }
}

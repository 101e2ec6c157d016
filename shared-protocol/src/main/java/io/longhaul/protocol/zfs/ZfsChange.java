package io.longhaul.protocol.zfs;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.stream.Stream;

/**
 * A change that can be asked of a ZFS: these and no others. Each may be done again when it is done
 * already, so whoever was interrupted begins anew. Its constructor takes only what makes sense.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ZfsChange.Hold.class, name = "hold"),
  @JsonSubTypes.Type(value = ZfsChange.Release.class, name = "release"),
  @JsonSubTypes.Type(value = ZfsChange.Bookmark.class, name = "bookmark"),
  @JsonSubTypes.Type(value = ZfsChange.DestroyBookmark.class, name = "destroy-bookmark"),
  @JsonSubTypes.Type(value = ZfsChange.DestroySnapshot.class, name = "destroy-snapshot"),
  @JsonSubTypes.Type(value = ZfsChange.Rollback.class, name = "rollback"),
  @JsonSubTypes.Type(value = ZfsChange.AbortReceive.class, name = "abort-receive"),
  @JsonSubTypes.Type(value = ZfsChange.CreatePlaceholder.class, name = "create-placeholder"),
  @JsonSubTypes.Type(value = ZfsChange.DestroyPlaceholder.class, name = "destroy-placeholder"),
  @JsonSubTypes.Type(value = ZfsChange.BecomeReal.class, name = "become-real"),
  @JsonSubTypes.Type(value = ZfsChange.SetProperty.class, name = "set-property")
})
public sealed interface ZfsChange {
  /** What the tags and bookmarks begin with that Longhaul makes, and may take away. */
  String OURS = "longhaul_";

  /** Returns the datasets that are changed: one at least. */
  Stream<DatasetName> datasets();

  /** Returns what follows {@code zfs} on the command line that does it. */
  List<String> arguments();

  /**
   * Keeps snapshots from being destroyed. A hold that is there already is as good.
   *
   * @param tag begins with {@link #OURS}
   * @param snapshots at least one
   */
  record Hold(String tag, List<SnapshotName> snapshots) implements ZfsChange {
    public Hold {
      checkTag(tag);
      snapshots = some(snapshots);
    }

    @Override
    public Stream<DatasetName> datasets() {
      return snapshots.stream().map(SnapshotName::dataset);
    }

    @Override
    public List<String> arguments() {
      return onSnapshots("hold", tag, snapshots);
    }
  }

  /**
   * Takes holds back. One that is not there, or whose snapshot is not, is as good.
   *
   * @param tag begins with {@link #OURS}
   * @param snapshots at least one
   */
  record Release(String tag, List<SnapshotName> snapshots) implements ZfsChange {
    public Release {
      checkTag(tag);
      snapshots = some(snapshots);
    }

    @Override
    public Stream<DatasetName> datasets() {
      return snapshots.stream().map(SnapshotName::dataset);
    }

    @Override
    public List<String> arguments() {
      return onSnapshots("release", tag, snapshots);
    }
  }

  /**
   * Bookmarks a snapshot. A bookmark of that name is as good if it has {@code guid}.
   *
   * @param bookmark what stands after the {@code #}; begins with {@link #OURS}
   * @param guid the snapshot's identity in decimal; another snapshot of that name is not bookmarked
   */
  record Bookmark(SnapshotName snapshot, String bookmark, String guid) implements ZfsChange {
    public Bookmark {
      checkOurs("bookmark", bookmark);
      checkBookmark(snapshot.dataset(), bookmark);
      checkGuid(guid);
    }

    /** Returns the bookmark's full name. */
    String whole() {
      return snapshot.dataset() + "#" + bookmark;
    }

    @Override
    public Stream<DatasetName> datasets() {
      return Stream.of(snapshot.dataset());
    }

    @Override
    public List<String> arguments() {
      return List.of("bookmark", snapshot.toString(), whole());
    }
  }

  /**
   * Destroys a bookmark; one that is not there is as good.
   *
   * @param bookmark what stands after the {@code #}; others' stand in the way of a rollback
   */
  record DestroyBookmark(DatasetName dataset, String bookmark) implements ZfsChange {
    public DestroyBookmark {
      checkBookmark(dataset, bookmark);
    }

    /** Returns whether it is one that Longhaul made. */
    @JsonIgnore
    public boolean isOurs() {
      return bookmark.startsWith(OURS);
    }

    @Override
    public Stream<DatasetName> datasets() {
      return Stream.of(dataset);
    }

    @Override
    public List<String> arguments() {
      return List.of("destroy", dataset + "#" + bookmark);
    }
  }

  /**
   * Destroys a snapshot; if there is none of that name, that is as good.
   *
   * @param guid its identity in decimal: another snapshot of that name is not destroyed
   */
  record DestroySnapshot(SnapshotName snapshot, String guid) implements ZfsChange {
    public DestroySnapshot {
      checkGuid(guid);
    }

    @Override
    public Stream<DatasetName> datasets() {
      return Stream.of(snapshot.dataset());
    }

    @Override
    public List<String> arguments() {
      return List.of("destroy", snapshot.toString());
    }
  }

  /**
   * Drops what was written to a dataset since its newest snapshot. Without {@code -r}: it fails if
   * another snapshot or a bookmark is newer.
   */
  record Rollback(SnapshotName snapshot) implements ZfsChange {
    @Override
    public Stream<DatasetName> datasets() {
      return Stream.of(snapshot.dataset());
    }

    @Override
    public List<String> arguments() {
      return List.of("rollback", snapshot.toString());
    }
  }

  /**
   * Drops what an interrupted receive left; if there is nothing, that is as good.
   *
   * @param why for the log: at most 500 characters
   */
  record AbortReceive(DatasetName target, String why) implements ZfsChange {
    private static final int MOST_CHARS = 500;

    public AbortReceive {
      if (why.length() > MOST_CHARS) {
        why = why.substring(0, MOST_CHARS);
      }
    }

    @Override
    public Stream<DatasetName> datasets() {
      return Stream.of(target);
    }

    @Override
    public List<String> arguments() {
      return List.of("receive", "-A", target.toString());
    }
  }

  /**
   * Creates an empty parent that nothing is mounted on ({@link Placeholder}); one that is there is
   * as good.
   *
   * @param unencrypted whether it may not inherit its parent's encryption, whose key is not loaded
   */
  record CreatePlaceholder(DatasetName target, boolean unencrypted) implements ZfsChange {
    @Override
    public Stream<DatasetName> datasets() {
      return Stream.of(target);
    }

    @Override
    public List<String> arguments() {
      Stream<String> properties =
          Stream.concat(
              Placeholder.PROPERTIES.stream(),
              unencrypted ? Stream.of("encryption=off") : Stream.empty());
      return Stream.of(
              Stream.of("create"),
              properties.flatMap(property -> Stream.of("-o", property)),
              Stream.of(target.toString()))
          .flatMap(words -> words)
          .toList();
    }
  }

  /**
   * Destroys a placeholder, and nothing that is not one or has anything in or below it; if there is
   * none, that is as good.
   */
  record DestroyPlaceholder(DatasetName target) implements ZfsChange {
    @Override
    public Stream<DatasetName> datasets() {
      return Stream.of(target);
    }

    @Override
    public List<String> arguments() {
      return List.of("destroy", target.toString());
    }
  }

  /** Says that what was a placeholder has become the copy of a dataset. */
  record BecomeReal(DatasetName target) implements ZfsChange {
    @Override
    public Stream<DatasetName> datasets() {
      return Stream.of(target);
    }

    @Override
    public List<String> arguments() {
      return List.of("inherit", Placeholder.PROPERTY, target.toString());
    }
  }

  /** Sets a property of the same closed list as {@link ZfsReceive}, where {@code -o} cannot. */
  record SetProperty(DatasetName target, String property, String value) implements ZfsChange {
    public SetProperty {
      PropertyRules.checkSet(property, value);
    }

    @Override
    public Stream<DatasetName> datasets() {
      return Stream.of(target);
    }

    @Override
    public List<String> arguments() {
      return List.of("set", property + "=" + value, target.toString());
    }
  }

  private static List<String> onSnapshots(String verb, String tag, List<SnapshotName> snapshots) {
    return Stream.concat(Stream.of(verb, tag), snapshots.stream().map(SnapshotName::toString))
        .toList();
  }

  private static List<SnapshotName> some(List<SnapshotName> snapshots) {
    if (snapshots.isEmpty()) {
      throw new IllegalArgumentException("Tried to change holds but no snapshot is named");
    }
    return List.copyOf(snapshots);
  }

  private static void checkTag(String tag) {
    checkOurs("tag", tag);
    NameRules.checkComponent(tag, "tag", tag);
    NameRules.checkLength(tag, "tag");
  }

  private static void checkBookmark(DatasetName dataset, String bookmark) {
    String whole = dataset + "#" + bookmark;
    NameRules.checkComponent(bookmark, "bookmark", whole);
    NameRules.checkLength(whole, "bookmark");
  }

  private static void checkOurs(String kind, String name) {
    if (!name.startsWith(OURS)) {
      throw NameRules.refused(kind, name, "ours begin with " + OURS);
    }
  }

  private static void checkGuid(String guid) {
    boolean decimal = !guid.isEmpty() && guid.chars().allMatch(c -> c >= '0' && c <= '9');
    try {
      if (decimal && Long.toUnsignedString(Long.parseUnsignedLong(guid)).equals(guid)) {
        return;
      }
    } catch (NumberFormatException e) {
      // more than 64 bits: as below
    }
    throw new IllegalArgumentException(
        "Tried to use '" + guid + "' as a GUID but it is not a decimal number of 64 bits");
  }
}

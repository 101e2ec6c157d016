package io.longhaul.protocol.zfs;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Comparator;
import java.util.Optional;

/**
 * The full name of a filesystem or volume, such as {@code tank/vm}; a pool's name is that of its
 * root dataset.
 *
 * <p>Whoever holds one may pass it to {@code zfs} as an argument: it obeys OpenZFS's rules, so it
 * begins with a letter and is never taken for an option. It may hold spaces.
 *
 * @param name 1 to 255 characters
 */
public record DatasetName(String name) {
  /** By name, component by component: each dataset comes right before those below it. */
  public static final Comparator<DatasetName> IN_ORDER =
      Comparator.comparing(dataset -> dataset.name.replace('/', '\0'));

  /**
   * @throws IllegalArgumentException if OpenZFS would not accept the name; the message says why
   */
  public DatasetName {
    NameRules.checkDataset(name);
  }

  /**
   * Reads a name such as {@code tank/vm}.
   *
   * @throws IllegalArgumentException if OpenZFS would not accept the name; the message says why
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static DatasetName parse(String name) {
    return new DatasetName(name);
  }

  /**
   * Returns the name of this dataset's snapshot {@code snapshot}.
   *
   * @throws IllegalArgumentException if that cannot be the name of a snapshot
   */
  public SnapshotName at(String snapshot) {
    return new SnapshotName(this, snapshot);
  }

  /** Returns what this is directly below; empty for the root dataset of a pool. */
  public Optional<DatasetName> parent() {
    int slash = name.lastIndexOf('/');
    return slash < 0 ? Optional.empty() : Optional.of(new DatasetName(name.substring(0, slash)));
  }

  /** Returns whether this is below {@code above}, at any depth; not if they are the same. */
  public boolean isBelow(DatasetName above) {
    return name.startsWith(above.name + "/");
  }

  /** Returns the name as ZFS writes it. */
  @Override
  @JsonValue
  public String toString() {
    return name;
  }
}

package io.longhaul.protocol.zfs;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The full name of a snapshot, such as {@code tank/vm@daily}.
 *
 * @param dataset what the snapshot is of
 * @param name what stands after the {@code @}
 */
public record SnapshotName(DatasetName dataset, String name) {

  /**
   * @throws IllegalArgumentException if OpenZFS would not accept the name; the message says why
   */
  public SnapshotName {
    String whole = dataset + "@" + name;
    NameRules.checkLength(whole, "snapshot");
    NameRules.checkComponent(name, "snapshot", whole);
  }

  /**
   * Reads a name such as {@code tank/vm@daily}.
   *
   * @throws IllegalArgumentException if OpenZFS would not accept the name; the message says why
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static SnapshotName parse(String name) {
    int at = name.indexOf('@');
    if (at < 0) {
      throw NameRules.refused("snapshot", name, "it has no '@'; write DATASET@SNAPSHOT");
    }
    return new SnapshotName(DatasetName.parse(name.substring(0, at)), name.substring(at + 1));
  }

  /** Returns the name as ZFS writes it. */
  @Override
  @JsonValue
  public String toString() {
    return dataset + "@" + name;
  }
}

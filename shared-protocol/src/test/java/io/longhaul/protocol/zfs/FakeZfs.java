package io.longhaul.protocol.zfs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** A ZFS in memory: datasets, their snapshots and their properties. */
public final class FakeZfs implements Zfs {

  /** What OpenZFS 2.1 has. */
  public static final ZfsFeatures OPENZFS =
      ZfsFeatures.of(
          "zfs-2.1.11-1",
          UsageText.flags("usage: send [-DnPpRVvLecwhb] [-[i|I] snapshot] -t <token>"),
          UsageText.flags("usage: receive [-vMnsFhu] [-d | -e] receive -A"),
          true);

  /** What zfs-fuse 0.7 has. */
  public static final ZfsFeatures ZFS_FUSE =
      ZfsFeatures.of(
          "",
          UsageText.flags("usage: send [-RDp] [-[iI] snapshot]"),
          UsageText.flags("usage: receive [-vnFu] -d"),
          false);

  /** What every stream is estimated at where the features allow it. */
  public static final long ESTIMATE_BYTES = 12_912;

  private final ZfsFeatures features;

  @GuardedBy("this")
  private final Map<DatasetName, Map<String, String>> datasets = new LinkedHashMap<>();

  @GuardedBy("this")
  private final Map<SnapshotName, Snapshot> snapshots = new LinkedHashMap<>();

  @GuardedBy("this")
  private final Set<String> holds = new TreeSet<>();

  public FakeZfs(ZfsFeatures features) {
    this.features = features;
  }

  /** Makes a dataset, or does nothing if it is there. */
  public synchronized void create(DatasetName dataset) {
    datasets.computeIfAbsent(dataset, _ -> new LinkedHashMap<>(Map.of("type", "filesystem")));
  }

  /** Makes a snapshot with a GUID of its own, as {@code zfs snapshot} does. */
  public synchronized Snapshot snapshot(SnapshotName name) {
    return receive(name, Long.toUnsignedString(0x9E37_79B9_7F4A_7C15L * (snapshots.size() + 1)));
  }

  /** Makes a snapshot, and its dataset, with the GUID it has elsewhere, as a receive does. */
  public synchronized Snapshot receive(SnapshotName name, String guid) {
    create(name.dataset());
    var snapshot = new Snapshot(name, guid, snapshots.size() + 1);
    snapshots.put(name, snapshot);
    return snapshot;
  }

  /** Sets a property. */
  public synchronized void set(DatasetName dataset, String property, String value)
      throws ZfsException {
    properties(dataset).put(property, value);
  }

  @Override
  public List<String> command() {
    return List.of("fake-zfs");
  }

  @Override
  public ZfsFeatures features() {
    return features;
  }

  @Override
  public synchronized boolean exists(DatasetName dataset) {
    return datasets.containsKey(dataset);
  }

  @Override
  public synchronized Optional<String> guid(SnapshotName snapshot) {
    return Optional.ofNullable(snapshots.get(snapshot)).map(Snapshot::guid);
  }

  @Override
  public synchronized List<Snapshot> snapshots(DatasetName dataset) throws ZfsException {
    properties(dataset);
    return snapshots.values().stream().filter(s -> s.name().dataset().equals(dataset)).toList();
  }

  @Override
  public synchronized void hold(String tag, SnapshotName snapshot, boolean children)
      throws ZfsException {
    if (!snapshots.containsKey(snapshot)) {
      throw noSuch(snapshot.toString());
    }
    holds.add(tag + " " + snapshot);
  }

  @Override
  public synchronized void release(String tag, SnapshotName snapshot, boolean children) {
    holds.remove(tag + " " + snapshot);
  }

  /** Returns what is held, each as {@code TAG SNAPSHOT}. */
  public synchronized Set<String> holds() {
    return Set.copyOf(holds);
  }

  @Override
  public synchronized OptionalLong estimate(ZfsSend send, ZfsFeatures features)
      throws ZfsException {
    if (!features.dryRunSize()) {
      return OptionalLong.empty();
    }
    if (!snapshots.containsKey(send.snapshot())) {
      throw noSuch(send.snapshot().toString());
    }
    return OptionalLong.of(ESTIMATE_BYTES);
  }

  @Override
  public synchronized Optional<String> get(DatasetName dataset, String property)
      throws ZfsException {
    ZfsCli.checkProperty(dataset, property);
    String value = properties(dataset).get(property);
    if (value == null && !property.contains(":")) {
      throw ZfsException.failed(command(), 2, "bad property list: invalid property");
    }
    return Optional.ofNullable(value);
  }

  @GuardedBy("this")
  private Map<String, String> properties(DatasetName dataset) throws ZfsException {
    Map<String, String> properties = datasets.get(dataset);
    if (properties == null) {
      throw noSuch(dataset.toString());
    }
    return properties;
  }

  private ZfsException noSuch(String name) {
    return ZfsException.failed(
        command(), 1, "cannot open '%s': dataset does not exist".formatted(name));
  }
}

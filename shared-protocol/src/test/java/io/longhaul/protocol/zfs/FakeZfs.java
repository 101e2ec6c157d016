package io.longhaul.protocol.zfs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** The {@link Zfs} of a pool in memory. */
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
  private final AtomicLong numbers = new AtomicLong(1);

  @GuardedBy("this")
  private final ModelPool pool;

  /** What the tokens of this and other pools say. */
  @GuardedBy("this")
  private final Map<ResumeToken, PartialReceive.Contents> tokens = new HashMap<>();

  public FakeZfs(ZfsFeatures features) {
    this.features = features;
    this.pool = new ModelPool(numbers::getAndIncrement, features.listsTags());
  }

  /** Something that ZFS might refuse. */
  @FunctionalInterface
  public interface Action<T> {
    /** Does it. */
    T on(ModelPool pool, Map<ResumeToken, PartialReceive.Contents> tokens) throws ModelPool.Refused;
  }

  /**
   * Does something to the pool that no {@link Zfs} can be asked for.
   *
   * @throws ZfsException as ZFS would refuse it
   */
  public synchronized <T> T with(Action<T> action) throws ZfsException {
    try {
      return action.on(pool, tokens);
    } catch (ModelPool.Refused refused) {
      throw refused(refused);
    }
  }

  private ZfsException refused(ModelPool.Refused refused) {
    return ZfsException.failed(command(), 1, String.valueOf(refused.getMessage()));
  }

  /** Makes a filesystem. */
  public void create(DatasetName dataset) throws ZfsException {
    var _ = with((pool, _) -> pool.create(dataset.name(), Dataset.Kind.FILESYSTEM));
  }

  /** Makes a snapshot with a GUID of its own, as {@code zfs snapshot} does. */
  public Snapshot snapshot(SnapshotName name) throws ZfsException {
    return with((pool, _) -> {
      pool.snapshot(name.dataset().name(), name.name());
      return snapshot(name.dataset(), pool.get(name.dataset()).snap(name.name()).orElseThrow());
    });
  }

  private static Snapshot snapshot(DatasetName dataset, ModelPool.Snap snap) {
    return new Snapshot(dataset.at(snap.name), snap.guid, snap.txg);
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
    return pool.datasets.containsKey(dataset.name());
  }

  @Override
  public synchronized Optional<String> guid(SnapshotName snapshot) {
    return Optional.ofNullable(pool.datasets.get(snapshot.dataset().name()))
        .flatMap(fs -> fs.snap(snapshot.name()))
        .map(snap -> snap.guid);
  }

  @Override
  public List<Snapshot> snapshots(DatasetName dataset) throws ZfsException {
    return with((pool, _) ->
        pool.get(dataset).snaps.stream().map(snap -> snapshot(dataset, snap)).toList());
  }

  @Override
  public void hold(String tag, List<SnapshotName> snapshots, boolean children) throws ZfsException {
    var _ =
        with((pool, _) -> {
          pool.change(new ZfsChange.Hold(ZfsChange.OURS + tag, snapshots));
          return true;
        });
  }

  @Override
  public void release(String tag, List<SnapshotName> snapshots, boolean children)
      throws ZfsException {
    var _ =
        with((pool, _) -> {
          pool.change(new ZfsChange.Release(ZfsChange.OURS + tag, snapshots));
          return true;
        });
  }

  @Override
  public OptionalLong estimate(ZfsSend send, ZfsFeatures features) throws ZfsException {
    if (!features.dryRunSize()) {
      return OptionalLong.empty();
    }
    var _ = with((pool, tokens) -> pool.send(send, tokens));
    return OptionalLong.of(ESTIMATE_BYTES);
  }

  @Override
  public List<Dataset> datasets(DatasetName root, ZfsFeatures features) throws ZfsException {
    return with((pool, _) ->
        pool.list(root.name(), Map.of()).stream()
            .sorted(Comparator.comparing(Dataset::name, DatasetName.IN_ORDER))
            .toList());
  }

  @Override
  public synchronized ChangeResult change(List<ZfsChange> changes, ZfsFeatures features) {
    int done = 0;
    try {
      for (ZfsChange change : changes) {
        if (change instanceof ZfsChange.Bookmark || change instanceof ZfsChange.DestroyBookmark) {
          features.needBookmarks();
        }
        if (change instanceof ZfsChange.AbortReceive) {
          features.needReceiveFlag('A', "drop what a receive has kept");
        }
        pool.change(change);
        done++;
      }
      return new ChangeResult(done, Optional.empty());
    } catch (ModelPool.Refused refused) {
      return new ChangeResult(done, Optional.of(refused(refused)));
    } catch (ZfsException e) {
      return new ChangeResult(done, Optional.of(e));
    }
  }

  @Override
  public synchronized Optional<PartialReceive.Contents> contents(
      ResumeToken token, ZfsFeatures features) {
    return features.resumeTokens() ? Optional.ofNullable(tokens.get(token)) : Optional.empty();
  }

  @Override
  public Optional<String> get(DatasetName dataset, String property) throws ZfsException {
    ZfsCli.checkProperty(dataset, property);
    Dataset.Kind kind = with((pool, _) -> pool.get(dataset).kind);
    if (property.equals("type")) {
      return Optional.of(kind.toString());
    }
    Optional<String> set =
        with((pool, _) -> Optional.ofNullable(pool.get(dataset).set.get(property)));
    if (set.isPresent()) {
      return set;
    }
    if (!property.contains(":")) {
      throw ZfsException.failed(command(), 2, "bad property list: invalid property");
    }
    return Optional.empty();
  }
}

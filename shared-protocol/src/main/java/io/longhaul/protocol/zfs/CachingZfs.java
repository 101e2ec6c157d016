package io.longhaul.protocol.zfs;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A ZFS whose slow answers are remembered for a while: its features and size estimates, for five
 * minutes each. Everything else is asked anew each time.
 *
 * <p>At most four estimates run at once, as each may walk a pool's metadata; one that gets no turn
 * within its limit is empty, and is not remembered.
 */
public final class CachingZfs implements Zfs {

  private static final Duration KEPT = Duration.ofMinutes(5);
  private static final int ESTIMATES_KEPT = 100;
  private static final int ESTIMATES_AT_ONCE = 4;

  private final Zfs zfs;
  private final Duration turnLimit;
  private final Cache<List<String>, ZfsFeatures> knownFeatures;
  private final Cache<ZfsSend, OptionalLong> estimates;
  private final Semaphore estimating = new Semaphore(ESTIMATES_AT_ONCE);
  private final ReentrantLock probing = new ReentrantLock();

  /**
   * @param turnLimit the longest that an estimate waits for its turn
   */
  public CachingZfs(Zfs zfs, Duration turnLimit) {
    this(zfs, turnLimit, Ticker.systemTicker());
  }

  CachingZfs(Zfs zfs, Duration turnLimit, Ticker ticker) {
    this.zfs = zfs;
    this.turnLimit = turnLimit;
    knownFeatures = Caffeine.newBuilder().expireAfterWrite(KEPT).ticker(ticker).build();
    estimates =
        Caffeine.newBuilder()
            .expireAfterWrite(KEPT)
            .maximumSize(ESTIMATES_KEPT)
            .ticker(ticker)
            .build();
  }

  @Override
  public List<String> command() {
    return zfs.command();
  }

  @Override
  public ZfsFeatures features() throws ZfsException, InterruptedException {
    ZfsFeatures known = knownFeatures.getIfPresent(command());
    return known == null ? probe() : known;
  }

  /** Finds out once for all who ask meanwhile: a slow ZFS is not asked by each of them. */
  private ZfsFeatures probe() throws ZfsException, InterruptedException {
    probing.lockInterruptibly();
    try {
      ZfsFeatures known = knownFeatures.getIfPresent(command());
      if (known == null) {
        known = zfs.features();
        knownFeatures.put(command(), known);
      }
      return known;
    } finally {
      probing.unlock();
    }
  }

  @Override
  public boolean exists(DatasetName dataset) throws ZfsException, InterruptedException {
    return zfs.exists(dataset);
  }

  @Override
  public Optional<String> guid(SnapshotName snapshot) throws ZfsException, InterruptedException {
    return zfs.guid(snapshot);
  }

  @Override
  public List<Snapshot> snapshots(DatasetName dataset) throws ZfsException, InterruptedException {
    return zfs.snapshots(dataset);
  }

  @Override
  public void hold(String tag, List<SnapshotName> snapshots, boolean children)
      throws ZfsException, InterruptedException {
    zfs.hold(tag, snapshots, children);
  }

  @Override
  public void release(String tag, List<SnapshotName> snapshots, boolean children)
      throws ZfsException, InterruptedException {
    zfs.release(tag, snapshots, children);
  }

  @Override
  public OptionalLong estimate(ZfsSend send, ZfsFeatures features)
      throws ZfsException, InterruptedException {
    OptionalLong known = estimates.getIfPresent(send);
    if (known != null) {
      return known;
    }
    if (!estimating.tryAcquire(turnLimit.toNanos(), TimeUnit.NANOSECONDS)) {
      return OptionalLong.empty();
    }
    try {
      OptionalLong estimate = zfs.estimate(send, features);
      estimates.put(send, estimate);
      return estimate;
    } finally {
      estimating.release();
    }
  }

  @Override
  public List<Dataset> datasets(DatasetName root, ZfsFeatures features)
      throws ZfsException, InterruptedException {
    return zfs.datasets(root, features);
  }

  @Override
  public ChangeResult change(List<ZfsChange> changes, ZfsFeatures features)
      throws InterruptedException {
    return zfs.change(changes, features);
  }

  @Override
  public Optional<PartialReceive.Contents> contents(ResumeToken token, ZfsFeatures features)
      throws ZfsException, InterruptedException {
    return zfs.contents(token, features);
  }

  @Override
  public Optional<String> get(DatasetName dataset, String property)
      throws ZfsException, InterruptedException {
    return zfs.get(dataset, property);
  }
}

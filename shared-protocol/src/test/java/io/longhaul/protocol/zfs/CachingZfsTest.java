package io.longhaul.protocol.zfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class CachingZfsTest extends ZfsContract {

  private static final Duration NO_WAIT = Duration.ZERO;

  private final FakeZfs fake = new FakeZfs(FakeZfs.OPENZFS);
  private final CountingZfs counted = new CountingZfs(fake);
  private final AtomicLong nanos = new AtomicLong();
  private final Zfs zfs = new CachingZfs(counted, NO_WAIT, nanos::get);

  CachingZfsTest() throws ZfsException {
    fake.create(root());
  }

  @Override
  Zfs zfs() {
    return zfs;
  }

  @Override
  DatasetName root() {
    return DatasetName.parse("fake");
  }

  @Override
  void create(DatasetName dataset) throws ZfsException {
    fake.create(dataset);
  }

  @Override
  void snapshot(SnapshotName snapshot) throws ZfsException {
    fake.snapshot(snapshot);
  }

  @Test
  void probesFeaturesAgainAfterFiveMinutes() throws Exception {
    zfs.features();
    nanos.addAndGet(Duration.ofMinutes(5).toNanos() - 1);
    zfs.features();
    assertThat(counted.probes).hasValue(1);

    nanos.addAndGet(1);
    zfs.features();
    assertThat(counted.probes).hasValue(2);
  }

  @Test
  void probesFeaturesOnceForAllWhoAskMeanwhile() throws Exception {
    var gate = new CountDownLatch(1);
    counted.beforeProbe = gate::await;
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      var asked = new ArrayList<Future<ZfsFeatures>>();
      for (int i = 0; i < 5; i++) {
        asked.add(tasks.submit(zfs::features));
      }
      gate.countDown();
      for (Future<ZfsFeatures> one : asked) {
        assertThat(one.get()).isEqualTo(FakeZfs.OPENZFS);
      }
    }
    assertThat(counted.probes).hasValue(1);
  }

  @Test
  void estimatesTheSameSendOnce() throws Exception {
    var one = ZfsSend.full(fake.snapshot(root().at("one")).name());
    var two = ZfsSend.full(fake.snapshot(root().at("two")).name());
    for (ZfsSend send : List.of(one, two, one, two)) {
      assertThat(zfs.estimate(send, FakeZfs.OPENZFS)).hasValue(FakeZfs.ESTIMATE_BYTES);
    }
    assertThat(counted.estimates).hasValue(2);
  }

  @Test
  void runsFourEstimatesAtOnceAndLeavesOthersEmpty() throws Exception {
    var gate = new CountDownLatch(1);
    var inside = new CountDownLatch(4);
    counted.beforeEstimate =
        () -> {
          inside.countDown();
          gate.await();
        };
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      var four = new ArrayList<Future<OptionalLong>>();
      for (int i = 0; i < 4; i++) {
        var send = ZfsSend.full(fake.snapshot(root().at("s" + i)).name());
        four.add(tasks.submit(() -> zfs.estimate(send, FakeZfs.OPENZFS)));
      }
      inside.await();
      var fifth = ZfsSend.full(fake.snapshot(root().at("fifth")).name());
      assertThat(zfs.estimate(fifth, FakeZfs.OPENZFS)).isEmpty();

      gate.countDown();
      for (Future<OptionalLong> one : four) {
        assertThat(one.get()).isPresent();
      }
      assertThat(zfs.estimate(fifth, FakeZfs.OPENZFS)).isPresent();
    }
  }

  /** Counts what reaches a ZFS. */
  private static final class CountingZfs implements Zfs {
    private final Zfs zfs;
    private final AtomicInteger probes = new AtomicInteger();
    private final AtomicInteger estimates = new AtomicInteger();
    private volatile Step beforeProbe = () -> {};
    private volatile Step beforeEstimate = () -> {};

    CountingZfs(Zfs zfs) {
      this.zfs = zfs;
    }

    @Override
    public List<String> command() {
      return zfs.command();
    }

    @Override
    public ZfsFeatures features() throws ZfsException, InterruptedException {
      probes.incrementAndGet();
      beforeProbe.run();
      return zfs.features();
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
      estimates.incrementAndGet();
      beforeEstimate.run();
      return zfs.estimate(send, features);
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

  /** Something to wait for. */
  private interface Step {
    void run() throws InterruptedException;
  }
}

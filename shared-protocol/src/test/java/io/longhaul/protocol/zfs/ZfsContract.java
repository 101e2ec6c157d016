package io.longhaul.protocol.zfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link Zfs} must do; one subclass per implementation and kind of ZFS. */
abstract class ZfsContract {

  private static final AtomicInteger DATASETS = new AtomicInteger();

  abstract Zfs zfs();

  /** An existing dataset under which the tests make their own. */
  abstract DatasetName root();

  abstract void create(DatasetName dataset) throws Exception;

  abstract void snapshot(SnapshotName snapshot) throws Exception;

  /** The name of a dataset that does not exist. */
  final DatasetName unused() {
    return DatasetName.parse(root() + "/t" + DATASETS.incrementAndGet());
  }

  /** A new dataset without snapshots. */
  final DatasetName fresh() throws Exception {
    DatasetName dataset = unused();
    create(dataset);
    return dataset;
  }

  @Test
  void tellsADatasetThatExistsFromOneThatDoesNot() throws Exception {
    assertThat(zfs().exists(fresh())).isTrue();
    assertThat(zfs().exists(unused())).isFalse();
    assertThat(zfs().exists(DatasetName.parse("nosuchpool/x"))).isFalse();
  }

  @Test
  void listsTheSnapshotsOfOneDatasetOldestFirst() throws Exception {
    DatasetName dataset = fresh();
    assertThat(zfs().snapshots(dataset)).isEmpty();

    for (String name : List.of("zz", "mid dle:1", "aa")) {
      snapshot(dataset.at(name));
    }
    DatasetName child = DatasetName.parse(dataset + "/child");
    create(child);
    snapshot(child.at("zz"));

    List<Snapshot> snapshots = zfs().snapshots(dataset);
    assertThat(snapshots)
        .extracting(Snapshot::name)
        .containsExactly(dataset.at("zz"), dataset.at("mid dle:1"), dataset.at("aa"));
    assertThat(snapshots).extracting(Snapshot::createtxg).isSorted().doesNotHaveDuplicates();
    assertThat(snapshots).extracting(Snapshot::guid).doesNotHaveDuplicates();
    for (Snapshot snapshot : snapshots) {
      assertThat(zfs().guid(snapshot.name())).hasValue(snapshot.guid());
      assertThat(Long.parseUnsignedLong(snapshot.guid())).isNotZero();
    }
  }

  @Test
  void hasNoGuidForASnapshotThatDoesNotExist() throws Exception {
    assertThat(zfs().guid(fresh().at("none"))).isEmpty();
    assertThat(zfs().guid(unused().at("none"))).isEmpty();
  }

  @Test
  void refusesToListSnapshotsOfADatasetThatDoesNotExist() {
    DatasetName missing = unused();
    assertThatExceptionOfType(ZfsException.class)
        .isThrownBy(() -> zfs().snapshots(missing))
        .satisfies(e -> assertThat(e.error()).isEqualTo(ZfsError.NO_SUCH_DATASET))
        .withMessageContaining(missing.toString());
  }

  @Test
  void readsProperties() throws Exception {
    DatasetName dataset = fresh();
    assertThat(zfs().get(dataset, "type")).hasValue("filesystem");
    assertThat(zfs().get(dataset, "longhaul:none")).isEmpty();
  }

  @Test
  void saysWhyAPropertyCannotBeRead() throws Exception {
    DatasetName dataset = fresh();
    assertThat(errorOf(() -> zfs().get(dataset, "nosuchproperty"))).isEqualTo(ZfsError.FEATURE);
    DatasetName missing = unused();
    assertThat(errorOf(() -> zfs().get(missing, "type"))).isEqualTo(ZfsError.NO_SUCH_DATASET);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-r", "type,guid", "a b", "type\n"})
  void takesNothingButANameForAProperty(String property) throws Exception {
    assertThatIllegalArgumentException().isThrownBy(() -> zfs().get(root(), property));
  }

  @Test
  void estimatesAStreamIfItsFeaturesSaySo() throws Exception {
    DatasetName dataset = fresh();
    snapshot(dataset.at("one"));
    snapshot(dataset.at("two"));
    ZfsFeatures features = zfs().features();

    var full = zfs().estimate(ZfsSend.full(dataset.at("one")), features);
    var step =
        zfs().estimate(ZfsSend.incremental(SendBase.parse("@one"), dataset.at("two")), features);
    if (features.dryRunSize()) {
      assertThat(full.orElseThrow()).isBetween(1L, 1L << 20);
      assertThat(step.orElseThrow()).isBetween(0L, full.getAsLong());
      var missing = ZfsSend.full(dataset.at("none"));
      assertThat(errorOf(() -> zfs().estimate(missing, features)))
          .isEqualTo(ZfsError.NO_SUCH_DATASET);
    } else {
      assertThat(full).isEmpty();
      assertThat(step).isEmpty();
    }
  }

  @Test
  void canAtLeastSendAndReceive() throws Exception {
    ZfsFeatures features = zfs().features();
    assertThat(features.sendFlags()).contains('i', 'I', 'R', 'p');
    assertThat(features.receiveFlags()).contains('F', 'n', 'u', 'v');
    assertThat(features).isEqualTo(zfs().features());
  }

  @Test
  void buildsCommandsThatBeginWithItsOwn() throws Exception {
    ZfsFeatures features = zfs().features();
    var send = ZfsSend.full(root().at("s"));
    var receive = ZfsReceive.into(root());
    assertThat(zfs().sendCommand(send, features))
        .startsWith(zfs().command().toArray(String[]::new))
        .endsWith("send", root() + "@s");
    assertThat(zfs().receiveCommand(receive, features))
        .startsWith(zfs().command().toArray(String[]::new))
        .endsWith("receive", "-u", root().toString());
  }

  private static ZfsError errorOf(Action action) {
    return catchThrowableOfType(ZfsException.class, action::run).error();
  }

  /** A call that may fail. */
  private interface Action {
    void run() throws Exception;
  }
}

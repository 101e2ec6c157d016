package io.longhaul.protocol.zfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link Zfs} must do; one subclass per implementation and kind of ZFS.
 *
 * <p>Known differences, which the tests ask {@link ZfsFeatures} about: zfs-fuse has no bookmarks,
 * does not list the tags of holds, keeps nothing of an interrupted receive and can abort none, and
 * knows no encryption. It goes on telling the old value of {@code readonly} while a dataset is
 * mounted.
 */
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
        .contains("receive", "-u")
        .endsWith(root().toString());
  }

  // ---- trees

  private List<Dataset> tree(DatasetName root) throws Exception {
    return zfs().datasets(root, zfs().features());
  }

  private Dataset one(DatasetName name) throws Exception {
    return tree(name).stream()
        .filter(dataset -> dataset.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static DatasetName child(DatasetName parent, String name) {
    return DatasetName.parse(parent + "/" + name);
  }

  @Test
  void listsATreeAndTheDatasetAboveIt() throws Exception {
    DatasetName top = fresh();
    for (String name : List.of("b", "a", "a/x", "a b", "a-b", "ab")) {
      create(child(top, name));
    }
    assertThat(tree(child(top, "a")))
        .extracting(Dataset::name)
        .containsExactly(top, child(top, "a"), child(top, "a/x"));
    assertThat(tree(top))
        .extracting(Dataset::name)
        .containsExactly(
            top.parent().orElseThrow(),
            top,
            child(top, "a"),
            child(top, "a/x"),
            child(top, "a b"),
            child(top, "a-b"),
            child(top, "ab"),
            child(top, "b"));
  }

  @Test
  void listsNothingWhereNothingIs() throws Exception {
    DatasetName top = fresh();
    assertThat(tree(child(top, "none"))).extracting(Dataset::name).containsExactly(top);
    assertThat(tree(child(top, "none/below"))).isEmpty();
    assertThat(tree(DatasetName.parse("nosuchpool/x"))).isEmpty();
  }

  @Test
  void tellsWhatThereIsToKnowOfSnapshots() throws Exception {
    DatasetName top = fresh();
    DatasetName below = child(top, "below");
    create(below);
    for (String name : List.of("zz", "mid dle:1", "aa")) {
      snapshot(top.at(name));
    }
    snapshot(below.at("zz"));
    Dataset listed = one(top);
    assertThat(listed.kind()).isEqualTo(Dataset.Kind.FILESYSTEM);
    assertThat(listed.origin()).isEmpty();
    assertThat(listed.encryption()).isEmpty();
    assertThat(listed.partial()).isEmpty();
    assertThat(listed.placeholder()).isFalse();
    assertThat(listed.written()).isZero();
    assertThat(listed.versions())
        .extracting(version -> version.label().toString())
        .containsExactly("@zz", "@mid dle:1", "@aa");
    List<Snapshot> snapshots = zfs().snapshots(top);
    assertThat(listed.versions())
        .extracting(Version::guid)
        .isEqualTo(snapshots.stream().map(Snapshot::guid).toList());
    assertThat(listed.versions())
        .extracting(Version::createtxg)
        .isEqualTo(snapshots.stream().map(Snapshot::createtxg).toList());
    assertThat(listed.versions()).extracting(Version::holds).containsOnly(0);
    assertThat(listed.versions()).extracting(Version::ivset).containsOnly(Optional.empty());
    assertThat(listed.versions()).isSortedAccordingTo(Comparator.comparing(Version::creation));
    assertThat(one(below).versions()).hasSize(1);
  }

  // ---- changes

  private ChangeResult change(ZfsChange... changes) throws Exception {
    return zfs().change(List.of(changes), zfs().features());
  }

  private void assertDone(ZfsChange... changes) throws Exception {
    ChangeResult result = change(changes);
    assertThat(result.failure().map(Exception::getMessage)).isEmpty();
    assertThat(result.done()).isEqualTo(changes.length);
  }

  private void assertRefused(ZfsError error, ZfsChange change) throws Exception {
    ChangeResult result = change(change);
    assertThat(result.failure().map(ZfsException::error)).as("%s", result).contains(error);
    assertThat(result.done()).isZero();
  }

  @Test
  void holdsAndReleasesAndTellsSo() throws Exception {
    DatasetName top = fresh();
    snapshot(top.at("a"));
    snapshot(top.at("b"));
    var hold = new ZfsChange.Hold("longhaul_one", List.of(top.at("a"), top.at("b")));
    var other = new ZfsChange.Hold("longhaul_two", List.of(top.at("b")));
    assertDone(hold, other);
    assertDone(hold, other);
    assertThat(one(top).versions()).extracting(Version::holds).containsExactly(1, 2);
    boolean lists = zfs().features().listsTags();
    assertThat(one(top).versions())
        .extracting(Version::tags)
        .containsExactly(
            lists ? Set.of("longhaul_one") : Set.of(),
            lists ? Set.of("longhaul_one", "longhaul_two") : Set.of());
    var release =
        new ZfsChange.Release(
            "longhaul_one",
            List.of(top.at("a"), top.at("none"), top.at("b"), child(top, "none").at("a")));
    assertDone(release);
    assertDone(release, new ZfsChange.Release("longhaul_two", List.of(top.at("b"))));
    assertThat(one(top).versions()).extracting(Version::holds).containsExactly(0, 0);
  }

  @Test
  void stopsAtTheFirstChangeThatCannotBeMade() throws Exception {
    DatasetName top = fresh();
    snapshot(top.at("a"));
    ChangeResult result =
        change(
            new ZfsChange.Hold("longhaul_one", List.of(top.at("a"))),
            new ZfsChange.Hold("longhaul_two", List.of(top.at("none"))),
            new ZfsChange.Release("longhaul_one", List.of(top.at("a"))));
    assertThat(result.done()).isEqualTo(1);
    assertThat(result.failure().map(ZfsException::error)).contains(ZfsError.NO_SUCH_DATASET);
    assertThat(one(top).versions()).extracting(Version::holds).containsExactly(1);
    assertDone(new ZfsChange.Release("longhaul_one", List.of(top.at("a"))));
  }

  @Test
  void bookmarksWhatHasTheGuid() throws Exception {
    DatasetName top = fresh();
    snapshot(top.at("a"));
    snapshot(top.at("b"));
    String guid = zfs().guid(top.at("a")).orElseThrow();
    String otherGuid = zfs().guid(top.at("b")).orElseThrow();
    var bookmark = new ZfsChange.Bookmark(top.at("a"), "longhaul_mark", guid);
    var destroy = new ZfsChange.DestroyBookmark(top, "longhaul_mark");
    if (!zfs().features().bookmarks()) {
      assertRefused(ZfsError.FEATURE, bookmark);
      assertRefused(ZfsError.FEATURE, destroy);
      return;
    }
    assertDone(bookmark);
    assertDone(bookmark);
    Version listed = one(top).versions().getFirst();
    assertThat(listed.label()).hasToString("#longhaul_mark");
    assertThat(listed.guid()).isEqualTo(guid);
    assertThat(listed.createtxg()).isEqualTo(one(top).versions().get(1).createtxg());
    assertThat(change(new ZfsChange.Bookmark(top.at("b"), "longhaul_mark", otherGuid)).failure())
        .isPresent();
    assertThat(change(new ZfsChange.Bookmark(top.at("b"), "longhaul_other", guid)).failure())
        .isPresent();
    assertDone(new ZfsChange.DestroySnapshot(top.at("a"), guid));
    assertDone(bookmark);
    assertDone(destroy);
    assertDone(destroy);
    assertRefused(ZfsError.NO_SUCH_DATASET, bookmark);
    assertThat(one(top).versions()).hasSize(1);
  }

  @Test
  void destroysOnlyTheSnapshotThatIsMeant() throws Exception {
    DatasetName top = fresh();
    snapshot(top.at("a"));
    String guid = zfs().guid(top.at("a")).orElseThrow();
    assertThat(change(new ZfsChange.DestroySnapshot(top.at("a"), "1")).failure()).isPresent();
    var hold = new ZfsChange.Hold("longhaul_keep", List.of(top.at("a")));
    assertDone(hold);
    var destroy = new ZfsChange.DestroySnapshot(top.at("a"), guid);
    assertRefused(ZfsError.BUSY, destroy);
    assertDone(new ZfsChange.Release("longhaul_keep", List.of(top.at("a"))), destroy, destroy);
    assertThat(zfs().guid(top.at("a"))).isEmpty();
  }

  @Test
  void rollsBackToTheNewestOnly() throws Exception {
    DatasetName top = fresh();
    snapshot(top.at("a"));
    snapshot(top.at("b"));
    assertThat(change(new ZfsChange.Rollback(top.at("a"))).failure()).isPresent();
    assertDone(new ZfsChange.Rollback(top.at("b")));
    assertDone(new ZfsChange.Rollback(top.at("b")));
    assertThat(one(top).versions()).hasSize(2);
  }

  @Test
  void aPlaceholderIsMadeAndBecomesRealOrGoes() throws Exception {
    DatasetName top = fresh();
    DatasetName holder = child(top, "holder");
    var create = new ZfsChange.CreatePlaceholder(holder, false);
    var destroy = new ZfsChange.DestroyPlaceholder(holder);
    assertDone(destroy);
    assertDone(create);
    assertDone(create);
    create(child(holder, "below"));
    assertThat(tree(top))
        .filteredOn(Dataset::placeholder)
        .extracting(Dataset::name)
        .containsExactly(holder);
    assertThat(one(holder).written()).isLessThan(Placeholder.EMPTY_BYTES);
    assertThat(change(destroy).failure()).isPresent();
    assertDone(new ZfsChange.BecomeReal(holder), new ZfsChange.BecomeReal(holder));
    assertThat(one(holder).placeholder()).isFalse();
    assertThat(change(create).failure()).isPresent();
    assertThat(change(destroy).failure()).isPresent();

    DatasetName empty = child(top, "empty");
    assertDone(
        new ZfsChange.CreatePlaceholder(empty, false), new ZfsChange.DestroyPlaceholder(empty));
    assertThat(zfs().exists(empty)).isFalse();
    assertThat(change(new ZfsChange.DestroyPlaceholder(top)).failure()).isPresent();
  }

  @Test
  void setsAProperty() throws Exception {
    DatasetName top = fresh();
    var compressed = new ZfsChange.SetProperty(top, "compression", "gzip");
    assertDone(compressed, compressed);
    assertThat(zfs().get(top, "compression")).hasValue("gzip");
    assertRefused(ZfsError.NO_SUCH_DATASET, new ZfsChange.SetProperty(unused(), "copies", "2"));
  }

  @Test
  void whereNothingWasInterruptedThereIsNothingToAbort() throws Exception {
    DatasetName top = fresh();
    var abort = new ZfsChange.AbortReceive(top, "test");
    if (zfs().features().resumeTokens()) {
      assertDone(abort, new ZfsChange.AbortReceive(unused(), "test"));
    } else {
      assertRefused(ZfsError.FEATURE, abort);
    }
    assertThat(zfs().exists(top)).isTrue();
  }

  @Test
  void readsNoTokenThatIsNone() throws Exception {
    assertThat(zfs().contents(new ResumeToken("1-abc-2-def"), zfs().features())).isEmpty();
  }

  private static ZfsError errorOf(Action action) {
    return catchThrowableOfType(ZfsException.class, action::run).error();
  }

  /** A call that may fail. */
  private interface Action {
    void run() throws Exception;
  }
}

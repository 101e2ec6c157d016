package io.longhaul.protocol.zfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@link ZfsCli} on an OpenZFS 2.x somewhere else. It runs only when told where: {@code -Popenzfs
 * -Dopenzfs.command="ssh root@guest zfs" -Dopenzfs.pool=src}, and {@code -Dopenzfs.target} for
 * another pool to receive into. It makes one dataset in each and destroys it afterwards.
 */
@Tag("openzfs")
@Timeout(300)
final class ZfsCliOnOpenZfsTest extends RealZfsContract {

  private static final List<String> COMMAND =
      List.of(System.getProperty("openzfs.command", "zfs").split(" "));

  private static final Zfs ZFS = new CachingZfs(new ZfsCli(COMMAND, LIMIT, LIMIT), LIMIT);
  private static final String ID =
      Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36);
  private static final String POOL = System.getProperty("openzfs.pool", "none");
  private static final DatasetName SOURCE = DatasetName.parse(POOL + "/longhaul-test-" + ID);
  private static final DatasetName TARGET =
      DatasetName.parse(System.getProperty("openzfs.target", POOL) + "/longhaul-test-target-" + ID);

  @BeforeAll
  static void makeDatasets() throws Exception {
    zfsCommand("create", SOURCE.toString());
    zfsCommand("create", TARGET.toString());
  }

  @AfterAll
  static void destroyDatasets() throws Exception {
    zfsCommand("destroy", "-r", SOURCE.toString());
    zfsCommand("destroy", "-r", TARGET.toString());
  }

  @Override
  Zfs zfs() {
    return ZFS;
  }

  @Override
  DatasetName root() {
    return SOURCE;
  }

  @Override
  DatasetName targetRoot() {
    return TARGET;
  }

  @Override
  void create(DatasetName dataset) throws Exception {
    zfsCommand("create", dataset.toString());
  }

  @Override
  void snapshot(SnapshotName snapshot) throws Exception {
    zfsCommand("snapshot", snapshot.toString());
  }

  @Override
  boolean write(DatasetName dataset) {
    return false;
  }

  @Test
  void hasWhatOpenZfs2Has() throws Exception {
    ZfsFeatures features = ZFS.features();
    assertThat(features.version()).startsWith("zfs-2.");
    assertThat(features.bookmarks()).isTrue();
    assertThat(features.resumeTokens()).isTrue();
    assertThat(features.dryRunSize()).isTrue();
    assertThat(features.sendFlags()).contains('c', 'e', 'L', 'n', 'P', 't', 'w');
    assertThat(features.receiveFlags()).contains('A', 's', 'o', 'x');
  }

  @Test
  void sendsFromABookmark() throws Exception {
    DatasetName source = fresh();
    snapshot(source.at("one"));
    zfsCommand("bookmark", source + "@one", source + "#mark");
    snapshot(source.at("two"));
    var send = ZfsSend.incremental(SendBase.parse("#mark"), source.at("two"));
    assertThat(ZFS.estimate(send, ZFS.features())).isPresent();
  }

  @Test
  void goesOnWithWhatWasInterruptedOrDropsIt() throws Exception {
    DatasetName source = sourceWithSnapshots("one");
    DatasetName target = unusedTarget();
    ZfsSend send = ZfsSend.full(source.at("one"));
    ResumeToken token = interrupted(send, target);

    PartialReceive.Contents contents = ZFS.contents(token, ZFS.features()).orElseThrow();
    assertThat(contents.toName()).isEqualTo(source.at("one").toString());
    assertThat(contents.toGuid()).isEqualTo(ZFS.guid(source.at("one")).orElseThrow());
    assertThat(contents.fromGuid()).isEmpty();
    assertThat(contents.raw()).isFalse();
    assertThat(contents.bytes()).isPositive();
    assertThat(refusalOf(target, streamOf(send))).isEqualTo(ZfsError.TARGET_EXISTS);
    assertReceived(ZfsSend.resumed(token, source.at("one")), target);
    assertThat(partial(target)).isEmpty();

    DatasetName other = unusedTarget();
    var _ = interrupted(ZfsSend.full(source.at("one")), other);
    var abort = new ZfsChange.AbortReceive(other, "test");
    for (int i = 0; i < 2; i++) {
      assertThat(ZFS.change(List.of(abort), ZFS.features()).failure()).isEmpty();
      assertThat(ZFS.exists(other)).isFalse();
    }
  }

  private ResumeToken interrupted(ZfsSend send, DatasetName target) throws Exception {
    byte[] whole = Files.readAllBytes(streamOf(send));
    Path half = directory.resolve("half");
    Files.write(half, Arrays.copyOf(whole, whole.length * 2 / 3));
    var receive =
        new ZfsReceive(
            target, false, false, true, Optional.empty(), new TreeMap<>(), new TreeSet<>());
    assertThat(refusalOf(receive, half)).isEqualTo(ZfsError.STREAM_TRUNCATED);
    return partial(target).orElseThrow().token();
  }

  private static Optional<PartialReceive> partial(DatasetName target) throws Exception {
    return ZFS.datasets(target, ZFS.features()).stream()
        .filter(dataset -> dataset.name().equals(target))
        .findFirst()
        .flatMap(Dataset::partial);
  }

  @Test
  void tellsOfEncryptionOriginsClonesAndVolumes() throws Exception {
    DatasetName top = fresh();
    DatasetName volume = DatasetName.parse(top + "/volume");
    zfsCommand("create", "-V", "8M", volume.toString());
    snapshot(top.at("one"));
    DatasetName clone = DatasetName.parse(top + "/clone");
    zfsCommand("clone", top + "@one", clone.toString());
    List<Dataset> listed = ZFS.datasets(top, ZFS.features());
    assertThat(listed)
        .filteredOn(there -> there.name().equals(volume))
        .singleElement()
        .extracting(Dataset::kind)
        .isEqualTo(Dataset.Kind.VOLUME);
    assertThat(listed)
        .filteredOn(there -> there.name().equals(clone))
        .singleElement()
        .extracting(Dataset::origin)
        .isEqualTo(Optional.of(top.at("one")));
    assertThat(listed)
        .filteredOn(there -> there.name().equals(top))
        .singleElement()
        .extracting(there -> there.versions().getFirst().clones())
        .isEqualTo(Set.of(clone));
  }

  @Test
  void aStreamWithPropertiesDoesNotDecideWhatIsMountedAndRunHere() throws Exception {
    DatasetName source = fresh();
    DatasetName child = DatasetName.parse(source + "/child");
    zfsCommand("create", "-o", "canmount=noauto", child.toString());
    zfsCommand("set", "mountpoint=/longhaul-elsewhere", "setuid=on", "exec=off", child.toString());
    zfsCommand("set", "setuid=off", targetRoot().toString());
    zfsCommand("snapshot", "-r", source + "@one");
    DatasetName target = unusedTarget();
    assertReceived(new ZfsSend(source.at("one"), Optional.empty(), false, true, false), target);
    DatasetName received = DatasetName.parse(target + "/child");
    assertThat(ZFS.get(received, "mountpoint")).hasValue("/" + received);
    assertThat(ZFS.get(received, "canmount")).hasValue("on");
    assertThat(ZFS.get(received, "setuid")).hasValue("off");
    assertThat(ZFS.get(received, "exec")).hasValue("on");
  }

  @Test
  void aVolumeIsReceivedToo() throws Exception {
    DatasetName volume = unused();
    zfsCommand("create", "-V", "8M", volume.toString());
    snapshot(volume.at("one"));
    DatasetName target = unusedTarget();
    assertThat(assertReceivedWithNotes(ZfsSend.full(volume.at("one")), target))
        .contains("does not apply to datasets of this type");
  }

  @Test
  void readsWhatIsAllowed() throws Exception {
    DatasetName dataset = fresh();
    zfsCommand("allow", "nobody", "send,hold", dataset.toString());
    zfsCommand("allow", "-l", "nobody", "destroy", dataset.toString());
    zfsCommand("allow", "-e", "release", SOURCE.toString());
    assertThat(new ZfsCli(COMMAND, LIMIT, LIMIT).delegation(dataset).granted("nobody", Set.of()))
        .containsExactly("hold", "release", "send");
  }

  @Test
  void agreesWithOurNameRules() throws Exception {
    for (String name : NamesTest.acceptedDatasets().toList()) {
      assertThat(complaint(name)).as(name).matches("|.*dataset does not exist\n");
    }
    for (String name : NamesTest.malformedDatasets().toList()) {
      assertThat(complaint(name)).as(name).isNotEmpty().doesNotContain("does not exist");
    }
  }

  private static String complaint(String name) throws Exception {
    var command = Stream.concat(COMMAND.stream(), Stream.of("list", "-H", name)).toList();
    return new ZfsQuery(command, LIMIT).run(_ -> {}).stderrTail();
  }

  private static void zfsCommand(String... arguments) throws Exception {
    new TestCommand(Stream.concat(COMMAND.stream(), Stream.of(arguments)).toList()).run();
  }
}

package io.longhaul.protocol.zfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands do and what their messages mean, checked against a ZFS that is there. */
abstract class RealZfsContract extends ZfsContract {

  static final Duration LIMIT = Duration.ofSeconds(60);

  private static final SendBase ONE = SendBase.parse("@one");

  @TempDir Path directory;

  /** An existing dataset in another pool, to receive under. */
  abstract DatasetName targetRoot();

  /** Changes a file in a dataset; returns false if its files cannot be reached from here. */
  abstract boolean write(DatasetName dataset) throws Exception;

  @Test
  void carriesFullAndIncrementalStreams() throws Exception {
    DatasetName source = sourceWithSnapshots("one", "two", "three");
    DatasetName target = unusedTarget();
    assertReceived(ZfsSend.full(source.at("one")), target);
    assertReceived(ZfsSend.incremental(ONE, source.at("two")), target);
    assertReceived(ZfsSend.incremental(SendBase.parse("@two"), source.at("three")), target);
    assertThat(zfs().snapshots(target)).hasSize(3);
  }

  @Test
  void carriesIntermediateSnapshotsAndChildren() throws Exception {
    DatasetName source = sourceWithSnapshots("one", "two", "three");
    DatasetName target = unusedTarget();
    assertReceived(new ZfsSend(source.at("one"), Optional.empty(), false, true, false), target);
    assertReceived(new ZfsSend(source.at("three"), Optional.of(ONE), true, true, false), target);
    assertThat(zfs().snapshots(target))
        .extracting(snapshot -> snapshot.name().name())
        .containsExactly("one", "two", "three");
  }

  @Test
  void knowsTheRefusalsOfSend() throws Exception {
    DatasetName source = sourceWithSnapshots("one", "two");
    assertThat(refusalOf(ZfsSend.full(source.at("none")))).isEqualTo(ZfsError.NO_SUCH_DATASET);
    assertThat(refusalOf(ZfsSend.incremental(SendBase.parse("@two"), source.at("one"))))
        .isEqualTo(ZfsError.BASE_MISMATCH);
    assertThat(refusalOf(ZfsSend.incremental(SendBase.parse("@none"), source.at("two"))))
        .isIn(ZfsError.BASE_MISMATCH, ZfsError.NO_SUCH_DATASET); // zfs-fuse, OpenZFS 2.1
  }

  @Test
  void knowsTheRefusalsOfReceive() throws Exception {
    DatasetName source = sourceWithSnapshots("one", "two", "three");
    Path full = streamOf(ZfsSend.full(source.at("one")));
    Path step = streamOf(ZfsSend.incremental(SendBase.parse("@two"), source.at("three")));

    DatasetName existing = unusedTarget();
    assertReceived(ZfsSend.full(source.at("one")), existing);
    assertThat(refusalOf(existing, full)).isEqualTo(ZfsError.TARGET_EXISTS);
    assertThat(refusalOf(existing, step)).isEqualTo(ZfsError.BASE_MISMATCH);
    DatasetName orphan = DatasetName.parse(unusedTarget() + "/child");
    assertThat(refusalOf(orphan, full)).isEqualTo(ZfsError.NO_SUCH_DATASET);
  }

  @Test
  void knowsBrokenStreams() throws Exception {
    DatasetName source = sourceWithSnapshots("one");
    byte[] whole = Files.readAllBytes(streamOf(ZfsSend.full(source.at("one"))));
    byte[] damaged = whole.clone();
    damaged[whole.length / 2] ^= 1;

    assertThat(refusalOf(new byte[0])).isEqualTo(ZfsError.STREAM_TRUNCATED);
    assertThat(refusalOf(Arrays.copyOf(whole, whole.length / 2)))
        .isEqualTo(ZfsError.STREAM_TRUNCATED);
    assertThat(refusalOf(damaged)).isEqualTo(ZfsError.STREAM_DAMAGED);
    assertThat(refusalOf("Welcome to example.org. ".repeat(200).getBytes(UTF_8)))
        .isEqualTo(ZfsError.NOT_A_STREAM);
  }

  @Test
  void knowsATargetThatWasWrittenTo() throws Exception {
    DatasetName source = sourceWithSnapshots("one", "two");
    DatasetName target = unusedTarget();
    assertReceived(ZfsSend.full(source.at("one")), target);
    assumeThat(write(target)).as("the target's files can be reached").isTrue();
    Path step = streamOf(ZfsSend.incremental(ONE, source.at("two")));
    assertThat(refusalOf(target, step)).isEqualTo(ZfsError.TARGET_MODIFIED);

    var force = ZfsReceive.into(target).forced(true);
    assertThat(receive(force, step).exitStatus()).isZero();
    assertThat(zfs().guid(target.at("two"))).isEqualTo(zfs().guid(source.at("two")));
  }

  @Test
  void receivesWithoutMounting() throws Exception {
    DatasetName source = sourceWithSnapshots("one");
    DatasetName target = unusedTarget();
    assertReceived(ZfsSend.full(source.at("one")), target);
    assertThat(zfs().get(source, "mounted")).hasValue("yes");
    assertThat(zfs().get(target, "mounted")).hasValue("no");
  }

  @Test
  void whatWasWrittenSinceTheNewestSnapshotIsSeen() throws Exception {
    DatasetName source = sourceWithSnapshots("one");
    assumeThat(write(source)).as("the source's files can be reached").isTrue();
    snapshot(fresh().at("any")); // and with it what was written goes to the pool
    assertThat(zfs().datasets(source, zfs().features()))
        .anyMatch(listed -> listed.name().equals(source) && listed.written() > 0);
  }

  @Test
  void heldSnapshotsCannotBeDestroyedAndEveryCallMayBeRepeated() throws Exception {
    DatasetName source = sourceWithSnapshots("one");
    SnapshotName one = source.at("one");
    zfs().hold("longhaul-test", List.of(one), false);
    zfs().hold("longhaul-test", List.of(one), false);
    zfs().hold("longhaul-test-children", List.of(one), true);
    assertThat(destroys(one)).isFalse();
    zfs().release("longhaul-test", List.of(one), false);
    zfs().release("longhaul-test", List.of(one), false);
    assertThat(destroys(one)).isFalse();
    zfs().release("longhaul-test-children", List.of(one), true);
    assertThat(destroys(one)).isTrue();
    zfs().release("longhaul-test", List.of(one), false);
    assertThat(zfs().guid(one)).isEmpty();
  }

  private boolean destroys(SnapshotName snapshot) throws Exception {
    List<String> words = new ArrayList<>(zfs().command());
    words.addAll(List.of("destroy", snapshot.toString()));
    return new ZfsQuery(words, LIMIT).run(_ -> {}).exitStatus() == 0;
  }

  final DatasetName sourceWithSnapshots(String... names) throws Exception {
    DatasetName source = fresh();
    for (String name : names) {
      write(source);
      snapshot(source.at(name));
    }
    return source;
  }

  final DatasetName unusedTarget() {
    String leaf = unused().name().substring(root().name().length());
    return DatasetName.parse(targetRoot() + leaf);
  }

  final void assertReceived(ZfsSend send, DatasetName target) throws Exception {
    assertThat(assertReceivedWithNotes(send, target)).isEmpty();
  }

  /** Returns what the receive had to say. */
  final String assertReceivedWithNotes(ZfsSend send, DatasetName target) throws Exception {
    Ending ending = receive(ZfsReceive.into(target), streamOf(send));
    assertThat(ending.exitStatus()).as(ending.stderr()).isZero();
    assertThat(zfs().guid(target.at(send.snapshot().name())))
        .isPresent()
        .isEqualTo(zfs().guid(send.snapshot()));
    return ending.stderr();
  }

  final Path streamOf(ZfsSend send) throws Exception {
    Path stream = Files.createTempFile(directory, "stream", "");
    assertThat(send(send, stream)).isEqualTo(new Ending(0, ""));
    return stream;
  }

  private ZfsError refusalOf(ZfsSend send) throws Exception {
    Ending ending = send(send, directory.resolve("refused"));
    assertThat(ending.exitStatus()).isNotZero();
    return ZfsError.classify(ending.stderr());
  }

  private ZfsError refusalOf(byte[] stream) throws Exception {
    Path file = Files.write(Files.createTempFile(directory, "broken", ""), stream);
    return refusalOf(unusedTarget(), file);
  }

  final ZfsError refusalOf(DatasetName target, Path stream) throws Exception {
    return refusalOf(ZfsReceive.into(target), stream);
  }

  final ZfsError refusalOf(ZfsReceive receive, Path stream) throws Exception {
    Ending ending = receive(receive, stream);
    assertThat(ending.exitStatus()).isNotZero();
    return ZfsError.classify(ending.stderr());
  }

  private Ending send(ZfsSend send, Path stream) throws Exception {
    List<String> command = zfs().sendCommand(send, zfs().features());
    return run(new ProcessBuilder(command).redirectOutput(stream.toFile()));
  }

  private Ending receive(ZfsReceive receive, Path stream) throws Exception {
    List<String> command = zfs().receiveCommand(receive, zfs().features());
    return run(new ProcessBuilder(command).redirectInput(stream.toFile()));
  }

  private Ending run(ProcessBuilder builder) throws IOException, InterruptedException {
    builder.environment().put("LC_ALL", "C");
    Path stderr = Files.createTempFile(directory, "stderr", "");
    int status = builder.redirectError(stderr.toFile()).start().waitFor();
    return new Ending(status, Files.readString(stderr));
  }

  private record Ending(int exitStatus, String stderr) {}
}

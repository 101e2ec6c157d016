package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.Eventually;
import io.longhaul.packaging.site.LoopbackLink;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Tools;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.spool.Started;
import io.longhaul.protocol.testing.Requirements;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.TestPools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A real {@code zfs send} goes into a real {@code zfs receive}, and what arrives is compared. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ZfsTransferIT {
  private static final int FAILED = 1;
  private static final int FILE_BYTES = 6_000_000;
  private static final long BYTES_PER_SECOND = 4 << 20;
  private static final String SPOOL_LIMIT = "32MiB";
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Random RANDOM = new Random(1);

  private final Site site;
  private final LoopbackLink link;
  private TestPools pools;

  @SuppressWarnings("NullAway.Init") // pools: before all tests
  ZfsTransferIT() throws Exception {
    site = new Site();
    link = site.link(BYTES_PER_SECOND);
  }

  @BeforeAll
  void makePools() throws Exception {
    Tools.need("curl", "diff");
    Requirements.need(TestPools.available(), "a ZFS at work and the rights of root");
    pools = TestPools.create();
    site.office().set(SPOOL_LIMIT, "spool", "limit");
    site.vault().set(SPOOL_LIMIT, "spool", "limit");
    site.start();
  }

  @AfterAll
  void destroyPools() throws Exception {
    site.close();
    link.close();
    if (pools != null) {
      pools.close();
    }
  }

  @Test
  void fullAndIncremental() throws Exception {
    DatasetName data = dataset("walk");
    DatasetName copy = DatasetName.parse(pools.target() + "/walk");
    write(data, "first", FILE_BYTES);
    Files.createDirectories(pools.mountpoint(data).resolve("a/deep/place"));
    pools.snapshot(snapshot(data, "one"));

    succeed("office:" + data + "@one", "vault:" + copy);
    write(data, "a/deep/place/second", FILE_BYTES);
    Files.delete(pools.mountpoint(data).resolve("first"));
    pools.snapshot(snapshot(data, "two"));
    succeed("office:" + data + "@two", "vault:" + copy, "--from", "one");

    assertThat(pools.guid(copy.at("one"))).isEqualTo(pools.guid(data.at("one")));
    assertThat(pools.guid(copy.at("two"))).isEqualTo(pools.guid(data.at("two")));
    same(data, copy);
  }

  @Test
  void aKilledSendPumpIsReplacedAndTheSnapshotIsHeldMeanwhile() throws Exception {
    DatasetName data = dataset("repeated");
    DatasetName copy = DatasetName.parse(pools.target() + "/repeated");
    for (int file = 0; file < 10; file++) {
      write(data, "file" + file, FILE_BYTES);
    }
    pools.snapshot(snapshot(data, "one"));
    SessionId id =
        site.startDetached("office:" + data + "@one", "vault:" + copy, "--chunk-size", "1MiB");
    Started sending =
        Eventually.find(
            "a chunk that was fed",
            PATIENCE,
            () ->
                site.receive(id).fedBytes() == 0
                    ? Optional.empty()
                    : SpoolFile.read(site.spool(id, Role.SEND).started(), Started.class));
    CommandResult.of(List.of("kill", "-KILL", Long.toString(sending.pump().pid())));
    assertThat(destroy(snapshot(data, "one")).exit()).isNotZero();

    ReceiveStatus end = site.awaitEnd(id, PATIENCE);

    assertThat(end.state()).as(end.toString()).isEqualTo(SessionState.DONE);
    assertThat(site.send(id).attempt()).isEqualTo(2);
    assertThat(pools.guid(copy.at("one"))).isEqualTo(pools.guid(data.at("one")));
    Eventually.holds(
        "the snapshot to be released", PATIENCE, () -> destroy(snapshot(data, "one")).exit() == 0);
  }

  private CommandResult destroy(SnapshotName snapshot) throws Exception {
    return CommandResult.of(List.of("zfs", "destroy", snapshot.toString()));
  }

  @Test
  void snapshotThatDoesNotExist() throws Exception {
    DatasetName data = dataset("missing");
    DatasetName copy = DatasetName.parse(pools.target() + "/missing");
    assertThat(refusal("office:" + data + "@never", "vault:" + copy))
        .contains(data + "@never", "there is no snapshot");
    assertThat(pools.exists(copy)).isFalse();
  }

  @Test
  void targetThatExists() throws Exception {
    DatasetName data = dataset("full");
    write(data, "file", 1000);
    pools.snapshot(snapshot(data, "one"));
    DatasetName copy = DatasetName.parse(pools.target() + "/taken");
    pools.create(copy);
    write(copy, "precious", FILE_BYTES);

    assertThat(refusal("office:" + data + "@one", "vault:" + copy))
        .contains(copy.toString(), "exists");
    assertThat(pools.mountpoint(copy).resolve("precious")).hasSize(FILE_BYTES);
  }

  @Test
  void incrementalWithoutItsBaseOnTheTarget() throws Exception {
    DatasetName data = dataset("based");
    write(data, "file", 1000);
    pools.snapshot(snapshot(data, "one"));
    pools.snapshot(snapshot(data, "two"));
    DatasetName copy = DatasetName.parse(pools.target() + "/baseless");
    assertThat(refusal("office:" + data + "@two", "vault:" + copy, "--from", "one"))
        .contains(copy.toString());
    assertThat(pools.exists(copy)).isFalse();
  }

  @Test
  void incrementalWithoutItsBaseOnTheSource() throws Exception {
    DatasetName data = dataset("no-base");
    pools.snapshot(snapshot(data, "two"));
    DatasetName copy = DatasetName.parse(pools.target() + "/no-base");
    assertThat(refusal("office:" + data + "@two", "vault:" + copy, "--from", "one"))
        .contains(data + "@one");
  }

  private DatasetName dataset(String name) throws Exception {
    DatasetName made = DatasetName.parse(pools.source() + "/" + name);
    pools.create(made);
    return made;
  }

  private static SnapshotName snapshot(DatasetName dataset, String name) {
    return SnapshotName.parse(dataset + "@" + name);
  }

  private void write(DatasetName dataset, String name, int bytes) throws Exception {
    var content = new byte[bytes];
    RANDOM.nextBytes(content);
    Files.write(pools.mountpoint(dataset).resolve(name), content);
  }

  /** Every file and directory of the two snapshots' datasets is the same. */
  private void same(DatasetName data, DatasetName copy) throws Exception {
    if (!pools.zfs("get", "-H", "-o", "value", "mounted", copy.toString()).contains("yes")) {
      pools.mount(copy);
    }
    Path sent = pools.mountpoint(data);
    Path received = pools.mountpoint(copy);
    assertThat(received.resolve("a/deep/place/second")).hasSize(FILE_BYTES);
    CommandResult diff =
        CommandResult.of(List.of("diff", "-r", sent.toString(), received.toString()));
    assertThat(diff.exit()).as(diff.toString()).isZero();
  }

  private void succeed(String... arguments) throws Exception {
    CommandResult result = start(arguments);
    assertThat(result.exit()).as(result.toString()).isZero();
  }

  private String refusal(String... arguments) throws Exception {
    CommandResult result = start(arguments);
    assertThat(result.exit()).as(result.toString()).isEqualTo(FAILED);
    return result.err();
  }

  private CommandResult start(String... arguments) throws Exception {
    List<String> words = new java.util.ArrayList<>(List.of("start"));
    words.addAll(List.of(arguments));
    return site.coordinator(words.toArray(String[]::new));
  }
}

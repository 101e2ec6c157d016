package io.longhaul.protocol.zfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.testing.Requirements;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link ZfsCli} on pools of this machine's ZFS: zfs-fuse where the build runs. */
@Timeout(120)
final class ZfsCliOnTestPoolsTest extends RealZfsContract {

  private static TestPools pools;
  private static Zfs zfs;

  @BeforeAll
  static void makePools() throws Exception {
    Requirements.need(TestPools.available(), "root and a ZFS at work (zfs, zpool)");
    pools = TestPools.create();
    zfs = new ZfsCli(pools.zfsCommand(), LIMIT, LIMIT);
  }

  @AfterAll
  static void destroyPools() throws Exception {
    if (pools != null) {
      pools.close();
    }
  }

  @Override
  Zfs zfs() {
    return zfs;
  }

  @Override
  DatasetName root() {
    return pools.source();
  }

  @Override
  DatasetName targetRoot() {
    return pools.target();
  }

  @Override
  void create(DatasetName dataset) throws Exception {
    pools.create(dataset);
  }

  @Override
  void snapshot(SnapshotName snapshot) throws Exception {
    pools.snapshot(snapshot);
  }

  @Override
  boolean write(DatasetName dataset) throws Exception {
    if (zfs.get(dataset, "mounted").orElseThrow().equals("no")) {
      pools.mount(dataset);
    }
    Path file = pools.mountpoint(dataset).resolve("file");
    Files.writeString(file, "line\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    return true;
  }

  @Test
  void mountsPoolsWhereTheySay() throws Exception {
    DatasetName dataset = fresh();
    write(dataset);
    assertThat(pools.mountpoint(dataset).resolve("file")).hasContent("line");
    assertThat(zfs.get(dataset, "mountpoint")).hasValue(pools.mountpoint(dataset).toString());
  }
}

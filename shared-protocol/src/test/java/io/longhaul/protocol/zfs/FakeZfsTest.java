package io.longhaul.protocol.zfs;

final class FakeZfsTest extends ZfsContract {

  private final FakeZfs zfs = new FakeZfs(FakeZfs.OPENZFS);

  FakeZfsTest() {
    zfs.create(root());
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
  void create(DatasetName dataset) {
    zfs.create(dataset);
  }

  @Override
  void snapshot(SnapshotName snapshot) {
    zfs.snapshot(snapshot);
  }
}

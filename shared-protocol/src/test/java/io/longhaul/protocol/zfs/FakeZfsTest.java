package io.longhaul.protocol.zfs;

final class FakeZfsTest extends ZfsContract {

  private final FakeZfs zfs = new FakeZfs(FakeZfs.OPENZFS);

  FakeZfsTest() throws ZfsException {
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
  void create(DatasetName dataset) throws ZfsException {
    zfs.create(dataset);
  }

  @Override
  void snapshot(SnapshotName snapshot) throws ZfsException {
    zfs.snapshot(snapshot);
  }
}

package io.longhaul.sender.session;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.wire.SourceSpec;
import io.longhaul.protocol.zfs.SendBase;
import io.longhaul.protocol.zfs.Snapshot;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.Zfs;
import io.longhaul.protocol.zfs.ZfsException;
import io.longhaul.protocol.zfs.ZfsSend;
import io.longhaul.sender.pump.SpooledSend;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds the snapshots that a session reads, so that nobody destroys them while its stream may have
 * to be repeated. What is not ZFS needs no hold. Every call may be repeated. Thread-safe.
 */
public final class SnapshotHolds {
  private static final String TAG = "longhaul-send-";

  private final Zfs zfs;

  /** Creates what holds snapshots of this ZFS. */
  public SnapshotHolds(Zfs zfs) {
    this.zfs = zfs;
  }

  /**
   * Holds the snapshots of a session.
   *
   * @throws ZfsException if one is gone, or this user may not hold it
   */
  void hold(SpooledSend send) throws ZfsException, InterruptedException {
    if (send.request().source() instanceof SourceSpec.Zfs source) {
      zfs.hold(tag(send.id()), read(source.send()), source.send().replicate());
    }
  }

  /** Lets go of the snapshots of a session. */
  void release(SpooledSend send) throws ZfsException, InterruptedException {
    if (send.request().source() instanceof SourceSpec.Zfs source) {
      zfs.release(tag(send.id()), read(source.send()), source.send().replicate());
    }
  }

  private static String tag(SessionId id) {
    return TAG + id;
  }

  /** Returns the snapshot that is sent, its base or origin, and for {@code -I} those between. */
  private List<SnapshotName> read(ZfsSend send) throws ZfsException, InterruptedException {
    List<SnapshotName> all = new ArrayList<>();
    all.add(send.snapshot());
    send.base()
        .filter(base -> base.kind() == SendBase.Kind.SNAPSHOT)
        .map(base -> send.snapshot().dataset().at(base.name()))
        .or(send::origin)
        .ifPresent(all::add);
    return send.intermediates() && all.size() > 1 ? range(all.get(1), all.get(0)) : all;
  }

  private List<SnapshotName> range(SnapshotName from, SnapshotName to)
      throws ZfsException, InterruptedException {
    List<SnapshotName> names = zfs.snapshots(to.dataset()).stream().map(Snapshot::name).toList();
    int first = names.indexOf(from);
    int last = names.indexOf(to);
    return first < 0 || last < first ? List.of(from, to) : names.subList(first, last + 1);
  }
}

package io.longhaul.protocol.zfs;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One {@code zfs receive}, in the only form in which it can be asked for: no other flag can be
 * said.
 *
 * @param target the dataset that receives; the stream itself names the snapshot
 * @param force {@code -F}: roll the target back, and for a replication stream destroy what the
 *     source has not
 * @param unmounted {@code -u}: do not mount what was received
 */
public record ZfsReceive(DatasetName target, boolean force, boolean unmounted) {
  /**
   * What a stream with properties (a replication stream) may not decide here: where and whether the
   * dataset is mounted or shared, and whether its programs run, and as whom. The target has its
   * parent's values, or those that were set on it here.
   */
  public static final List<String> LEFT_OUT =
      List.of("mountpoint", "canmount", "setuid", "devices", "exec", "sharenfs", "sharesmb");

  public ZfsReceive {
    Objects.requireNonNull(target, "target"); // it may come from JSON
  }

  /**
   * The receive to use unless somebody asked for another: nothing is rolled back, and nothing is
   * mounted where this ZFS can leave that out. A failed mount would fail a receive whose data has
   * arrived, and a mounted target can be written to.
   */
  public static ZfsReceive into(DatasetName target, ZfsFeatures features) {
    return new ZfsReceive(target, false, features.receiveFlags().contains('u'));
  }

  /**
   * Returns what follows {@code zfs} on the command line, beginning with {@code receive}.
   *
   * @throws ZfsException with {@link ZfsError#FEATURE} if this ZFS has not got a flag
   */
  public List<String> arguments(ZfsFeatures features) throws ZfsException {
    var arguments = new ArrayList<String>();
    arguments.add("receive");
    if (force) {
      features.needReceiveFlag('F', "roll back a target");
      arguments.add("-F");
    }
    if (unmounted) {
      features.needReceiveFlag('u', "receive without mounting");
      arguments.add("-u");
    }
    if (features.leavesOutProperties()) {
      for (String property : LEFT_OUT) {
        arguments.add("-x");
        arguments.add(property);
      }
    }
    arguments.add(target.toString());
    return List.copyOf(arguments);
  }
}

package io.longhaul.coordinator.plan;

import io.longhaul.protocol.zfs.Version;
import io.longhaul.protocol.zfs.ZfsChange;
import io.longhaul.protocol.zfs.ZfsException;
import io.longhaul.protocol.zfs.ZfsFeatures;
import io.longhaul.protocol.zfs.ZfsReceive;
import io.longhaul.protocol.zfs.ZfsSend;
import java.util.List;
import java.util.Optional;

/**
 * One thing that a plan does. Steps are done in their order, each when the one before is done; a
 * step that is done twice does no harm, so a plan that was interrupted can be made anew.
 */
public sealed interface Step {
  /**
   * Returns the commands of this step, as the agents run them; those of a stream run at the same
   * time.
   *
   * @param sender what the source's ZFS can do
   * @param receiver what the target's ZFS can do
   * @throws ZfsException if one of them cannot do this; never for a step that was planned for them
   */
  List<Command> commands(ZfsFeatures sender, ZfsFeatures receiver) throws ZfsException;

  /**
   * A stream. It is done when the target has each snapshot of {@code brings} under its GUID.
   *
   * @param from what it starts from; empty for a full stream
   * @param brings the snapshots of the source that the target has afterwards, oldest first
   */
  record Replicate(ZfsSend send, ZfsReceive receive, Optional<Version> from, List<Version> brings)
      implements Step {
    public Replicate {
      brings = List.copyOf(brings);
    }

    @Override
    public List<Command> commands(ZfsFeatures sender, ZfsFeatures receiver) throws ZfsException {
      return List.of(
          new Command(Side.SOURCE, send.arguments(sender)),
          new Command(Side.TARGET, receive.arguments(receiver)));
    }
  }

  /** Something short on one side. */
  record Change(Side side, ZfsChange change) implements Step {
    @Override
    public List<Command> commands(ZfsFeatures sender, ZfsFeatures receiver) {
      return List.of(new Command(side, change.arguments()));
    }
  }
}

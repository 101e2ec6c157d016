package io.longhaul.sender.pump;

import io.longhaul.protocol.pipe.ProcessGroup;
import io.longhaul.protocol.wire.SessionLimits;
import java.time.Duration;

/**
 * How long a pump waits for what. It counts from its own start, and only while the machine runs: it
 * cannot ask anybody when the machine wakes up, so that must not end its source.
 *
 * @param sealAfter a chunk that is not full is sealed this long after its first byte
 * @param heldPipe a source that has exited while others keep its pipe open has failed after this
 *     time
 * @param inactivity the source is ended when nothing was read, sealed or released for this time
 * @param grace the wait after SIGTERM, and again after SIGKILL
 */
record PumpTimes(Duration sealAfter, Duration heldPipe, Duration inactivity, Duration grace) {
  /**
   * Returns what the product uses. The pump's own limit lets both of the agent's limits pass first:
   * a session whose reader was out of reach is then suspended, and still has its source for a
   * while.
   */
  static PumpTimes of(SessionLimits limits) {
    return new PumpTimes(
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        limits.unreachable().plus(limits.stalled()),
        ProcessGroup.GRACE);
  }
}

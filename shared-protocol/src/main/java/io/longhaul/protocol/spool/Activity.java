package io.longhaul.protocol.spool;

import io.longhaul.protocol.pipe.Uptime;
import java.time.Duration;

/**
 * When something last happened in a session, as the next agent takes it up. All times are those of
 * {@link Uptime}, in one boot of the machine.
 *
 * @param bootId that boot
 * @param progress when something last moved
 * @param contact when the peer was last heard of
 * @param contactSince since when it has been heard of without a long interruption
 */
public record Activity(String bootId, Duration progress, Duration contact, Duration contactSince) {
  /**
   * Returns what it says in another boot: that all happened when the machine was started, because
   * nobody knows for how long it was down.
   */
  Activity in(String boot) {
    return boot.equals(bootId)
        ? this
        : new Activity(boot, Duration.ZERO, Duration.ZERO, Duration.ZERO);
  }
}

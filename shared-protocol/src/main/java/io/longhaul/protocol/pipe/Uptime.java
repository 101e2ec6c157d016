package io.longhaul.protocol.pipe;

import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The time since one start of the machine. It goes on while the machine is suspended, and nobody
 * sets it, as against the wall clock. It is the same for all processes, so a time that one has
 * written down can be used by the next, as long as the boot is the same. Thread-safe.
 *
 * @param bootId tells this start of the machine from others; see {@link
 *     ProcessIdentity#currentBoot}
 * @param nanos the time since then, in nanoseconds
 */
public record Uptime(String bootId, LongSupplier nanos) {
  /**
   * Returns the uptime of this machine.
   *
   * @throws IOException if its boot id cannot be read
   */
  public static Uptime ofThisMachine() throws IOException {
    return new Uptime(ProcessIdentity.currentBoot(), Uptime::machineNanos);
  }

  /**
   * Returns the time since this machine was started, in nanoseconds: CLOCK_BOOTTIME of
   * clock_gettime(2), which proc_uptime(5) shows too.
   */
  public static long machineNanos() {
    return Posix.bootTimeNanos();
  }

  /** Returns the time since the start of the machine. */
  public Duration now() {
    return Duration.ofNanos(nanos.getAsLong());
  }
}

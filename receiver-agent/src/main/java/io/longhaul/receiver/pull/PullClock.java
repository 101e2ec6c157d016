package io.longhaul.receiver.pull;

import io.longhaul.protocol.pipe.Uptime;
import io.longhaul.protocol.retry.Sleeper;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * What time and chance are to a puller; tests have their own.
 *
 * @param nanos elapsed time, suspensions of the machine included, in nanoseconds
 * @param sleeper waits
 * @param random in [0, 1)
 */
public record PullClock(LongSupplier nanos, Sleeper sleeper, DoubleSupplier random) {
  /** The real ones. */
  public static final PullClock REAL =
      new PullClock(
          Uptime::machineNanos, Sleeper.REAL, () -> ThreadLocalRandom.current().nextDouble());

  /** Returns the elapsed time, in nanoseconds from an unknown beginning. */
  public long now() {
    return nanos.getAsLong();
  }
}

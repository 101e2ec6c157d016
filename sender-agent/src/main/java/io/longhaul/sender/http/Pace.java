package io.longhaul.sender.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How fast one identity may read, over all its connections: a token bucket whose tokens are handed
 * out in the order of asking, ahead of time. Whoever asks is told how long to wait, so nobody is
 * kept waiting by others but for their turn. Thread-safe.
 */
final class Pace {
  private static final Duration BURST = Duration.ofMillis(100);
  private static final long NANOS = Duration.ofSeconds(1).toNanos();

  /* With as many connections as one transfer has (96), each gets bytes every second: one that has
   * none for three is given up by its reader. */
  private static final int SLICES = 128;
  private static final long LARGEST_SLICE = 1 << 20;

  private final long bytesPerSecond;
  private final LongSupplier nanos;

  /* What was handed out is paid for at this time. */
  @GuardedBy("this")
  private long paid;

  /**
   * Creates a pace.
   *
   * @param bytesPerSecond 1 or more
   * @param nanos {@link System#nanoTime}
   */
  Pace(long bytesPerSecond, LongSupplier nanos) {
    this.bytesPerSecond = bytesPerSecond;
    this.nanos = nanos;
    this.paid = nanos.getAsLong() - BURST.toNanos();
  }

  /** Returns how many bytes to ask for at once, of {@code left}. */
  long slice(long left) {
    return Math.min(left, Math.clamp(bytesPerSecond / SLICES, 1, LARGEST_SLICE));
  }

  /** Hands out a slice; returns how long to wait before it is sent, in nanoseconds, 0 or more. */
  synchronized long take(long slice) {
    long now = nanos.getAsLong();
    long start = now - paid > BURST.toNanos() ? now - BURST.toNanos() : paid;
    paid = start + (long) ((double) slice * NANOS / bytesPerSecond);
    return Math.max(0, paid - now);
  }
}

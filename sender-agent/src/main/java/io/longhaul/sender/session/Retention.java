package io.longhaul.sender.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Says when what is left of an ended session may go. Nothing goes by its age while the wall clock
 * cannot be trusted: within an hour of boot, or after it has jumped since this agent was started.
 * Thread-safe.
 */
final class Retention {
  /** How long the directory of a session is kept that failed but may be resumed. */
  static final Duration RESUMABLE = Duration.ofHours(24);

  private static final Duration AFTER_BOOT = Duration.ofHours(1);
  private static final Duration MOST_DRIFT = Duration.ofMinutes(5);
  private static final Path UPTIME = Path.of("/proc/uptime");

  /** Reads the time since the machine was started. */
  @FunctionalInterface
  interface Uptime {
    /** Returns it. */
    Duration read() throws IOException;
  }

  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Uptime uptime;
  private final Instant startedAt;
  private final long startedNanos;

  Retention(InstantSource clock, LongSupplier nanos, Uptime uptime) {
    this.clock = clock;
    this.nanos = nanos;
    this.uptime = uptime;
    this.startedAt = clock.instant();
    this.startedNanos = nanos.getAsLong();
  }

  /** Returns the uptime of this machine (proc_uptime(5)). */
  static Duration machineUptime() throws IOException {
    String seconds = Files.readString(UPTIME).split(" ", 2)[0];
    return Duration.ofMillis((long) (Double.parseDouble(seconds) * 1000));
  }

  /** Returns whether the wall clock may decide. */
  boolean clockIsTrusted() throws IOException {
    Duration byWall = Duration.between(startedAt, clock.instant());
    Duration byNanos = Duration.ofNanos(nanos.getAsLong() - startedNanos);
    return uptime.read().compareTo(AFTER_BOOT) >= 0
        && byWall.minus(byNanos).abs().compareTo(MOST_DRIFT) <= 0;
  }

  /** Returns whether more than {@code kept} has passed since {@code then}, for certain. */
  boolean isOver(Instant then, Duration kept) throws IOException {
    return clockIsTrusted() && clock.instant().isAfter(then.plus(kept));
  }
}

package io.longhaul.protocol.spool;

import io.longhaul.protocol.pipe.Uptime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Says when what is left of a session may go. Nothing goes by its age while the wall clock cannot
 * be trusted: within an hour of boot, or after it has jumped since this agent was started.
 * Thread-safe.
 */
public final class Retention {
  private static final Duration AFTER_BOOT = Duration.ofHours(1);
  private static final Duration MOST_DRIFT = Duration.ofMinutes(5);

  private final InstantSource clock;
  private final Uptime uptime;
  private final Instant bootAtStart;

  /** Creates the rule for a machine, now that its agent starts. */
  public Retention(InstantSource clock, Uptime uptime) {
    this.clock = clock;
    this.uptime = uptime;
    this.bootAtStart = boot();
  }

  /** The wall clock's time of boot: it stays what it is unless the clock is set. */
  private Instant boot() {
    return clock.instant().minus(uptime.now());
  }

  /** Returns why nothing may go by its age now; empty if the wall clock may decide. */
  public Optional<String> distrust() {
    if (uptime.now().compareTo(AFTER_BOOT) < 0) {
      return Optional.of("not judged by age within an hour of boot");
    }
    Duration jump = Duration.between(bootAtStart, boot());
    return jump.abs().compareTo(MOST_DRIFT) > 0
        ? Optional.of("not judged by age, as the clock has jumped since the agent was started")
        : Optional.empty();
  }

  /** Returns whether more than {@code kept} has passed since {@code then}, for certain. */
  public boolean isOver(Instant then, Duration kept) {
    return distrust().isEmpty() && clock.instant().isAfter(then.plus(kept));
  }

  /**
   * Forgets the tombstones that are past their retention.
   *
   * @throws IOException if they cannot be listed or deleted
   */
  public void expire(Tombstones<?> tombstones) throws IOException {
    if (distrust().isEmpty()) {
      tombstones.expire(clock.instant().minus(Tombstones.RETENTION));
    }
  }
}

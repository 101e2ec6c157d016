package io.longhaul.coordinator.run;

import io.longhaul.protocol.config.TimeSpan;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.wire.SessionLimits;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Sees that no wait is unbounded (design section 5). Each agent keeps the same limits by itself;
 * the coordinator comes a little later, so that the agent's own reason is the one that is told.
 * Pure.
 *
 * @param limits how long the session may stand still
 * @param margin how much later than the agents the coordinator ends it
 */
public record Watchdog(SessionLimits limits, Duration margin) {
  private static final Duration MARGIN = Duration.ofSeconds(30);

  /** A watchdog that leaves the agents the time to act first. */
  public static Watchdog of(SessionLimits limits) {
    return new Watchdog(limits, MARGIN);
  }

  /** Returns why the session has to be ended, if it has to. */
  public Optional<Failure> bark(View view) {
    if (view.waitsForAPerson()) {
      return Optional.empty();
    }
    Duration still = view.sinceProgress();
    Optional<Duration> away =
        Stream.of(view.send().away(view.nowNanos()), view.receiverAway(), view.senderAway())
            .flatMap(Optional::stream)
            .max(Duration::compareTo);
    if (away.isEmpty()) {
      return over(still, limits.stalled())
          ? Optional.of(
              Failure.resumable(
                  FailureKind.STALLED,
                  "Nothing has moved for "
                      + TimeSpan.display(still)
                      + ", the limit is "
                      + TimeSpan.display(limits.stalled())
                      + " (--stalled)"))
          : Optional.empty();
    }
    boolean both = over(away.get(), limits.unreachable()) && over(still, limits.unreachable());
    return both
        ? Optional.of(
            Failure.resumable(
                FailureKind.UNREACHABLE,
                "One side has been out of reach for "
                    + TimeSpan.display(away.get())
                    + ", the limit is "
                    + TimeSpan.display(limits.unreachable())
                    + " (--unreachable)"))
        : Optional.empty();
  }

  private boolean over(Duration time, Duration limit) {
    return time.compareTo(limit.plus(margin)) > 0;
  }
}

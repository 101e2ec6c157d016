package io.longhaul.coordinator.run;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the coordinator knows of one side of a session. Times are of {@link System#nanoTime}.
 *
 * @param status the newest status that came
 * @param statusNanos when it came; meaningless without one
 * @param awaySinceNanos since when the agent does not answer, if it does not
 * @param trouble why it does not answer
 * @param gone whether the agent answered that it does not know the session
 */
public record Sight<S>(
    Optional<S> status,
    long statusNanos,
    OptionalLong awaySinceNanos,
    Optional<String> trouble,
    boolean gone) {

  /** Nothing was heard yet, and nobody was asked. */
  public static <S> Sight<S> none() {
    return new Sight<>(Optional.empty(), 0, OptionalLong.empty(), Optional.empty(), false);
  }

  /** A status that has just come. */
  public static <S> Sight<S> of(S status, long nowNanos) {
    return new Sight<>(
        Optional.of(status), nowNanos, OptionalLong.empty(), Optional.empty(), false);
  }

  /** What is known after the agent did not answer. */
  public Sight<S> silent(String why, long nowNanos) {
    return new Sight<>(
        status,
        statusNanos,
        OptionalLong.of(awaySinceNanos.orElse(nowNanos)),
        Optional.of(why),
        gone);
  }

  /** What is known after the agent answered that there is no such session. */
  public Sight<S> lost() {
    return new Sight<>(status, statusNanos, OptionalLong.empty(), Optional.empty(), true);
  }

  /** Returns whether the agent has answered or is known not to. */
  boolean heard() {
    return status.isPresent() || awaySinceNanos.isPresent() || gone;
  }

  /** Returns for how long the agent has not answered; empty if it does. */
  public Optional<Duration> away(long nowNanos) {
    return awaySinceNanos.isEmpty()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(nowNanos - awaySinceNanos.getAsLong()));
  }

  /** Returns the time since the status came. */
  public Duration age(long nowNanos) {
    return Duration.ofNanos(nowNanos - statusNanos);
  }
}

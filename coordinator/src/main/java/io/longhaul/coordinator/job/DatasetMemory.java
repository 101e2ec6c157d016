package io.longhaul.coordinator.job;

import io.longhaul.coordinator.drive.Outcome;
import io.longhaul.coordinator.drive.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is remembered of one dataset of a job.
 *
 * @param source empty for a placeholder
 * @param target its place on the target
 * @param state how the last run stood with it
 * @param failures how often in a row it failed
 * @param code a stable word for why it is not done
 * @param message the same in words, cut if it is long
 * @param lastSuccess when it was last done
 * @param newest the newest snapshots of both sides when that was last known
 * @param next when it is tried again, if its run waits for that
 */
public record DatasetMemory(
    Optional<String> source,
    String target,
    Outcome.State state,
    int failures,
    Optional<String> code,
    Optional<String> message,
    Optional<Instant> lastSuccess,
    Optional<Standing.Lag> newest,
    Optional<Instant> next) {
  private static final int MOST_MESSAGE = 600;

  /**
   * Remembers how a run stands with a dataset.
   *
   * @param started when the run started
   */
  static DatasetMemory of(
      Outcome outcome,
      Optional<DatasetMemory> before,
      Optional<Standing.Lag> newest,
      Instant started,
      Instant now) {
    boolean done = outcome.state() == Outcome.State.DONE;
    Optional<Instant> last = before.flatMap(DatasetMemory::lastSuccess);
    boolean known = last.filter(at -> !at.isBefore(started)).isPresent();
    return new DatasetMemory(
        outcome.source().map(Object::toString),
        outcome.target().toString(),
        outcome.state(),
        outcome.failures(),
        outcome.code(),
        outcome.message().map(DatasetMemory::cut),
        done && !known ? Optional.of(now) : last,
        newest,
        outcome.again().map(now::plus));
  }

  private static String cut(String message) {
    return message.length() <= MOST_MESSAGE ? message : message.substring(0, MOST_MESSAGE) + "…";
  }

  /** Returns how much older the target's newest snapshot is; empty if there is none. */
  public Optional<Duration> lag() {
    return newest.flatMap(Standing.Lag::time);
  }

  /** Returns whether the source has a snapshot and the target none. */
  boolean lacksCopy() {
    return newest.filter(both -> both.target().isEmpty()).isPresent();
  }
}

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
 */
public record DatasetMemory(
    Optional<String> source,
    String target,
    Outcome.State state,
    int failures,
    Optional<String> code,
    Optional<String> message,
    Optional<Instant> lastSuccess,
    Optional<Standing.Lag> newest) {
  private static final int MOST_MESSAGE = 600;

  static DatasetMemory of(
      Outcome outcome, Optional<DatasetMemory> before, Optional<Standing.Lag> newest, Instant now) {
    boolean done = outcome.state() == Outcome.State.DONE;
    boolean wasDone = before.filter(it -> it.state == Outcome.State.DONE).isPresent();
    Optional<Instant> last = before.flatMap(DatasetMemory::lastSuccess);
    return new DatasetMemory(
        outcome.source().map(Object::toString),
        outcome.target().toString(),
        outcome.state(),
        outcome.failures(),
        outcome.code(),
        outcome.message().map(DatasetMemory::cut),
        done && !(wasDone && last.isPresent()) ? Optional.of(now) : last,
        newest.or(() -> before.flatMap(DatasetMemory::newest)));
  }

  private static String cut(String message) {
    return message.length() <= MOST_MESSAGE ? message : message.substring(0, MOST_MESSAGE) + "…";
  }

  /** Returns how much older the target's newest snapshot is; empty if there is none. */
  public Optional<Duration> lag() {
    return newest.flatMap(Standing.Lag::time);
  }
}

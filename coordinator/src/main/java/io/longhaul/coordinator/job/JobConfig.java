package io.longhaul.coordinator.job;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.longhaul.coordinator.plan.Guarantee;
import io.longhaul.coordinator.plan.Intermediates;
import io.longhaul.protocol.config.TimeSpan;
import io.longhaul.protocol.grant.DatasetFilter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A job in the coordinator's configuration file, as it is written there. {@link Job} says what is
 * meant by what is left out.
 *
 * @param source the dataset to replicate with those below it, such as {@code office:tank/vm}
 * @param target where its copy belongs, such as {@code vault:backup/vm}
 * @param filter which datasets of the source are sent
 * @param snapshots which of their snapshots
 * @param intermediates all of these or only the newest
 * @param send flags of {@code zfs send}
 * @param receive how {@code zfs receive} is told to receive
 * @param guarantee what is protected from being destroyed
 * @param rollback whether what stands in the way on the target may be destroyed
 * @param schedule when it runs; without one only by hand
 * @param retries how long a run is tried
 * @param concurrency how much is done at the same time
 * @param inactivity how long a stream may stand still
 * @param hooks local commands around a run
 */
public record JobConfig(
    String source,
    String target,
    Optional<DatasetFilter> filter,
    Optional<Snapshots> snapshots,
    Optional<Which> intermediates,
    Optional<Send> send,
    Optional<Receive> receive,
    Optional<Guarantees> guarantee,
    Optional<Boolean> rollback,
    Optional<Times> schedule,
    Optional<Retries> retries,
    Optional<Concurrency> concurrency,
    Optional<Inactivity> inactivity,
    Optional<Hooks> hooks) {

  /**
   * Regular expressions that are searched in what stands after the {@code @}.
   *
   * @param include one must be found; all pass without it
   * @param exclude none may be found
   */
  public record Snapshots(Optional<List<String>> include, Optional<List<String>> exclude) {}

  /** Which of the snapshots that the target lacks. */
  public enum Which {
    @JsonProperty("all")
    ALL(Intermediates.ALL),
    @JsonProperty("newest")
    NEWEST(Intermediates.NEWEST);

    private final Intermediates meant;

    Which(Intermediates meant) {
      this.meant = meant;
    }

    Intermediates meant() {
      return meant;
    }
  }

  /** Flags of {@code zfs send}; each is off unless it is true. */
  public record Send(
      Optional<Boolean> raw,
      Optional<Boolean> compressed,
      Optional<Boolean> largeBlocks,
      Optional<Boolean> embedded,
      Optional<Boolean> properties) {}

  /**
   * How the target receives.
   *
   * @param mounted whether what was received is mounted; not unless it is true
   * @param set properties for {@code -o}; {@code readonly: on} is among them unless it is said
   *     otherwise here or under {@code inherit}
   * @param inherit properties for {@code -x}
   */
  public record Receive(
      Optional<Boolean> mounted,
      Optional<Map<String, String>> set,
      Optional<List<String>> inherit) {}

  /**
   * What is protected.
   *
   * @param initial around a dataset's first stream
   * @param incremental around every other
   */
  public record Guarantees(Optional<Kind> initial, Optional<Kind> incremental) {}

  /** A guarantee, in zrepl's words. */
  public enum Kind {
    @JsonProperty("resumability")
    RESUMABILITY(Guarantee.RESUMABILITY),
    @JsonProperty("incremental")
    INCREMENTAL(Guarantee.INCREMENTAL),
    @JsonProperty("nothing")
    NOTHING(Guarantee.NOTHING);

    private final Guarantee meant;

    Kind(Guarantee meant) {
      this.meant = meant;
    }

    Guarantee meant() {
      return meant;
    }
  }

  /**
   * When it runs: one of both.
   *
   * @param every from start to start
   * @param cron five fields of crontab(5)
   * @param zone whose clock on the wall {@code cron} means; the machine's own without it
   */
  public record Times(Optional<TimeSpan> every, Optional<String> cron, Optional<String> zone) {}

  /**
   * How long a run is tried before it gives up, until the next.
   *
   * @param failures of one dataset in a row
   * @param unreachable for how long in a row an agent may not answer
   * @param heals how often for one dataset a token is dropped, or a plan made anew because a
   *     snapshot vanished
   */
  public record Retries(
      Optional<Integer> failures, Optional<TimeSpan> unreachable, Optional<Integer> heals) {}

  /**
   * How much is done at the same time.
   *
   * @param streams of this job
   * @param estimates of how long streams will be
   */
  public record Concurrency(Optional<Integer> streams, Optional<Integer> estimates) {}

  /**
   * How long a stream may stand still.
   *
   * @param stalled while both sides can be reached
   * @param unreachable while one cannot
   */
  public record Inactivity(Optional<TimeSpan> stalled, Optional<TimeSpan> unreachable) {}

  /**
   * Local commands, each a list of arguments that no shell sees.
   *
   * @param before a run; the run does not happen if it fails
   * @param after a run, however it ended
   * @param timeout how long each may take
   */
  public record Hooks(
      Optional<List<String>> before, Optional<List<String>> after, Optional<TimeSpan> timeout) {}
}

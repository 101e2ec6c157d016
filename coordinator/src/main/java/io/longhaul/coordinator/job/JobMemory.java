package io.longhaul.coordinator.job;

import io.longhaul.coordinator.drive.Standing;
import io.longhaul.coordinator.schedule.LastRun;
import io.longhaul.protocol.zfs.DatasetName;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/*
 * Nothing here is needed to go on with a transfer: agents and ZFS have all of that. Without it, it is only
 * forgotten when the job ran.
 */

/**
 * What is remembered of a job.
 *
 * @param format of the file
 * @param knownSince when the daemon first saw the job
 * @param started when its last run started
 * @param ended when that ended; empty while it runs, and if it was interrupted
 * @param lastSuccess when a run last ended with all datasets done
 * @param lastGood whether the last run that ended was good; empty if none has
 * @param problem why the last run as a whole came to nothing, or whom it waits for
 * @param problemSince since when there is a problem
 * @param streams how many streams the last run had to send
 * @param streamsDone how many of them have ended well
 * @param bytes what the target was given
 * @param expectedBytes how much that will be in the end, as far as it is known
 * @param datasets how it stands with each
 */
public record JobMemory(
    int format,
    Instant knownSince,
    Optional<Instant> started,
    Optional<Instant> ended,
    Optional<Instant> lastSuccess,
    Optional<Boolean> lastGood,
    Optional<String> problem,
    Optional<Instant> problemSince,
    int streams,
    int streamsDone,
    long bytes,
    long expectedBytes,
    List<DatasetMemory> datasets) {
  /** The format that is written. */
  static final int FORMAT = 1;

  /* Links may be away; somebody should know of one that is away for longer. */
  private static final Duration OUTAGE = Duration.ofHours(1);

  public JobMemory {
    datasets = List.copyOf(datasets);
  }

  /** Returns what is remembered of a job that was never seen before. */
  public static JobMemory fresh(Instant now) {
    return new JobMemory(
        FORMAT,
        now,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        0,
        0,
        0,
        List.of());
  }

  /** Returns as much as the schedule needs. */
  public LastRun lastRun() {
    return new LastRun(knownSince, started, ended.isPresent());
  }

  /** Returns the same when a run starts. */
  public JobMemory starting(Instant now) {
    return new JobMemory(
        FORMAT,
        knownSince,
        Optional.of(now),
        Optional.empty(),
        lastSuccess,
        lastGood,
        Optional.empty(),
        Optional.empty(),
        0,
        0,
        0,
        0,
        datasets);
  }

  /** Returns the same when its run stands like this. */
  public JobMemory with(Standing standing, Instant now) {
    var before = new HashMap<String, DatasetMemory>();
    datasets.forEach(dataset -> before.put(dataset.target(), dataset));
    Map<DatasetName, Standing.Lag> lags = standing.lags();
    List<DatasetMemory> after =
        standing.outcomes().isEmpty()
            ? datasets // nothing was heard yet
            : standing.outcomes().stream()
                .map(outcome ->
                    DatasetMemory.of(
                        outcome,
                        Optional.ofNullable(before.get(outcome.target().toString())),
                        Optional.ofNullable(lags.get(outcome.target())),
                        started.orElse(now),
                        now))
                .toList();
    Optional<String> problem = standing.fatal().map(Standing.Fatal::message).or(standing::away);
    return new JobMemory(
        FORMAT,
        knownSince,
        started,
        ended,
        lastSuccess,
        lastGood,
        problem,
        problem.map(_ -> problemSince.orElse(now)),
        standing.streams(),
        standing.streamsDone(),
        standing.bytes(),
        standing.expectedBytes(),
        after);
  }

  /** Returns the same when its run has ended. */
  public JobMemory ended(Instant now) {
    boolean good = problem.isEmpty() && troubled().isEmpty();
    return new JobMemory(
        FORMAT,
        knownSince,
        started,
        Optional.of(now),
        good ? Optional.of(now) : lastSuccess,
        Optional.of(good),
        problem,
        problemSince,
        streams,
        streamsDone,
        bytes,
        expectedBytes,
        datasets);
  }

  /** Returns the same when its run came to nothing. */
  public JobMemory failed(String why, Instant now) {
    return new JobMemory(
        FORMAT,
        knownSince,
        started,
        ended,
        lastSuccess,
        lastGood,
        Optional.of(why),
        Optional.of(now),
        streams,
        streamsDone,
        bytes,
        expectedBytes,
        datasets);
  }

  /** Returns whether a run is going on, or was interrupted. */
  public boolean running() {
    return started.isPresent() && ended.isEmpty();
  }

  /** Returns the datasets that need somebody's attention. */
  public List<DatasetMemory> troubled() {
    return datasets.stream().filter(dataset -> dataset.state().bad()).toList();
  }

  /**
   * Returns whether the last run that has ended was good, or none has, and nothing needs attention
   * now. A run may wait for an agent that is away for an hour.
   */
  public boolean good(Instant now) {
    boolean outage =
        problemSince.filter(since -> !running() || since.plus(OUTAGE).isBefore(now)).isPresent();
    return lastGood.orElse(true) && !outage && troubled().isEmpty();
  }

  /**
   * Returns how far the target that is farthest behind is behind; empty if a dataset has no copy at
   * all, or none has a snapshot.
   */
  public Optional<Duration> lag() {
    if (datasets.stream().anyMatch(DatasetMemory::lacksCopy)) {
      return Optional.empty();
    }
    return datasets.stream()
        .flatMap(dataset -> dataset.lag().stream())
        .max(Comparator.naturalOrder());
  }
}

package io.longhaul.coordinator.show;

import io.longhaul.coordinator.job.DatasetMemory;
import io.longhaul.coordinator.job.Job;
import io.longhaul.coordinator.job.JobMemory;
import io.longhaul.coordinator.schedule.Schedule;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.config.TimeSpan;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A job for people and, as JSON, for programs.
 *
 * @param name the job
 * @param source the machine and root of the source
 * @param target the same of the target
 * @param schedule when it runs
 * @param running whether it runs, or was interrupted
 * @param good whether the last run that ended was good and nothing needs attention
 * @param lastStart when that started
 * @param lastEnd when that ended
 * @param lastSuccess when one last ended with all done
 * @param next when it starts again
 * @param lag how far the target that is farthest behind is behind; none if a dataset has no copy
 * @param problem why its last run as a whole came to nothing, or whom it waits for
 * @param streams how many streams the last run had
 * @param streamsDone how many of them have ended well
 * @param bytes what they brought
 * @param expectedBytes what they will have brought in the end, as far as it is known
 * @param datasets how it stands with each
 */
public record JobText(
    String name,
    String source,
    String target,
    Optional<String> schedule,
    boolean running,
    boolean good,
    Optional<Instant> lastStart,
    Optional<Instant> lastEnd,
    Optional<Instant> lastSuccess,
    Optional<Instant> next,
    Optional<Duration> lag,
    Optional<String> problem,
    int streams,
    int streamsDone,
    long bytes,
    long expectedBytes,
    List<DatasetText> datasets) {

  /** What is told of a dataset. */
  public record DatasetText(DatasetMemory dataset, Optional<Duration> lag) {}

  /** Puts a job into words. */
  public static JobText of(Job job, Optional<JobMemory> memory, Instant now) {
    JobMemory known = memory.orElseGet(() -> JobMemory.fresh(now));
    Optional<Instant> next =
        job.schedule()
            .filter(_ -> !known.running())
            .map(schedule -> schedule.due(known.lastRun(), now));
    return new JobText(
        job.name(),
        job.source() + ":" + job.sourceRoot(),
        job.target() + ":" + job.targetRoot(),
        job.schedule().map(Schedule::toString),
        known.running(),
        known.good(now),
        known.started(),
        known.ended(),
        known.lastSuccess(),
        next,
        known.lag(),
        known.problem(),
        known.streams(),
        known.streamsDone(),
        known.bytes(),
        known.expectedBytes(),
        known.datasets().stream().map(it -> new DatasetText(it, it.lag())).toList());
  }

  /** Returns the heads of the columns. */
  public static Table table() {
    return new Table("JOB", "FROM", "TO", "SCHEDULE", "LAST RUN", "RESULT", "BEHIND", "NEXT");
  }

  /** Adds a line about the job. */
  public void row(Table table, Instant now) {
    table.row(
        name,
        source,
        target,
        schedule.orElse("by hand"),
        lastStart.map(at -> ago(at, now)).orElse("never"),
        result(),
        lag.map(TimeSpan::display).orElse("?"),
        next.map(at -> in(at, now)).orElse(running ? "runs" : "by hand"));
  }

  private String result() {
    long bad = datasets.stream().filter(it -> it.dataset().state().bad()).count();
    String notDone = bad + " not done";
    if (running) {
      return "running"
          + (streams > 0 ? " %d of %d".formatted(streamsDone, streams) : "")
          + (good ? "" : bad > 0 ? ", " + notDone : ", the last run failed");
    }
    if (lastStart.isEmpty()) {
      return "";
    }
    return good ? "done" : problem.isPresent() ? "failed" : notDone;
  }

  private static String ago(Instant at, Instant now) {
    return TimeSpan.display(Duration.between(at, now).abs()) + " ago";
  }

  private static String in(Instant at, Instant now) {
    return at.isAfter(now) ? "in " + TimeSpan.display(Duration.between(now, at)) : "now";
  }

  /** Returns all about the job. */
  public List<String> lines(Instant now) {
    var lines = new ArrayList<String>();
    lines.add("job " + name + "  " + source + " → " + target);
    lines.add("  schedule      " + schedule.orElse("by hand"));
    lines.add("  last start    " + lastStart.map(at -> moment(at, now)).orElse("never"));
    lines.add("  last success  " + lastSuccess.map(at -> moment(at, now)).orElse("never"));
    lines.add(
        "  next          "
            + next.map(at -> at.isAfter(now) ? moment(at, now) + ", " + in(at, now) : "now")
                .orElse(running ? "when this run has ended" : "by hand"));
    lines.add("  behind        " + lag.map(TimeSpan::display).orElse("?"));
    lines.add("  result        " + (lastStart.isEmpty() ? "none yet" : result() + "; " + sizes()));
    problem.ifPresent(why -> lines.add("  problem       " + why));
    if (!datasets.isEmpty()) {
      Table table =
          new Table("DATASET", "STATE", "BEHIND", "SOURCE HAS", "TARGET HAS", "DONE", "NEXT");
      datasets.forEach(it -> row(table, it, now));
      table.lines().forEach(line -> lines.add("  " + line));
    }
    for (DatasetText it : datasets) {
      it.dataset().message().ifPresent(why -> lines.add("  " + it.dataset().target() + ": " + why));
    }
    return lines;
  }

  private String sizes() {
    return "%d of %d streams, %s of %s"
        .formatted(streamsDone, streams, DataSize.display(bytes), DataSize.display(expectedBytes));
  }

  private static void row(Table table, DatasetText it, Instant now) {
    DatasetMemory dataset = it.dataset();
    table.row(
        dataset.target(),
        dataset.state().text() + dataset.code().map(code -> " (" + code + ")").orElse(""),
        it.lag().map(TimeSpan::display).orElse("?"),
        dataset.newest().map(lag -> "@" + lag.source().name()).orElse("?"),
        dataset.newest().flatMap(lag -> lag.target()).map(at -> "@" + at.name()).orElse("none"),
        dataset.lastSuccess().map(at -> ago(at, now)).orElse("never"),
        dataset.next().map(at -> in(at, now)).orElse(""));
  }

  private static String moment(Instant at, Instant now) {
    String time = at.truncatedTo(ChronoUnit.SECONDS).toString();
    return at.isAfter(now) ? time : time + ", " + ago(at, now);
  }
}

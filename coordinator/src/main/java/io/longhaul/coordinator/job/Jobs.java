package io.longhaul.coordinator.job;

import io.longhaul.protocol.zfs.DatasetName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The jobs of a configuration, checked one by one and against each other. */
public final class Jobs {
  private Jobs() {}

  /**
   * Returns every fault, each as {@code key: what is wrong}.
   *
   * @param knowsSource whether a machine with a sender-agent is configured under a name
   * @param knowsTarget the same for a receiver-agent
   */
  public static List<String> problems(
      Map<String, JobConfig> configured,
      Predicate<String> knowsSource,
      Predicate<String> knowsTarget) {
    var problems = new ArrayList<String>();
    var jobs = new ArrayList<Job>();
    for (Map.Entry<String, JobConfig> entry : new TreeMap<>(configured).entrySet()) {
      var reader = new JobReader(entry.getKey(), entry.getValue());
      Optional<Job> job = reader.read(entry.getKey());
      problems.addAll(reader.problems());
      job.ifPresent(jobs::add);
    }
    for (Job job : jobs) {
      if (!knowsSource.test(job.source())) {
        problems.add(unknown(job, "source", job.source(), "sender"));
      }
      if (!knowsTarget.test(job.target())) {
        problems.add(unknown(job, "target", job.target(), "receiver"));
      }
    }
    problems.addAll(collisions(jobs));
    return problems;
  }

  private static String unknown(Job job, String end, String machine, String role) {
    return "jobs.%s.%s: agents names no '%s' with a %s".formatted(job.name(), end, machine, role);
  }

  /** Two jobs that write into one tree could undo each other's work. */
  private static List<String> collisions(List<Job> jobs) {
    var problems = new ArrayList<String>();
    var byMachine = new HashMap<String, List<Job>>();
    for (Job job : jobs) {
      for (Job other : byMachine.computeIfAbsent(job.target(), _ -> new ArrayList<>())) {
        if (overlap(job.targetRoot(), other.targetRoot())) {
          problems.add(
              "jobs.%s.target: %s:%s and the target of job %s, %s, must not be the same or one below the other"
                  .formatted(
                      job.name(),
                      job.target(),
                      job.targetRoot(),
                      other.name(),
                      other.targetRoot()));
        }
      }
      byMachine.get(job.target()).add(job);
    }
    return problems;
  }

  private static boolean overlap(DatasetName a, DatasetName b) {
    return a.equals(b) || a.isBelow(b) || b.isBelow(a);
  }

  /**
   * Returns the jobs of a configuration that has no {@link #problems}, by name.
   *
   * @throws IllegalArgumentException if it has some
   */
  public static List<Job> of(Map<String, JobConfig> configured) {
    return new TreeMap<>(configured)
        .entrySet().stream()
            .map(entry -> {
              var reader = new JobReader(entry.getKey(), entry.getValue());
              return reader
                  .read(entry.getKey())
                  .orElseThrow(() -> new IllegalArgumentException(reader.problems().toString()));
            })
            .toList();
  }
}

package io.longhaul.coordinator.testing;

import io.longhaul.coordinator.job.Job;
import io.longhaul.coordinator.job.JobConfig;
import io.longhaul.coordinator.job.Jobs;
import java.util.Map;
import java.util.Optional;

/** Jobs of which little is configured. */
public final class TestJobs {
  private TestJobs() {}

  /** Returns a job named {@code a}. */
  public static Job job(
      String source,
      String target,
      Optional<JobConfig.Times> times,
      Optional<JobConfig.Hooks> hooks) {
    var config =
        new JobConfig(
            source,
            target,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            times,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            hooks);
    return Jobs.of(Map.of("a", config)).getFirst();
  }
}

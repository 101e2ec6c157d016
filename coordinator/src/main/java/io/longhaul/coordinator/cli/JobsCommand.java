package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.CoordinatorConfig;
import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.job.Job;
import io.longhaul.coordinator.job.JobMemory;
import io.longhaul.coordinator.job.StateDirectory;
import io.longhaul.coordinator.show.JobText;
import io.longhaul.coordinator.show.Table;
import io.longhaul.protocol.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coordinator jobs}. */
@Command(
    name = "jobs",
    description = {
      "Lists the jobs of the configuration: how their last run went, how far they are behind, and when they"
          + " run next.",
      "",
      "What the daemon remembers is read from its state directory, on the same machine."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the last run of every job was good",
      "1:one was not, or the daemon does not run",
      "2:the command line or a configuration file is wrong"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  coordinator jobs",
      "  coordinator jobs --json | jq '.jobs[] | select(.good | not)'"
    })
final class JobsCommand implements Callable<Integer> {
  @ParentCommand private CoordinatorCommand parent = new CoordinatorCommand();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--json", description = "one JSON object")
  private boolean json;

  private record Listing(boolean daemon, List<JobText> jobs) {}

  @Override
  public Integer call() throws Exception {
    CoordinatorConfig config = parent.config();
    var state = new StateDirectory(config.stateRoot());
    Instant now = Instant.now();
    var jobs = new ArrayList<JobText>();
    for (Job job : config.jobList()) {
      Optional<JobMemory> memory = state.read(job.name());
      jobs.add(JobText.of(job, memory, now));
    }
    boolean daemon = state.claimed();
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.TOLERANT.writeValueAsString(new Listing(daemon, jobs)));
    } else {
      Table table = JobText.table();
      jobs.forEach(job -> job.row(table, now));
      if (table.isEmpty()) {
        out.println("no jobs; docs/replication.md shows how to write one");
      } else {
        table.lines().forEach(out::println);
      }
      if (!daemon) {
        spec.commandLine().getErr().println("the daemon does not run: " + state.root());
      }
    }
    boolean good = daemon && jobs.stream().allMatch(JobText::good);
    return (good ? ExitCode.DONE : ExitCode.FAILED).number();
  }
}

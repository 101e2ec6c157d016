package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.CommandFailure;
import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.drive.Facts;
import io.longhaul.coordinator.drive.Trouble;
import io.longhaul.coordinator.job.Job;
import io.longhaul.coordinator.job.JobConfig;
import io.longhaul.coordinator.plan.TreePlan;
import io.longhaul.coordinator.remote.AgentSides;
import io.longhaul.coordinator.show.PlanText;
import io.longhaul.protocol.Json;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coordinator plan}. */
@Command(
    name = "plan",
    description = {
      "Shows what would be done to replicate a dataset with all below it, and changes nothing.",
      "",
      "Every zfs command is shown as it would run, with the expected size of each stream; what cannot be"
          + " done is named with the reason and a remedy. coordinator start runs the same plan."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:shown",
      "1:shown, and a dataset has a conflict; or an agent does not answer",
      "2:the command line or a configuration file is wrong"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  coordinator plan office:tank/vm vault:backup/vm",
      "  A job of the configuration:",
      "    coordinator plan nightly --json"
    })
final class PlanCommand implements Callable<Integer> {
  private static final JobConfig.Inactivity AS_USUAL =
      new JobConfig.Inactivity(Optional.empty(), Optional.empty());

  @ParentCommand private CoordinatorCommand parent = new CoordinatorCommand();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      paramLabel = "SOURCE|JOB",
      description = "the dataset, such as office:tank/vm; or a job of the configuration")
  private String source = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TARGET",
      description = "where its copy belongs, such as vault:backup/vm")
  private Optional<String> target = Optional.empty();

  @Mixin private ReplicationOptions options = new ReplicationOptions();

  @Option(names = "--no-sizes", description = "do not estimate how long the streams will be")
  private boolean noSizes;

  @Option(names = "--json", description = "one JSON object")
  private boolean json;

  private Job configured() throws Exception {
    Job job = parent.job(source);
    UnusedOptions.refuse(
        spec,
        ReplicationOptions.names(),
        "plan job " + source,
        "is for datasets on the command line; the configuration says all about a job");
    return job;
  }

  @Override
  public Integer call() throws Exception {
    Job job = target.isPresent() ? options.job(source, target.get(), AS_USUAL) : configured();
    var sides = new AgentSides(parent.agents(), job, Instant.now());
    Facts facts;
    TreePlan plan;
    PlanText text;
    try {
      facts = sides.look();
      plan = job.plan(facts);
      text = PlanText.of(job, facts, plan, noSizes ? PlanText.NO_SIZES : sides::estimates);
    } catch (Trouble trouble) {
      throw new CommandFailure(ExitCode.FAILED, trouble.text());
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.FAILED, String.valueOf(e.getMessage()));
    }
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.TOLERANT.writeValueAsString(text));
    } else {
      text.lines().forEach(out::println);
    }
    return (text.conflicts() == 0 ? ExitCode.DONE : ExitCode.FAILED).number();
  }
}

package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.CommandFailure;
import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.job.Job;
import io.longhaul.coordinator.job.StateDirectory;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coordinator wakeup}. */
@Command(
    name = "wakeup",
    description = {
      "Lets the daemon run a job now; if it runs and waits to try something again, it waits no longer."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the daemon was told",
      "1:the daemon does not run",
      "2:the command line or a configuration file is wrong"
    },
    footerHeading = "%nExamples:%n",
    footer = {"  coordinator wakeup nightly"})
final class WakeUpCommand implements Callable<Integer> {
  @ParentCommand private CoordinatorCommand parent = new CoordinatorCommand();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "JOB", description = "a job of the configuration")
  private String name = "";

  @Override
  public Integer call() throws Exception {
    Job job = parent.job(name);
    var state = new StateDirectory(parent.config().stateRoot());
    if (!state.claimed()) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "Tried to wake up job "
              + job.name()
              + " but no daemon runs with "
              + state.root()
              + "; start it, or run the plan by hand with coordinator start");
    }
    state.askToWakeUp(job.name());
    spec.commandLine().getOut().println("told the daemon to wake up job " + job.name());
    return ExitCode.DONE.number();
  }
}

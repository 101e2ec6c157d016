package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.run.Overview;
import io.longhaul.coordinator.run.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coordinator resume}. */
@Command(
    name = "resume",
    description = {
      "Takes a pause back and follows the session to its end, as start does.",
      "",
      "A session that waits because its peer was out of reach for too long is given all of that time"
          + " again. One that runs is only followed: also one whose coordinator was interrupted. All"
          + " that is needed is asked of the agents."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:delivered; with --detach: resumed",
      "1:no such session, a side could not be told, or the transfer failed or was aborted",
      "2:the command line or a configuration file is wrong",
      "3:an inactivity limit passed",
      "130:interrupted; the transfer goes on"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  coordinator resume 01jd3v8x6m0000000000000000",
      "  coordinator resume 01jd3v8x6m0000000000000000 --detach"
    })
final class ResumeCommand implements Callable<Integer> {
  @ParentCommand private CoordinatorCommand parent = new CoordinatorCommand();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private NamedSession session = new NamedSession();

  @Option(names = "--detach", description = "do not follow it")
  private boolean detach;

  @Option(names = "--json", description = "print the report of its end as one JSON object")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    var command = spec.commandLine();
    RunningSession running = RunningSession.find(parent, session.id(), "resume", command.getErr());
    ExitCode told = running.tell(Session::resume, json ? command.getErr() : command.getOut());
    return (detach || told != ExitCode.DONE ? told : follow(running)).number();
  }

  /** Asks once more before it follows: that a limit has passed may be true no longer. */
  private ExitCode follow(RunningSession before) throws Exception {
    Overview.Both now =
        Overview.of(parent.agents(), session.id()).sessions().stream()
            .findFirst()
            .orElse(before.both());
    return new Follow(spec.commandLine(), json).run(now);
  }
}

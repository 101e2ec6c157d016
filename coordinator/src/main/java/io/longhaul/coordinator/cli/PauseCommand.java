package io.longhaul.coordinator.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coordinator pause}. */
@Command(
    name = "pause",
    description = {
      "Stops a session's use of the network until it is resumed.",
      "",
      "Source and sink keep running and wait; what has arrived is still given to the sink. No"
          + " inactivity limit counts meanwhile. A pause outlasts restarts of the agents."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:paused",
      "1:no such session, it has arrived already, or a side could not be told",
      "2:the command line or a configuration file is wrong"
    },
    footerHeading = "%nExamples:%n",
    footer = {"  coordinator pause 01jd3v8x6m0000000000000000 --reason 'office hours'"})
final class PauseCommand implements Callable<Integer> {
  @ParentCommand private CoordinatorCommand parent = new CoordinatorCommand();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private NamedSession session = new NamedSession();

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "by hand",
      description = "what both sides will tell; default: ${DEFAULT-VALUE}")
  private String reason = "";

  @Override
  public Integer call() throws Exception {
    return RunningSession.find(parent, session.id(), "pause", spec.commandLine().getErr())
        .tell(it -> it.pause(reason), spec.commandLine().getOut())
        .number();
  }
}

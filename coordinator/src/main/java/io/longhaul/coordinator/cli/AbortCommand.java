package io.longhaul.coordinator.cli;

import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coordinator abort}. */
@Command(
    name = "abort",
    description = {
      "Ends a session on both sides.",
      "",
      "The sink is ended by a signal before its input ends, so that it does not take what it has for"
          + " the whole. What it had received by then is the sink's own business: zfs receive drops it."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:aborted",
      "1:no such session, or a side could not be told",
      "2:the command line or a configuration file is wrong"
    },
    footerHeading = "%nExamples:%n",
    footer = {"  coordinator abort 01jd3v8x6m0000000000000000 --reason 'wrong snapshot'"})
final class AbortCommand implements Callable<Integer> {
  @ParentCommand private CoordinatorCommand parent = new CoordinatorCommand();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private NamedSession session = new NamedSession();

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "no longer wanted",
      description = "what both sides will tell; default: ${DEFAULT-VALUE}")
  private String reason = "";

  @Override
  public Integer call() throws Exception {
    String user = System.getProperty("user.name");
    Failure why = Failure.permanent(FailureKind.ABORTED, "Aborted by " + user + ": " + reason);
    return RunningSession.find(parent, session.id(), "abort", spec.commandLine().getErr())
        .tell(it -> it.abort(why), spec.commandLine().getOut())
        .number();
  }
}

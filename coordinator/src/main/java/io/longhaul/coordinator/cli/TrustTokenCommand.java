package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.trust.PrivateAuthority;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coordinator trust token}. */
@Command(
    name = "token",
    description = {
      "Makes a bearer token, for an agent on loopback or behind a TLS proxy.",
      "",
      "The token goes to who presents it (token-file), its hash to the agent (listen.tokens). No"
          + " authority is needed. A token of the same name is replaced."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:made", "1:a file cannot be written", "2:the command line is wrong"},
    footerHeading = "%nExamples:%n",
    footer = {"  coordinator trust token vault", "  coordinator trust token vault --directory ."})
final class TrustTokenCommand implements Callable<Integer> {
  @ParentCommand private TrustCommand parent = new TrustCommand();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "NAME", description = "who presents it")
  private String name = "";

  @Override
  public Integer call() throws Exception {
    List<Path> files = PrivateAuthority.token(parent.directory(), name);
    var out = spec.commandLine().getOut();
    out.println("token        " + files.getFirst());
    out.println("for agent    " + files.getLast());
    return ExitCode.DONE.number();
  }
}

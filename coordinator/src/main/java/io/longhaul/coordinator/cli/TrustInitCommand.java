package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.trust.PrivateAuthority;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coordinator trust init}. */
@Command(
    name = "init",
    description = "Makes a private authority, which is good for ten years.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:made", "1:a file cannot be written", "2:there is one already"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  coordinator trust init",
      "  coordinator trust init --directory /root/longhaul-trust"
    })
final class TrustInitCommand implements Callable<Integer> {
  @ParentCommand private TrustCommand parent = new TrustCommand();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--name",
      paramLabel = "TEXT",
      defaultValue = "Longhaul authority",
      description = "what it calls itself; default: ${DEFAULT-VALUE}")
  private String name = "";

  @Override
  public Integer call() throws Exception {
    PrivateAuthority authority =
        PrivateAuthority.init(parent.directory(), name, InstantSource.system());
    var out = spec.commandLine().getOut();
    TrustText.authority(authority).forEach(out::println);
    out.println("revoked      " + authority.revokedFile());
    out.println();
    out.println(
        "Every agent needs these two files. The key beside them leaves this directory never.");
    return ExitCode.DONE.number();
  }
}

package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.trust.Issued;
import io.longhaul.coordinator.trust.PrivateAuthority;
import io.longhaul.protocol.tls.Fingerprint;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coordinator trust revoke}. */
@Command(
    name = "revoke",
    description = {
      "Revokes every certificate of a name that is in force, also those that were renewed.",
      "",
      "Copy the list to every agent and coordinator: it counts from the next request on, without a"
          + " restart, for open connections too. The name may be given a certificate again."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:revoked",
      "1:a file cannot be written",
      "2:the command line is wrong, or nothing of this name is in force"
    },
    footerHeading = "%nExamples:%n",
    footer = {"  coordinator trust revoke console"})
final class TrustRevokeCommand implements Callable<Integer> {
  @ParentCommand private TrustCommand parent = new TrustCommand();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "NAME", description = "who holds them")
  private String name = "";

  @Override
  public Integer call() throws Exception {
    PrivateAuthority authority = parent.authority();
    var out = spec.commandLine().getOut();
    for (Issued issued : authority.revoke(name)) {
      out.println("revoked      " + Fingerprint.of(issued.certificate()));
    }
    out.println("list         " + authority.revokedFile());
    return ExitCode.DONE.number();
  }
}

package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.trust.Issued;
import io.longhaul.coordinator.trust.PrivateAuthority;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coordinator trust renew}. */
@Command(
    name = "renew",
    description = {
      "Makes a new key and a new certificate for a name, for the same hosts and use.",
      "",
      "Copy both to its machine: they count from the next request on, without a restart. The one"
          + " before stays good until it expires."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:issued",
      "1:a file cannot be written, or the authority has expired",
      "2:the command line is wrong, or the name has no certificate"
    },
    footerHeading = "%nExamples:%n",
    footer = {"  coordinator trust renew office"})
final class TrustRenewCommand implements Callable<Integer> {
  @ParentCommand private TrustCommand parent = new TrustCommand();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "NAME", description = "who holds it")
  private String name = "";

  @Mixin private Lifetime lifetime = new Lifetime();

  @Override
  public Integer call() throws Exception {
    PrivateAuthority authority = parent.authority();
    Issued issued = authority.renew(name, lifetime.duration(spec));
    TrustText.issued(authority, issued).forEach(spec.commandLine().getOut()::println);
    return ExitCode.DONE.number();
  }
}

package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.show.Table;
import io.longhaul.coordinator.trust.Issued;
import io.longhaul.coordinator.trust.PrivateAuthority;
import io.longhaul.protocol.tls.Fingerprint;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coordinator trust list}. */
@Command(
    name = "list",
    description = "Shows the authority and everything that it has ever issued.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:shown", "2:the command line is wrong, or there is no authority"},
    footerHeading = "%nExamples:%n",
    footer = {"  coordinator trust list"})
final class TrustListCommand implements Callable<Integer> {
  @ParentCommand private TrustCommand parent = new TrustCommand();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    PrivateAuthority authority = parent.authority();
    var out = spec.commandLine().getOut();
    TrustText.authority(authority).forEach(out::println);
    Table table = new Table("NAME", "STATE", "EXPIRES", "FOR", "HOSTS", "FINGERPRINT");
    Instant now = Instant.now();
    for (Issued issued : authority.issued()) {
      table.row(
          issued.name(),
          issued.revoked() ? "revoked" : issued.inForce(now) ? "good" : "expired",
          issued.expires().toString(),
          TrustText.uses(issued),
          TrustText.hosts(issued),
          Fingerprint.of(issued.certificate()));
    }
    if (!table.isEmpty()) {
      table.lines().forEach(out::println);
    }
    return ExitCode.DONE.number();
  }
}

package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.trust.Host;
import io.longhaul.coordinator.trust.Issued;
import io.longhaul.coordinator.trust.PrivateAuthority;
import io.longhaul.protocol.tls.CertificateUse;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coordinator trust issue}. */
@Command(
    name = "issue",
    description = {
      "Makes a key and a certificate for a name.",
      "",
      "Without --host it can only connect, as a coordinator does. With --host it can also be listened"
          + " with, as an agent does: at these hosts, as others write them into URLs."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:issued",
      "1:a file cannot be written, or the authority has expired",
      "2:the command line is wrong, or the name has a certificate"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  A sender-agent, which never connects:",
      "    coordinator trust issue office --host office.example --listen-only",
      "  A receiver-agent:",
      "    coordinator trust issue vault --host vault.example --host 10.8.0.2",
      "  A coordinator:",
      "    coordinator trust issue console"
    })
final class TrustIssueCommand implements Callable<Integer> {
  @ParentCommand private TrustCommand parent = new TrustCommand();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "who holds it, as agents will list it")
  private String name = "";

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "a DNS name or IP address to listen at; may be given again")
  private List<Host> hosts = List.of();

  @Option(names = "--listen-only", description = "it cannot be used to connect to others")
  private boolean listenOnly;

  @Mixin private Lifetime lifetime = new Lifetime();

  @Override
  public Integer call() throws Exception {
    if (listenOnly && hosts.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--listen-only needs a --host");
    }
    PrivateAuthority authority = parent.authority();
    Issued issued = authority.issue(name, hosts, uses(), lifetime.duration(spec));
    TrustText.issued(authority, issued).forEach(spec.commandLine().getOut()::println);
    return ExitCode.DONE.number();
  }

  private Set<CertificateUse> uses() {
    if (hosts.isEmpty()) {
      return EnumSet.of(CertificateUse.CONNECT);
    }
    return listenOnly ? EnumSet.of(CertificateUse.LISTEN) : EnumSet.allOf(CertificateUse.class);
  }
}

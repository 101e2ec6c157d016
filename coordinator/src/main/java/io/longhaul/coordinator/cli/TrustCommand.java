package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.CommandFailure;
import io.longhaul.coordinator.trust.PrivateAuthority;
import io.longhaul.protocol.config.ConfigException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** {@code coordinator trust}. */
@Command(
    name = "trust",
    description = {
      "Makes the certificates by which agents and coordinators know each other.",
      "",
      "A private authority is a directory on one machine. Whoever reads authority.key in it can be"
          + " anybody; agents need only authority.crt and authority.crl. No agent has to be"
          + " restarted for a new certificate or list: copy the file."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      TrustInitCommand.class,
      TrustIssueCommand.class,
      TrustRenewCommand.class,
      TrustRevokeCommand.class,
      TrustListCommand.class,
      TrustTokenCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:a file cannot be written, or the authority has expired",
      "2:the command line is wrong"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  coordinator trust init",
      "  coordinator trust issue office --host office.example --listen-only",
      "  coordinator trust issue vault --host vault.example --host 10.8.0.2",
      "  coordinator trust issue console",
      "  coordinator trust revoke console"
    })
final class TrustCommand {
  @Option(
      names = "--directory",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description = "where the authority is; default: ~/.config/longhaul/trust")
  private Optional<Path> directory = Optional.empty();

  Path directory() {
    return directory.orElseGet(
        () -> Path.of(System.getProperty("user.home"), ".config/longhaul/trust"));
  }

  PrivateAuthority authority() throws CommandFailure, ConfigException {
    return PrivateAuthority.open(directory(), InstantSource.system());
  }
}

package io.longhaul.coordinator.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code coordinator artifacts}. */
@Command(
    name = "artifacts",
    description = {
      "Lists and releases the holds and bookmarks that jobs leave to protect what they will need."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {ArtifactsListCommand.class, ArtifactsReleaseCommand.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  coordinator artifacts list office:tank vault:backup",
      "  coordinator artifacts release --stale office:tank vault:backup",
      "  coordinator artifacts release --all --job nightly --execute office:tank vault:backup"
    })
final class ArtifactsCommand {
  @ParentCommand private CoordinatorCommand parent = new CoordinatorCommand();

  CoordinatorCommand parent() {
    return parent;
  }
}

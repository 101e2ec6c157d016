package io.longhaul.packaging.bench;

import io.longhaul.protocol.config.DataSize;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options that all benchmarks have. */
final class WorkspaceOptions {
  @Option(
      names = "--directory",
      paramLabel = "DIR",
      defaultValue = "/var/tmp",
      description = "where spools and the file to send lie, in the page cache: ${DEFAULT-VALUE}")
  private Path directory = Path.of("");

  /** Makes the workspace with a file of this size. */
  Workspace open(DataSize file) throws IOException {
    return new Workspace(directory, file);
  }
}

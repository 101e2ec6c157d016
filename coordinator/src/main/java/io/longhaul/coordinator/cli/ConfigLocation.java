package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.CoordinatorConfig;
import io.longhaul.coordinator.agent.Agents;
import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.config.ConfigFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the coordinator's configuration is. */
final class ConfigLocation {
  private static final Path SYSTEM = Path.of("/etc/longhaul/coordinator.yaml");

  private ConfigLocation() {}

  /**
   * Returns the file to read.
   *
   * @param asked the file that the user names
   * @throws ConfigException if the user names none and there is none in the usual places
   */
  static Path find(Optional<Path> asked) throws ConfigException {
    if (asked.isPresent()) {
      return asked.get();
    }
    Path own = Path.of(System.getProperty("user.home"), ".config/longhaul/coordinator.yaml");
    if (Files.exists(own)) {
      return own;
    }
    if (Files.exists(SYSTEM)) {
      return SYSTEM;
    }
    throw new ConfigException(
        "Tried to find the coordinator's configuration but there is neither "
            + own
            + " nor "
            + SYSTEM
            + "; write one, or name one with --config; coordinator --help shows an example",
        null);
  }

  /** Reads the agents out of a file. */
  static Agents read(Path file) throws ConfigException {
    return new Agents(file, ConfigFile.read(file, CoordinatorConfig.class));
  }
}

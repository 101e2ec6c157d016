package io.longhaul.coordinator.cli;

import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How long a new certificate is good. */
final class Lifetime {
  private static final int MOST_DAYS = 825;

  @Option(
      names = "--days",
      paramLabel = "DAYS",
      defaultValue = "365",
      description = "how long it is good, 1 to 825; default: ${DEFAULT-VALUE}")
  private int days;

  /** Returns the time. */
  Duration duration(CommandSpec spec) {
    if (days < 1 || days > MOST_DAYS) {
      throw new ParameterException(
          spec.commandLine(), "--days must be 1 to " + MOST_DAYS + ", was " + days);
    }
    return Duration.ofDays(days);
  }
}

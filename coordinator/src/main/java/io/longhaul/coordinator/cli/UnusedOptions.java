package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.CommandFailure;
import io.longhaul.coordinator.ExitCode;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Options of a command that one of its forms has no use for: to ignore them would deceive. */
final class UnusedOptions {
  private UnusedOptions() {}

  /**
   * Refuses options.
   *
   * @param unused their long names
   * @param what what was tried, for the message
   * @param why what an option is for, and what to do
   * @throws CommandFailure if one was given
   */
  static void refuse(CommandSpec spec, Set<String> unused, String what, String why)
      throws CommandFailure {
    for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
      if (unused.contains(option.longestName())) {
        throw new CommandFailure(
            ExitCode.USAGE, "Tried to %s but %s %s".formatted(what, option.longestName(), why));
      }
    }
  }
}

package io.longhaul.coordinator;

import io.longhaul.coordinator.cli.CoordinatorCommand;
import picocli.CommandLine;

/** The coordinator: starts, watches and ends sessions from the command line. */
public final class CoordinatorMain {
  private CoordinatorMain() {}

  /** Returns the whole command line, ready to be run or described. */
  public static CommandLine commandLine() {
    return CoordinatorCommand.commandLine();
  }

  /** Runs one command and exits with its {@link ExitCode}. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }
}

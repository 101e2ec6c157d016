package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.CommandFailure;
import io.longhaul.coordinator.CoordinatorConfig;
import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.agent.Agents;
import io.longhaul.coordinator.job.Job;
import io.longhaul.coordinator.trust.Host;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.chunk.DigestChoice;
import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.config.ConfigFile;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.config.TimeSpan;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/** The command without a subcommand: says what there is. */
@Command(
    name = "coordinator",
    description = {
      "Carries a stream from one machine to another across a network that breaks.",
      "",
      "The coordinator starts, watches and ends transfers; the sender-agent and the receiver-agent"
          + " carry them. It may run on either of their machines or on a third, and may be stopped at"
          + " any time: transfers do not notice."
    },
    versionProvider = Version.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      PlanCommand.class,
      StartCommand.class,
      StatusCommand.class,
      ListCommand.class,
      PauseCommand.class,
      ResumeCommand.class,
      AbortCommand.class,
      CleanCommand.class,
      JobsCommand.class,
      WakeUpCommand.class,
      DaemonCommand.class,
      ArtifactsCommand.class,
      AgentsCommand.class,
      TrustCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:the transfer failed or was aborted, or an agent does not answer",
      "2:the command line or a configuration file is wrong; nothing was started",
      "3:nothing moved, or a side was out of reach, for longer than the session's limit",
      "130:interrupted; a transfer that runs goes on"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  coordinator agents",
      "  coordinator plan office:tank/vm vault:backup/vm",
      "  coordinator start office:tank/vm vault:backup/vm",
      "  coordinator start office::pg-main vault::pg-main --detach",
      "  coordinator list",
      "  coordinator COMMAND --help",
      "",
      "The agents stand in ~/.config/longhaul/coordinator.yaml:",
      "  agents:",
      "    office: {sender: {url: http://127.0.0.1:7401}}",
      "    vault: {receiver: {url: http://127.0.0.1:7402, token-file: /etc/longhaul/vault.token}}"
    })
public final class CoordinatorCommand {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description =
          "where the agents are; default: ~/.config/longhaul/coordinator.yaml, else"
              + " /etc/longhaul/coordinator.yaml")
  private Optional<Path> config = Optional.empty();

  /** Returns the whole command line. */
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new CoordinatorCommand());
    line.registerConverter(DataSize.class, converter(DataSize::parse));
    line.registerConverter(TimeSpan.class, converter(TimeSpan::parse));
    line.registerConverter(SessionId.class, converter(SessionId::new));
    line.registerConverter(Host.class, converter(Host::new));
    line.registerConverter(DigestChoice.class, converter(DigestChoice::of));
    line.setExecutionExceptionHandler((e, command, _) -> failed(e, command));
    line.setParameterExceptionHandler((e, _) -> misused(e));
    line.setExecutionStrategy(new CommandLine.RunLast());
    return line;
  }

  /**
   * Returns the agents of the configuration.
   *
   * @throws ConfigException if there is no configuration, or it cannot be used
   */
  Agents agents() throws ConfigException {
    Path file = ConfigLocation.find(config);
    return ConfigLocation.read(file);
  }

  /**
   * Returns the configuration.
   *
   * @throws ConfigException if there is none, or it cannot be used
   */
  CoordinatorConfig config() throws ConfigException {
    return ConfigFile.read(ConfigLocation.find(config), CoordinatorConfig.class);
  }

  /**
   * Returns a job of the configuration.
   *
   * @throws CommandFailure if there is none of this name
   */
  Job job(String name) throws ConfigException, CommandFailure {
    List<Job> jobs = config().jobList();
    return jobs.stream()
        .filter(job -> job.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new CommandFailure(
                ExitCode.USAGE,
                "Tried to find job '"
                    + name
                    + "' but the configuration has none of that name; it has: "
                    + (jobs.isEmpty()
                        ? "none at all"
                        : jobs.stream().map(Job::name).collect(Collectors.joining(", ")))));
  }

  private static <T> ITypeConverter<T> converter(Function<String, T> parse) {
    return text -> {
      try {
        return parse.apply(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    };
  }

  private static int failed(Exception e, CommandLine command) throws Exception {
    ExitCode code =
        switch (e) {
          case CommandFailure failure -> failure.code();
          case ConfigException _ -> ExitCode.USAGE;
          case FileSystemException _ -> ExitCode.FAILED;
          default -> throw e;
        };
    command
        .getErr()
        .println(
            e instanceof FileSystemException ? "Tried to use a file but " + e : e.getMessage());
    return code.number();
  }

  private static int misused(CommandLine.ParameterException e) {
    CommandLine command = e.getCommandLine();
    command.getErr().println(e.getMessage());
    command.getErr().println("See: " + command.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USAGE.number();
  }
}

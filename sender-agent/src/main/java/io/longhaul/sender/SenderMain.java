package io.longhaul.sender;

import io.longhaul.protocol.Software;
import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.config.ConfigFile;
import io.longhaul.protocol.failure.AgentFailedException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code sender-agent}. */
@Command(
    name = "sender-agent",
    mixinStandardHelpOptions = true,
    versionProvider = SenderMain.Version.class,
    description =
        "Serves the sending side of transfers: starts sources and hands out their chunks.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:stopped by SIGTERM; the pumps of running sessions go on",
      "1:the agent cannot work: its port or its spool",
      "2:wrong usage or configuration"
    },
    footer = {
      "",
      "Example of a configuration, in /etc/longhaul/sender.yaml:",
      "",
      "  name: office",
      "  listen:",
      "    host: 127.0.0.1",
      "    port: 7421",
      "  spool:",
      "    directory: /var/lib/longhaul/spool",
      "    limit: 1GiB",
      "  streams:",
      "    home:",
      "      command: [tar, -cf, -, -C, /home, .]",
      "      success-codes: [0, 1]",
      "",
      "  sender-agent doctor --config /etc/longhaul/sender.yaml",
      "  sender-agent --config /etc/longhaul/sender.yaml --check",
      "  sender-agent --config /etc/longhaul/sender.yaml"
    })
public final class SenderMain implements Callable<Integer> {
  private static final int STOPPED = 0;
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      defaultValue = "/etc/longhaul/sender.yaml",
      description = "The configuration file (default: ${DEFAULT-VALUE}).")
  private Path config = Path.of("/etc/longhaul/sender.yaml");

  @Option(
      names = "--check",
      description = "Only check the configuration and say what is wrong with it.")
  private boolean check;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Created by picocli. */
  public SenderMain() {}

  /** Runs the agent until it is told to stop. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** Returns the command line, for the program itself and its manual page. */
  public static CommandLine commandLine() {
    return new CommandLine(new SenderMain()).addSubcommand(DoctorCommand.commandLine());
  }

  @Override
  public Integer call() throws InterruptedException {
    try {
      SenderConfig read = ConfigFile.read(config, SenderConfig.class);
      if (check) {
        spec.commandLine().getOut().println(config + ": good");
        return STOPPED;
      }
      stopOnSignal(SenderAgent.start(read));
      new CountDownLatch(1).await();
      return STOPPED;
    } catch (ConfigException e) {
      return failed(e, USAGE);
    } catch (AgentFailedException e) {
      return failed(e, FAILED);
    }
  }

  private int failed(Exception e, int code) {
    spec.commandLine().getErr().println("sender-agent: " + e.getMessage());
    return code;
  }

  /**
   * A JVM that is ended by a signal would exit with 143: after the orderly stop it leaves with 0.
   */
  private static void stopOnSignal(SenderAgent agent) {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(() -> {
                  agent.close();
                  Runtime.getRuntime().halt(STOPPED);
                }));
  }

  /** Tells picocli the version. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {Software.name()};
    }
  }
}

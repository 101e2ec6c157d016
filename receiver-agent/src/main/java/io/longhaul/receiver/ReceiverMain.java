package io.longhaul.receiver;

import io.longhaul.protocol.Software;
import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.config.ConfigFile;
import io.longhaul.protocol.failure.AgentFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program {@code receiver-agent}. */
@Command(
    name = "receiver-agent",
    description = "Pulls streams from sender-agents and feeds them to zfs receive or another sink.",
    mixinStandardHelpOptions = true,
    versionProvider = ReceiverMain.Version.class,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  receiver-agent doctor --config /etc/longhaul/receiver.yaml",
      "  receiver-agent --config /etc/longhaul/receiver.yaml",
      "",
      "Exit status: 0 stopped by SIGTERM or SIGINT, 1 failed, 2 wrong usage or configuration."
    })
public final class ReceiverMain implements Callable<Integer> {
  private static final int STOPPED = 0;
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration (default: ${DEFAULT-VALUE}).",
      defaultValue = "/etc/longhaul/receiver.yaml")
  private Path config = Path.of("/etc/longhaul/receiver.yaml");

  @Option(names = "--check", description = "Only check the configuration.")
  private boolean check;

  /** Runs the agent until it is told to stop. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** Returns the command line, for the program itself and its manual page. */
  public static CommandLine commandLine() {
    return new CommandLine(new ReceiverMain()).addSubcommand(DoctorCommand.commandLine());
  }

  @Override
  public Integer call() throws InterruptedException {
    try {
      ReceiverConfig read = ConfigFile.read(config, ReceiverConfig.class);
      if (check) {
        System.out.println(config + ": good");
        return STOPPED;
      }
      stopOnSignal(ReceiverAgent.start(read));
      new CountDownLatch(1).await();
      return STOPPED;
    } catch (ConfigException e) {
      System.err.println("receiver-agent: " + e.getMessage());
      return USAGE;
    } catch (AgentFailedException e) {
      System.err.println("receiver-agent: " + e.getMessage());
      return FAILED;
    }
  }

  /**
   * A JVM that is ended by a signal would exit with 143: after the orderly stop it leaves with 0.
   */
  private static void stopOnSignal(ReceiverAgent agent) {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop")
                .unstarted(() -> {
                  try {
                    agent.close();
                  } catch (IOException e) {
                    LoggerFactory.getLogger(ReceiverMain.class)
                        .atWarn()
                        .setCause(e)
                        .log("stopping");
                  }
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

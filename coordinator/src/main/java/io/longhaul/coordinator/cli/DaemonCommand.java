package io.longhaul.coordinator.cli;

import ch.qos.logback.classic.Level;
import io.longhaul.coordinator.CommandFailure;
import io.longhaul.coordinator.CoordinatorConfig;
import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.agent.Agents;
import io.longhaul.coordinator.daemon.Daemon;
import io.longhaul.coordinator.drive.Sides;
import io.longhaul.coordinator.job.Job;
import io.longhaul.coordinator.job.StateDirectory;
import io.longhaul.coordinator.remote.AgentSides;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code coordinator daemon}. */
@Command(
    name = "daemon",
    description = {
      "Runs the jobs of the configuration when it is time, until it is ended; logs to standard error.",
      "",
      "It may be ended and started again at any time: streams that run go on in the agents, and the next"
          + " daemon goes on with them."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "1:its state directory cannot be used, or another daemon uses it",
      "2:the command line or a configuration file is wrong",
      "143:ended by SIGTERM"
    },
    footerHeading = "%nExamples:%n",
    footer = {"  coordinator daemon --config /etc/longhaul/coordinator.yaml"})
final class DaemonCommand implements Callable<Integer> {
  private static final Duration FAREWELL = Duration.ofSeconds(10);

  @ParentCommand private CoordinatorCommand parent = new CoordinatorCommand();

  @Override
  public Integer call() throws Exception {
    if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)
        instanceof ch.qos.logback.classic.Logger log) {
      log.setLevel(Level.INFO);
    }
    CoordinatorConfig config = parent.config();
    Agents agents = parent.agents();
    if (config.jobList().isEmpty()) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "Tried to run the jobs of "
              + agents.file()
              + " but there are none; write some under jobs");
    }
    for (Job job : config.jobList()) {
      var _ = new AgentSides(agents, job, Instant.now()); // so that it is told now what is missing
    }
    var state = new StateDirectory(config.stateRoot());
    Optional<StateDirectory.Claim> claim = state.claim();
    if (claim.isEmpty()) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "Tried to use "
              + state.root()
              + " but another daemon, or a coordinator start of a job, does; end that, or set another"
              + " state-directory");
    }
    var ended = new CountDownLatch(1);
    try (var _ = claim.get()) {
      endWith(Thread.currentThread(), ended);
      new Daemon(
              config.jobList(), state, (job, start) -> sides(agents, job, start), Clock.systemUTC())
          .run();
      return ExitCode.DONE.number();
    } catch (InterruptedException e) {
      return ExitCode.DONE.number(); // nobody sees it: the JVM is ending
    } finally {
      ended.countDown();
    }
  }

  private static Sides sides(Agents agents, Job job, Instant start) {
    try {
      return new AgentSides(agents, job, start);
    } catch (CommandFailure e) {
      throw new IllegalStateException("checked before the start", e);
    }
  }

  /* Not a join: the thread then waits in System.exit for the hooks. */
  private static void endWith(Thread daemon, CountDownLatch ended) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  daemon.interrupt();
                  try {
                    var _ = ended.await(FAREWELL.toNanos(), TimeUnit.NANOSECONDS);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                },
                "farewell"));
  }
}

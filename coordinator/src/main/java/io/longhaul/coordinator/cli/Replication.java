package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.CommandFailure;
import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.agent.Agents;
import io.longhaul.coordinator.drive.Driver;
import io.longhaul.coordinator.drive.Outcome;
import io.longhaul.coordinator.drive.Standing;
import io.longhaul.coordinator.drive.Trouble;
import io.longhaul.coordinator.job.Job;
import io.longhaul.coordinator.remote.AgentSides;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.config.DataSize;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine;

/** Runs a job that was said on the command line, once, and shows it on the screen. */
final class Replication {
  private static final Duration SHOWN_EVERY = Duration.ofSeconds(10);

  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean json;

  Replication(CommandLine command, boolean json) {
    this.out = command.getOut();
    this.err = command.getErr();
    this.json = json;
  }

  /** How it ended, as {@code --json} prints it. */
  private record Ended(String job, String source, String target, boolean good, Standing standing) {}

  ExitCode run(Agents agents, Job job) throws CommandFailure, InterruptedException, IOException {
    say("job " + job.name() + "  " + job.route());
    var sides = new AgentSides(agents, job, Instant.now());
    try {
      sides.reach();
    } catch (Trouble trouble) {
      throw new CommandFailure(ExitCode.FAILED, "Nothing was started: " + trouble.text());
    }
    var driver =
        new Driver(
            job::plan,
            job::wants,
            sides,
            job.pace(),
            new Screen(),
            System::nanoTime,
            () -> ThreadLocalRandom.current().nextDouble());
    Thread farewell = new Thread(this::interrupted, "farewell");
    Runtime.getRuntime().addShutdownHook(farewell);
    Standing end = driver.run();
    Runtime.getRuntime().removeShutdownHook(farewell);
    if (json) {
      out.println(
          Json.TOLERANT.writeValueAsString(
              new Ended(
                  job.name(),
                  job.source() + ":" + job.sourceRoot(),
                  job.target() + ":" + job.targetRoot(),
                  end.good(),
                  end)));
    } else {
      report(end);
    }
    if (end.good()) {
      return ExitCode.DONE;
    }
    return end.inactive() ? ExitCode.INACTIVE : ExitCode.FAILED;
  }

  private void interrupted() {
    say("Streams that run go on without this command: coordinator list shows them.");
    say("To go on with the rest: the same command again");
  }

  private void report(Standing end) {
    end.fatal().map(Standing.Fatal::message).ifPresent(out::println);
    List<Outcome> bad = end.outcomes().stream().filter(Outcome::bad).toList();
    bad.forEach(outcome ->
        out.println(
            "NOT done: "
                + outcome.target()
                + " ("
                + outcome.code().orElse("?")
                + "): "
                + outcome.message().orElse("")));
    out.println(
        "%d of %d datasets done, %d streams, %s"
            .formatted(
                end.outcomes().size() - bad.size(),
                end.outcomes().size(),
                end.streamsDone(),
                DataSize.display(end.bytes())));
  }

  private void say(String line) {
    PrintWriter to = json ? err : out;
    to.println(line);
    to.flush();
  }

  /** Shows how the run stands now and then, and what happens at once. */
  private final class Screen implements Driver.Listener {
    private long shownNanos = System.nanoTime();

    @Override
    public void said(String line) {
      say(line);
    }

    @Override
    public void stands(Standing standing) {
      long now = System.nanoTime();
      if (now - shownNanos < SHOWN_EVERY.toNanos()) {
        return;
      }
      shownNanos = now;
      say(
          "%d of %d streams, %s of %s%s"
              .formatted(
                  standing.streamsDone(),
                  standing.streams(),
                  DataSize.display(standing.bytes()),
                  DataSize.display(standing.expectedBytes()),
                  standing.unknown() == 0 ? "" : " and more"));
    }
  }
}

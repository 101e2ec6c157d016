package io.longhaul.coordinator.cli;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.longhaul.coordinator.CommandFailure;
import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.agent.Agent;
import io.longhaul.coordinator.agent.Agents;
import io.longhaul.coordinator.agent.Survey;
import io.longhaul.coordinator.job.StateDirectory;
import io.longhaul.coordinator.run.Overview;
import io.longhaul.coordinator.show.JobText;
import io.longhaul.coordinator.show.SessionText;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.config.TimeSpan;
import io.longhaul.protocol.wire.AgentInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coordinator status}. */
@Command(
    name = "status",
    description = {
      "Shows both sides of a session, or of every session that has not ended; or how a job stands.",
      "",
      "Of a session also how long it may stand still until a limit ends it, and what its agents warn of. Of a"
          + " job every dataset, with the newest snapshot of both sides."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:shown; with --follow: delivered",
      "1:no such session, or an agent does not answer; with --follow: failed or aborted; of a job: its last"
          + " run was not good, it is farther behind than --most-behind or a dataset has no copy at all, or"
          + " the daemon does not run",
      "2:the command line or a configuration file is wrong",
      "3:with --follow: an inactivity limit passed",
      "130:with --follow: interrupted; the transfer goes on"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  coordinator status",
      "  coordinator status 01jd3v8x6m0000000000000000",
      "  coordinator status --follow 01jd3v8x6m0000000000000000",
      "  coordinator status nightly --most-behind 26h"
    })
final class StatusCommand implements Callable<Integer> {
  @ParentCommand private CoordinatorCommand parent = new CoordinatorCommand();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "SESSION|JOB",
      description = "the session's id, or a job; all sessions that have not ended if left out")
  private Optional<String> what = Optional.empty();

  @Option(
      names = "--most-behind",
      paramLabel = "TIME",
      description = "of a job: exit with 1 if a target is farther behind its source")
  private Optional<TimeSpan> mostBehind = Optional.empty();

  @Option(names = "--follow", description = "watch it to its end, as start does")
  private boolean follow;

  @Option(names = "--json", description = "one JSON object")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    Optional<SessionId> id = what.flatMap(StatusCommand::session);
    if (what.isPresent() && id.isEmpty()) {
      return job(what.get()).number();
    }
    if (follow && id.isEmpty()) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "Tried to follow a session but none is named; coordinator list shows them");
    }
    Agents agents = parent.agents();
    Overview overview =
        id.isPresent() ? Overview.of(agents, id.get()) : running(Overview.of(agents));
    if (id.isPresent() && overview.sessions().isEmpty()) {
      throw new CommandFailure(
          ExitCode.FAILED,
          String.join(
              "\n",
              Stream.concat(
                      Stream.of(
                          "Tried to find session "
                              + id.get()
                              + " but no agent that answers knows it; coordinator list shows all"),
                      overview.silent().stream())
                  .toList()));
    }
    if (follow) {
      return new Follow(spec.commandLine(), json).run(overview.sessions().getFirst()).number();
    }
    print(agents, overview);
    return (overview.silent().isEmpty() ? ExitCode.DONE : ExitCode.FAILED).number();
  }

  private static Optional<SessionId> session(String text) {
    try {
      return Optional.of(new SessionId(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // a job, then
    }
  }

  private record Told(boolean daemon, @JsonUnwrapped JobText job) {}

  private ExitCode job(String name) throws Exception {
    Instant now = Instant.now();
    var state = new StateDirectory(parent.config().stateRoot());
    JobText job = JobText.of(parent.job(name), state.read(name), now);
    boolean daemon = state.claimed();
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.TOLERANT.writeValueAsString(new Told(daemon, job)));
    } else {
      job.lines(now).forEach(out::println);
    }
    if (!daemon) {
      spec.commandLine().getErr().println("the daemon does not run: " + state.root());
    }
    boolean behind =
        mostBehind.isPresent()
            && job.lag().filter(lag -> lag.compareTo(mostBehind.get().duration()) <= 0).isEmpty();
    return daemon && job.good() && !behind ? ExitCode.DONE : ExitCode.FAILED;
  }

  private static Overview running(Overview all) {
    return new Overview(
        all.sessions().stream().filter(both -> !both.ended()).toList(), all.silent());
  }

  private void print(Agents agents, Overview overview) throws Exception {
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.TOLERANT.writeValueAsString(SessionJson.of(overview)));
      return;
    }
    if (overview.sessions().isEmpty()) {
      out.println("no session is running; coordinator list shows those that have ended");
      warnings(agents.all()).forEach(warning -> out.println("warning: " + warning));
    }
    agents.warnings(Instant.now()).forEach(w -> out.println("warning: this coordinator: " + w));
    for (Overview.Both both : overview.sessions()) {
      SessionText.lines(both, warnings(both)).forEach(out::println);
    }
    overview.silent().forEach(spec.commandLine().getErr()::println);
  }

  private static List<String> warnings(Overview.Both both) throws InterruptedException {
    List<Agent<?, ?>> sides = new ArrayList<>();
    both.session().sender().ifPresent(sides::add);
    both.session().receiver().ifPresent(sides::add);
    return warnings(sides);
  }

  private static List<String> warnings(List<Agent<?, ?>> agents) throws InterruptedException {
    List<String> warnings = new ArrayList<>();
    for (Survey.Answer<Agent<?, ?>, AgentInfo> answer : Survey.ask(agents, Agent::info)) {
      answer
          .value()
          .map(AgentInfo::warnings)
          .orElse(List.of())
          .forEach(w -> warnings.add("the " + answer.agent() + ": " + w));
    }
    return warnings;
  }
}

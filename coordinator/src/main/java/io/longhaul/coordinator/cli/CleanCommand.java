package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.agent.Agent;
import io.longhaul.coordinator.agent.Survey;
import io.longhaul.coordinator.show.Table;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.config.TimeSpan;
import io.longhaul.protocol.wire.SweepReport;
import io.longhaul.protocol.wire.SweepRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coordinator clean}. */
@Command(
    name = "clean",
    description = {
      "Lets every agent delete what is stale in its spool, and lists what was found and why.",
      "",
      "A session that runs is never deleted, nor is one whose pump still works, whatever became of its"
          + " agent."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every agent answered",
      "1:an agent does not answer",
      "2:the command line or a configuration file is wrong"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  coordinator clean --dry-run",
      "  coordinator clean",
      "  What failed an hour ago or earlier will not be resumed:",
      "    coordinator clean --older-than 1h"
    })
final class CleanCommand implements Callable<Integer> {
  @ParentCommand private CoordinatorCommand parent = new CoordinatorCommand();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--dry-run", description = "only tell, delete nothing")
  private boolean dryRun;

  @Option(
      names = "--older-than",
      paramLabel = "TIME",
      description = {
        "delete what ended so long ago, or was last touched then if no agent can take it up;",
        "default: 24h for a session that may be resumed, 7d for what cannot be taken up, 0s for the rest"
      })
  private Optional<TimeSpan> olderThan = Optional.empty();

  @Option(names = "--json", description = "one JSON object")
  private boolean json;

  private record Sweep(
      String agent, String role, List<SweepReport.Entry> entries, Optional<String> problem) {}

  private record Sweeps(List<Sweep> agents) {}

  @Override
  public Integer call() throws Exception {
    SweepRequest request = new SweepRequest(dryRun, olderThan.map(TimeSpan::duration));
    List<Sweep> sweeps =
        Survey.<Agent<?, ?>, SweepReport>ask(parent.agents().all(), agent -> agent.sweep(request))
            .stream()
            .map(CleanCommand::sweep)
            .toList();
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.TOLERANT.writeValueAsString(new Sweeps(sweeps)));
    } else {
      Table table = new Table("AGENT", "SESSION", "SIZE", "VERDICT", "WHY");
      sweeps.forEach(sweep -> sweep.entries().forEach(entry -> row(table, sweep, entry)));
      if (table.isEmpty()) {
        out.println("no session directories");
      } else {
        table.lines().forEach(out::println);
        out.println(summary(sweeps));
      }
      sweeps.forEach(sweep -> sweep.problem().ifPresent(spec.commandLine().getErr()::println));
    }
    boolean all = sweeps.stream().allMatch(sweep -> sweep.problem().isEmpty());
    return (all ? ExitCode.DONE : ExitCode.FAILED).number();
  }

  private static Sweep sweep(Survey.Answer<Agent<?, ?>, SweepReport> answer) {
    return new Sweep(
        answer.agent().name(),
        answer.agent().role().text(),
        answer.value().map(SweepReport::entries).orElse(List.of()),
        answer
            .failure()
            .map(why -> "the " + answer.agent() + " cannot be asked: " + why.getMessage()));
  }

  private String summary(List<Sweep> sweeps) {
    List<SweepReport.Entry> found =
        sweeps.stream()
            .flatMap(sweep -> sweep.entries().stream())
            .filter(entry -> dryRun ? entry.stale() : entry.deleted())
            .toList();
    long bytes = found.stream().mapToLong(SweepReport.Entry::bytes).sum();
    return "%s %d, %s"
        .formatted(dryRun ? "would delete" : "deleted", found.size(), DataSize.display(bytes));
  }

  private static void row(Table table, Sweep sweep, SweepReport.Entry entry) {
    String verdict = entry.deleted() ? "deleted" : entry.stale() ? "stale" : "kept";
    table.row(
        sweep.agent() + " (" + sweep.role() + ")",
        entry.id().text(),
        DataSize.display(entry.bytes()),
        verdict,
        entry.why());
  }
}

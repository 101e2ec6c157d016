package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.run.Overview;
import io.longhaul.coordinator.show.SessionText;
import io.longhaul.coordinator.show.Table;
import io.longhaul.protocol.Json;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coordinator list}. */
@Command(
    name = "list",
    description =
        "Lists the sessions of all agents, ended ones too as long as an agent remembers them.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every agent answered",
      "1:an agent does not answer; the others are listed",
      "2:the command line or a configuration file is wrong"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  coordinator list",
      "  coordinator list --json | jq '.sessions[] | select(.state == \"failed\")'"
    })
final class ListCommand implements Callable<Integer> {
  @ParentCommand private CoordinatorCommand parent = new CoordinatorCommand();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--json", description = "one JSON object")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    Overview overview = Overview.of(parent.agents());
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.TOLERANT.writeValueAsString(SessionJson.of(overview)));
    } else {
      Table table = SessionText.table();
      overview.sessions().forEach(both -> SessionText.row(table, both, Instant.now()));
      if (table.isEmpty()) {
        out.println("no sessions");
      } else {
        table.lines().forEach(out::println);
      }
      overview.silent().forEach(spec.commandLine().getErr()::println);
    }
    return (overview.silent().isEmpty() ? ExitCode.DONE : ExitCode.FAILED).number();
  }
}

package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.show.Table;
import io.longhaul.protocol.Json;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coordinator artifacts list}. */
@Command(
    name = "list",
    description = {
      "Lists the holds and bookmarks of jobs.",
      "",
      "Stale is what is older than the newest that the same job keeps there for its next stream."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {"  coordinator artifacts list office:tank vault:backup --json"})
final class ArtifactsListCommand implements Callable<Integer> {
  @ParentCommand private ArtifactsCommand parent = new ArtifactsCommand();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private Roots roots = new Roots();

  @Option(names = "--json", description = "one JSON object")
  private boolean json;

  private record Listing(List<ArtifactLine> artifacts, long unlistedHolds) {}

  @Override
  public Integer call() throws Exception {
    List<Roots.Found> found = roots.look(parent.parent().agents());
    List<ArtifactLine> lines = found.stream().flatMap(it -> ArtifactLine.of(it).stream()).toList();
    long unlisted = found.stream().mapToLong(Roots.Found::unlisted).sum();
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.TOLERANT.writeValueAsString(new Listing(lines, unlisted)));
      return ExitCode.DONE.number();
    }
    Table table = ArtifactLine.table();
    lines.forEach(line -> line.row(table));
    if (table.isEmpty()) {
      out.println("no holds or bookmarks of jobs");
    } else {
      table.lines().forEach(out::println);
    }
    if (unlisted > 0) {
      out.println(unlisted + " holds of unknown owners: a ZFS there cannot list tags");
    }
    return ExitCode.DONE.number();
  }
}

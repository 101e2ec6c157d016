package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.plan.Artifact;
import io.longhaul.coordinator.show.Table;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.wire.ChangesReport;
import io.longhaul.protocol.zfs.ZfsChange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coordinator artifacts release}. */
@Command(
    name = "release",
    description = {
      "Releases holds and destroys bookmarks of jobs; only tells which, unless --execute is said.",
      "",
      "What is not stale protects the base of a job's next stream, or an interrupted one: without it the job"
          + " may have to send all of a dataset again."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:released, or told",
      "1:an agent does not answer, or something could not be released",
      "2:the command line or a configuration file is wrong"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  coordinator artifacts release --stale office:tank vault:backup",
      "  A job that is no more:",
      "    coordinator artifacts release --all --job nightly --execute office:tank vault:backup"
    })
final class ArtifactsReleaseCommand implements Callable<Integer> {
  @ParentCommand private ArtifactsCommand parent = new ArtifactsCommand();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private Roots roots = new Roots();

  @ArgGroup(multiplicity = "1")
  private Which which = new Which();

  @Option(names = "--execute", description = "do it; only tell what would be done without it")
  private boolean execute;

  @Option(names = "--json", description = "one JSON object")
  private boolean json;

  /**
   * What was done, as {@code --json} prints it.
   *
   * @param executed whether it was tried; only told without
   * @param good whether all were released, if it was tried
   */
  private record Released(boolean executed, boolean good, List<ArtifactLine> artifacts) {}

  private static final class Which {
    @Option(names = "--stale", description = "what nothing needs any more", required = true)
    private boolean stale;

    @Option(names = "--all", description = "everything", required = true)
    private boolean all;
  }

  @Override
  public Integer call() throws Exception {
    List<Roots.Found> found = roots.look(parent.parent().agents());
    boolean all = true;
    var lines = new ArrayList<ArtifactLine>();
    for (Roots.Found there : found) {
      ArtifactLine.of(there).stream().filter(line -> which.all || line.stale()).forEach(lines::add);
      if (execute) {
        all &= release(there, which.stale ? there.stale() : there.artifacts());
      }
    }
    print(new Released(execute, all, lines));
    return (all ? ExitCode.DONE : ExitCode.FAILED).number();
  }

  private void print(Released released) throws IOException {
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.TOLERANT.writeValueAsString(released));
      return;
    }
    Table table = ArtifactLine.table();
    released.artifacts().forEach(line -> line.row(table));
    if (!table.isEmpty()) {
      table.lines().forEach(out::println);
    }
    int count = released.artifacts().size();
    out.println(
        released.executed()
            ? (released.good() ? "released " + count : "not all were released")
            : "would release " + count + "; say --execute to do it");
  }

  private boolean release(Roots.Found there, List<Artifact> chosen) {
    List<ZfsChange> changes = chosen.stream().map(Artifact::release).toList();
    try {
      ChangesReport report = there.filesystems().change(changes);
      report.failure().ifPresent(why -> spec.commandLine().getErr().println(why.message()));
      return report.failure().isEmpty();
    } catch (TransferException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return false;
    }
  }
}

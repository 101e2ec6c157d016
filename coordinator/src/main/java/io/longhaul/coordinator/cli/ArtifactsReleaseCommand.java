package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.CommandFailure;
import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.plan.Artifact;
import io.longhaul.coordinator.show.Table;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.wire.ChangesReport;
import io.longhaul.protocol.zfs.ZfsChange;
import java.util.List;
import java.util.Optional;
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

  private static final class Which {
    @Option(names = "--stale", description = "what nothing needs any more", required = true)
    private boolean stale;

    @Option(names = "--all", description = "everything", required = true)
    private boolean all;
  }

  @Override
  public Integer call() throws Exception {
    List<Roots.Found> found = roots.look(parent.parent().agents());
    Table table = ArtifactLine.table();
    boolean all = true;
    int count = 0;
    for (Roots.Found there : found) {
      List<Artifact> chosen = which.stale ? Artifact.stale(there.artifacts()) : there.artifacts();
      ArtifactLine.of(there).stream()
          .filter(line -> which.all || line.stale())
          .forEach(line -> line.row(table));
      count += chosen.size();
      if (execute) {
        all &= release(there, chosen);
      }
    }
    var out = spec.commandLine().getOut();
    if (!table.isEmpty()) {
      table.lines().forEach(out::println);
    }
    out.println(
        execute
            ? (all ? "released " + count : "not all were released")
            : "would release " + count + "; say --execute to do it");
    return (all ? ExitCode.DONE : ExitCode.FAILED).number();
  }

  private boolean release(Roots.Found there, List<Artifact> chosen) throws CommandFailure {
    List<ZfsChange> changes = chosen.stream().map(Artifact::release).toList();
    try {
      ChangesReport report = there.agent().filesystems(Optional.empty()).change(changes);
      report.failure().ifPresent(why -> spec.commandLine().getErr().println(why.message()));
      return report.failure().isEmpty();
    } catch (TransferException e) {
      throw new CommandFailure(ExitCode.FAILED, String.valueOf(e.getMessage()));
    }
  }
}

package io.longhaul.packaging.bench;

import io.longhaul.packaging.site.Image;
import io.longhaul.packaging.site.Place;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Table;
import io.longhaul.protocol.config.DataSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How much memory each Longhaul process takes, at lengths that differ. */
@Command(
    name = "memory",
    description = "The greatest resident size (VmHWM) of every Longhaul process, in MB.",
    mixinStandardHelpOptions = true)
final class MemoryBench implements Callable<Integer> {
  private static final DataSize FILE = DataSize.parse("1GiB");

  @Mixin private final WorkspaceOptions workspace = new WorkspaceOptions();

  @Option(
      names = "--gibibytes",
      split = ",",
      paramLabel = "N",
      defaultValue = "1,8",
      description = "lengths of the streams, in GiB: ${DEFAULT-VALUE}")
  private List<Integer> gibibytes = new ArrayList<>();

  @Option(
      names = "--digests",
      paramLabel = "CHOICE",
      defaultValue = "sha256",
      description = "md5, sha256 or both: ${DEFAULT-VALUE}")
  private String digests = "";

  @Override
  public Integer call() throws Exception {
    Map<String, List<ProcessUse>> uses = new TreeMap<>();
    try (Workspace files = workspace.open(FILE)) {
      for (int length : gibibytes) {
        measure(files, length)
            .forEach((name, use) -> uses.computeIfAbsent(name, _ -> new ArrayList<>()).add(use));
      }
    }
    List<String> headings = new ArrayList<>(List.of("process"));
    for (int length : gibibytes) {
      headings.add("MB at " + length + " GiB");
      headings.add("CPU s at " + length + " GiB");
    }
    headings.add("last/first");
    var table = new Table(headings.toArray(String[]::new));
    uses.forEach((name, list) -> table.row(row(name, list)));
    table.print(System.out);
    return 0;
  }

  private Map<String, ProcessUse> measure(Workspace files, int length) throws Exception {
    try (Site site = files.site(Place.HERE, Place.HERE, files.source(length));
        var watch = ProcessWatch.start(Image.find())) {
      site.start();
      double seconds = Workspace.transfer(site, "--digests", digests);
      System.err.printf("%d GiB in %.1f s%n", length, seconds);
      return watch.uses();
    }
  }

  private static String[] row(String name, List<ProcessUse> uses) {
    List<String> cells = new ArrayList<>(List.of(name));
    for (ProcessUse use : uses) {
      cells.add(Table.number(use.residentBytes() / 1e6));
      cells.add(Table.number(use.cpuSeconds()));
    }
    double first = uses.getFirst().residentBytes();
    cells.add(Table.ratio(uses.getLast().residentBytes() / first));
    return cells.toArray(String[]::new);
  }
}

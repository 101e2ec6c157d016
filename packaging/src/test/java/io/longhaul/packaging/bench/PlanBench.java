package io.longhaul.packaging.bench;

import io.longhaul.packaging.site.Place;
import io.longhaul.packaging.site.RecordedZfs;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Table;
import io.longhaul.protocol.testing.ScriptedZfs;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.TestPools;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What it costs to plan where there are many datasets. */
@Command(
    name = "plan",
    description = {
      "Seconds of coordinator plan, and zfs processes on each side, for many datasets with many"
          + " snapshots, of which the target lacks the newest.",
      "The datasets are on pools in memory: a zfs that prints what they have. With --pools they are"
          + " on pools of this machine's ZFS, which needs root."
    },
    mixinStandardHelpOptions = true)
final class PlanBench implements Callable<Integer> {
  private static final String OFFICE = "office";
  private static final String VAULT = "vault";

  @Option(
      names = "--datasets",
      paramLabel = "N,N",
      split = ",",
      defaultValue = "1,10,100,1000",
      description = "how many: ${DEFAULT-VALUE}")
  private List<Integer> datasets = List.of();

  @Option(
      names = "--snapshots",
      paramLabel = "N",
      defaultValue = "50",
      description = "of each: ${DEFAULT-VALUE}")
  private int snapshots;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "how often each is measured: ${DEFAULT-VALUE}")
  private int rounds;

  @Option(names = "--pools", description = "real ones")
  private boolean real;

  private final Table table =
      new Table("datasets", "s, median", "least-greatest", "zfs processes, source", "target");

  @Override
  public Integer call() throws Exception {
    for (int number : datasets) {
      try (Site site = new Site(Path.of("/var/tmp"), Place.HERE, Place.HERE)) {
        if (real) {
          try (TestPools pools = TestPools.create()) {
            DatasetName source = DatasetName.parse(pools.source() + "/data");
            DatasetName target = DatasetName.parse(pools.target() + "/data");
            fill(pools, source, target, number);
            measure(site, source, target, number, "zfs", "zfs");
          }
        } else {
          DatasetName source = DatasetName.parse("tank/data");
          DatasetName target = DatasetName.parse("backup/data");
          String there = scripted(site.file(OFFICE + "-pool"), source, number, snapshots);
          String here = scripted(site.file(VAULT + "-pool"), target, number, snapshots - 1);
          measure(site, source, target, number, there, here);
        }
      }
    }
    table.print(System.out);
    return 0;
  }

  private void measure(
      Site site, DatasetName source, DatasetName target, int number, String there, String here)
      throws Exception {
    var zfs = new RecordedZfs(site);
    zfs.by(OFFICE, site.office(), there);
    zfs.by(VAULT, site.vault(), here);
    site.start();
    List<String> plan =
        site.coordinatorCommand("plan", "office:" + source, "vault:" + target, "--no-sizes");
    Workspace.seconds(plan); // the first asks what this ZFS can do
    String way = number + " datasets";
    Map<String, Samples.Measurement> contestants = new LinkedHashMap<>();
    contestants.put(
        way,
        () -> {
          zfs.forget();
          return Workspace.seconds(plan);
        });
    Samples samples = Samples.interleaved(rounds, contestants);
    table.row(
        String.valueOf(number),
        Table.ratio(samples.median(way)),
        samples.spread(way),
        String.valueOf(zfs.processes(OFFICE)),
        String.valueOf(zfs.processes(VAULT)));
  }

  /** Returns a {@code zfs} that tells of a root with so many datasets in it, this one included. */
  private static String scripted(Path directory, DatasetName root, int number, int snapshots)
      throws IOException {
    var zfs = new ScriptedZfs(directory).above(root.parent().orElseThrow().name());
    for (int i = 0; i < number; i++) {
      String dataset = i == 0 ? root.name() : child(root, i);
      zfs.dataset(dataset);
      for (int j = 1; j <= snapshots; j++) {
        zfs.version(dataset + "@" + snapshot(j), i * 1_000_000L + j);
      }
    }
    return zfs.command().toString();
  }

  private void fill(TestPools pools, DatasetName source, DatasetName target, int number)
      throws IOException {
    for (int i = 0; i < number; i++) {
      pools.create(DatasetName.parse(i == 0 ? source.name() : child(source, i)));
    }
    for (int j = 1; j <= snapshots; j++) {
      pools.zfs("snapshot", "-r", source + "@" + snapshot(j));
    }
    pools.copy(source.at(snapshot(snapshots - 1)), target);
  }

  private static String child(DatasetName root, int number) {
    return "%s/d%04d".formatted(root, number);
  }

  private static String snapshot(int number) {
    return "auto_%03d".formatted(number);
  }
}

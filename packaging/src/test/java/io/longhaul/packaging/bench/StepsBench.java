package io.longhaul.packaging.bench;

import io.longhaul.packaging.site.Place;
import io.longhaul.packaging.site.PrivateSshd;
import io.longhaul.packaging.site.RecordedZfs;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Table;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.TestPools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What a small incremental stream costs where there are many, on pools of this machine's ZFS. */
@Command(
    name = "steps",
    description = {
      "Seconds for one small incremental stream of each of many datasets, beside a shell loop of"
          + " zfs send into ssh HOST zfs receive; and for a run that finds nothing to do, with the"
          + " number of zfs processes on each side.",
      "Needs root and a ZFS: zfs-fuse or OpenZFS."
    },
    mixinStandardHelpOptions = true)
final class StepsBench implements Callable<Integer> {
  private static final String LOOP = "loop: zfs send | ssh HOST zfs receive";
  private static final String LONGHAUL = "Longhaul";
  private static final String NOTHING = "Longhaul, nothing to do";

  @Option(
      names = "--datasets",
      paramLabel = "N",
      defaultValue = "100",
      description = "how many: ${DEFAULT-VALUE}")
  private int datasets;

  @Option(
      names = "--kibibytes",
      paramLabel = "N",
      defaultValue = "64",
      description = "what changes in each of them, in KiB: ${DEFAULT-VALUE}")
  private int kibibytes;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "how often each is measured, in turns: ${DEFAULT-VALUE}")
  private int rounds;

  private int newest;

  @Override
  public Integer call() throws Exception {
    try (TestPools pools = TestPools.create();
        var sshd = new PrivateSshd(Place.HERE);
        Site site = new Site(Path.of("/var/tmp"), Place.HERE, Place.HERE)) {
      DatasetName source = below(pools.source(), "data");
      DatasetName byLoop = below(pools.target(), "loop");
      DatasetName byLonghaul = below(pools.target(), "longhaul");
      var zfs = new RecordedZfs(site);
      zfs.by("office", site.office(), "zfs");
      zfs.by("vault", site.vault(), "zfs");
      site.start();
      pools.create(source);
      for (int i = 0; i < datasets; i++) {
        pools.create(child(source, i));
      }
      change(pools, source);
      pools.copy(source.at(snapshot(0)), byLoop);
      List<String> replicate =
          site.coordinatorCommand("start", "office:" + source, "vault:" + byLonghaul);
      Workspace.seconds(replicate);
      Map<String, Samples.Measurement> contestants = new LinkedHashMap<>();
      contestants.put(
          LOOP,
          () -> {
            newest++;
            change(pools, source);
            return Workspace.seconds(loop(sshd, source, byLoop));
          });
      contestants.put(LONGHAUL, () -> Workspace.seconds(replicate));
      contestants.put(
          NOTHING,
          () -> {
            zfs.forget();
            return Workspace.seconds(replicate);
          });
      print(Samples.interleaved(rounds, contestants));
      for (String side : List.of("office", "vault")) {
        System.out.printf(
            "zfs processes on %s with nothing to do: %d%n", side, zfs.processes(side));
      }
    }
    return 0;
  }

  private void change(TestPools pools, DatasetName source) throws IOException {
    byte[] changed = new byte[kibibytes * 1024];
    for (int i = 0; i < datasets; i++) {
      ThreadLocalRandom.current().nextBytes(changed);
      Files.write(pools.mountpoint(child(source, i)).resolve("changed"), changed);
    }
    pools.zfs("snapshot", "-r", source + "@" + snapshot(newest));
  }

  private List<String> loop(PrivateSshd sshd, DatasetName source, DatasetName target) {
    StringBuilder script = new StringBuilder("set -e\n");
    for (int i = -1; i < datasets; i++) {
      String from = i < 0 ? source.toString() : child(source, i).toString();
      String to = i < 0 ? target.toString() : child(target, i).toString();
      script.append(
          "zfs send -i @%s %s@%s | %s%n"
              .formatted(
                  snapshot(newest - 1),
                  from,
                  snapshot(newest),
                  Workspace.text(sshd.client("zfs receive -u " + to))));
    }
    return List.of("bash", "-o", "pipefail", "-c", script.toString());
  }

  private static DatasetName child(DatasetName parent, int number) {
    return below(parent, "d%03d".formatted(number));
  }

  private static DatasetName below(DatasetName parent, String name) {
    return DatasetName.parse(parent + "/" + name);
  }

  private static String snapshot(int number) {
    return "r%03d".formatted(number);
  }

  private void print(Samples samples) {
    var table = new Table("way", "s, median", "least-greatest", "ms a dataset", "to the loop");
    for (String way : samples.contestants()) {
      table.row(
          way,
          Table.number(samples.median(way)),
          samples.spread(way),
          Table.number(samples.median(way) * 1000 / datasets),
          Table.ratio(samples.median(way) / samples.median(LOOP)));
    }
    table.print(System.out);
  }
}

package io.longhaul.packaging.bench;

import io.longhaul.packaging.site.Image;
import io.longhaul.packaging.site.Place;
import io.longhaul.packaging.site.PrivateSshd;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Table;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.config.DataSize;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a short stream costs: sessions of 1 MiB, one after the other. */
@Command(
    name = "small",
    description = "Seconds per session of 1 MiB, beside ssh HOST cat.",
    mixinStandardHelpOptions = true)
final class SmallBench implements Callable<Integer> {
  private static final String SSH = "ssh HOST cat";

  @Mixin private final WorkspaceOptions workspace = new WorkspaceOptions();

  @Option(
      names = "--sessions",
      paramLabel = "N",
      defaultValue = "50",
      description = "how many: ${DEFAULT-VALUE}")
  private int sessions;

  @Override
  public Integer call() throws Exception {
    try (Workspace files = workspace.open(DataSize.parse("1MiB"));
        var sshd = new PrivateSshd(Place.HERE);
        Site site = files.site(Place.HERE, Place.HERE, files.source(1))) {
      site.start();
      String cat = Workspace.text(sshd.client("cat " + files.file()));
      List<String> ssh = List.of("sh", "-c", cat + " > /dev/null");
      List<String> version = List.of(Image.find().program("coordinator"), "--version");
      Map<String, Samples.Measurement> contestants = new LinkedHashMap<>();
      contestants.put(SSH, () -> millis(Workspace.seconds(ssh)));
      contestants.put("Longhaul, start to end", () -> millis(Workspace.transfer(site)));
      contestants.put("of it: coordinator --version", () -> millis(Workspace.seconds(version)));
      contestants.put("of it: start --detach", () -> millis(detach(site)));
      print(Samples.interleaved(sessions, contestants));
    }
    return 0;
  }

  private static void print(Samples samples) {
    var table = new Table("way", "s per session, median", "least-greatest ms", "to ssh");
    for (String way : samples.contestants()) {
      table.row(
          way,
          Table.ratio(samples.median(way) / 1000),
          samples.spread(way),
          Table.ratio(samples.median(way) / samples.median(SSH)));
    }
    table.print(System.out);
  }

  private static double millis(double seconds) {
    return seconds * 1000;
  }

  /**
   * Returns how long a start takes that waits for nothing; the session is over when this returns.
   */
  private static double detach(Site site) throws IOException {
    long start = System.nanoTime();
    SessionId id = site.startDetached("office::data", "vault::nothing");
    double seconds = (System.nanoTime() - start) / 1e9;
    site.awaitDone(id, Workspace.LIMIT);
    return seconds;
  }
}

package io.longhaul.packaging.bench;

import io.longhaul.packaging.site.Eventually;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Table;
import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.tls.TlsConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A transfer over mutual TLS, alone and beside a crowd that holds connections to its sender. */
@Command(
    name = "load",
    description = {
      "A transfer over mutual TLS, alone and beside connections that are idle or slow, in MB/s.",
      "Half of the idle ones are strangers', who never finish the handshake; the others have a"
          + " good certificate, half of them that of the transfer's own receiver. Of the slow ones"
          + " half are strangers', who send their handshake by a byte in a second; a quarter send"
          + " a header so, and a quarter read a chunk by ten bytes in a second."
    },
    mixinStandardHelpOptions = true)
final class LoadBench implements Callable<Integer> {
  private static final String ALONE = "alone";
  private static final Duration READY = Duration.ofMinutes(2);
  private static final double SHARE = 0.6;

  @Mixin private final WorkspaceOptions workspace = new WorkspaceOptions();

  @Option(
      names = "--gibibytes",
      paramLabel = "N",
      defaultValue = "2",
      description = "length of the stream, in GiB: ${DEFAULT-VALUE}")
  private int gibibytes;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "how often each is measured, in turns: ${DEFAULT-VALUE}")
  private int rounds;

  @Option(
      names = "--idle",
      paramLabel = "N",
      defaultValue = "1000",
      description = "idle connections: ${DEFAULT-VALUE}")
  private int idle;

  @Option(
      names = "--slow",
      paramLabel = "N",
      defaultValue = "200",
      description = "slow connections: ${DEFAULT-VALUE}")
  private int slow;

  @Override
  public Integer call() throws Exception {
    try (Workspace files = workspace.open(DataSize.parse("1GiB"));
        Site site = files.encryptedSite(files.source(gibibytes))) {
      site.office().stream("still", List.of("sh", "-c", "cat /dev/zero | head -c 16M; sleep 3600"));
      site.vault().stream("stuck", List.of("sleep", "3600"));
      site.start();
      SessionId still = site.startDetached("office::still", "vault::stuck");
      Eventually.holds("a chunk to read", READY, () -> site.send(still).sealedTo() > 0);
      String crowd = "beside " + idle + " idle and " + slow + " slow";
      Map<String, Samples.Measurement> contestants = new LinkedHashMap<>();
      contestants.put(ALONE, () -> rate(Workspace.transfer(site)));
      contestants.put(crowd, () -> beside(site, still));
      Samples samples = Samples.interleaved(rounds, contestants);
      print(samples);
      System.out.printf(
          "beside to alone: %s; sender-agent: %s MB resident, greatest%n",
          Table.ratio(samples.median(crowd) / samples.median(ALONE)),
          Table.number(ProcessUse.of(site.sender().pid()).residentBytes() / 1e6));
    }
    return 0;
  }

  private double beside(Site site, SessionId still) throws IOException, ConfigException {
    TlsConfig vault = site.trust().files("vault");
    TlsConfig console = site.trust().files("console");
    try (var crowd = new Crowd(site.officePort())) {
      crowd.idleMembers(idle / 4, vault);
      crowd.idleMembers(idle / 4, console);
      crowd.slowReaders(slow / 4, vault, ApiPaths.chunk(still, 0));
      crowd.slowMembers(slow / 4, console);
      crowd.idleStrangers(idle - 2 * (idle / 4));
      crowd.slowStrangers(slow - 2 * (slow / 4));
      Eventually.holds("the crowd", READY, () -> crowd.greatest() >= SHARE * (idle + slow));
      System.err.printf("%d of the crowd are there", crowd.present());
      double rate = rate(Workspace.transfer(site));
      System.err.printf(", %d at the end%n", crowd.present());
      return rate;
    }
  }

  private static void print(Samples samples) {
    var table = new Table("transfer", "MB/s, median", "least-greatest", "to alone");
    for (String way : samples.contestants()) {
      table.row(
          way,
          Table.number(samples.median(way)),
          samples.spread(way),
          Table.ratio(samples.median(way) / samples.median(ALONE)));
    }
    table.print(System.out);
  }

  private double rate(double seconds) {
    return gibibytes * (double) (1L << 30) / 1e6 / seconds;
  }
}

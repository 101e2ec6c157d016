package io.longhaul.packaging.bench;

import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.CommandResult.RunningCommand;
import io.longhaul.packaging.site.Eventually;
import io.longhaul.packaging.site.Place;
import io.longhaul.packaging.site.PrivateSshd;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Table;
import io.longhaul.protocol.config.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Stream to stream over loopback, beside the pipes that people use today. */
@Command(
    name = "speed",
    description = {
      "Stream to stream over loopback, in MB/s from the start of the command to its end.",
      "ssh runs with its default cipher against an sshd of this program's own. The last line is"
          + " what mutual TLS costs."
    },
    mixinStandardHelpOptions = true)
final class SpeedBench implements Callable<Integer> {
  private static final Duration LISTENING = Duration.ofSeconds(10);
  private static final String SSH = "ssh";
  private static final String PLAIN = "Longhaul, SHA-256";
  private static final String ENCRYPTED = "Longhaul, SHA-256, mutual TLS";

  @Mixin private final WorkspaceOptions workspace = new WorkspaceOptions();

  @Option(
      names = "--gibibytes",
      paramLabel = "N",
      defaultValue = "8",
      description = "length of the stream, in GiB: ${DEFAULT-VALUE}")
  private int gibibytes;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "how often each is measured, in turns: ${DEFAULT-VALUE}")
  private int rounds;

  @Override
  public Integer call() throws Exception {
    try (Workspace files = workspace.open(DataSize.parse("1GiB"));
        var sshd = new PrivateSshd(Place.HERE);
        Site site = files.site(Place.HERE, Place.HERE, files.source(gibibytes));
        Site encrypted = files.encryptedSite(files.source(gibibytes))) {
      site.start();
      encrypted.start();
      String source = Workspace.text(files.source(gibibytes));
      String ssh = Workspace.text(sshd.client("cat > /dev/null"));
      Map<String, Samples.Measurement> contestants = new LinkedHashMap<>();
      contestants.put("the source alone", () -> rate(pipe(source, "cat > /dev/null")));
      contestants.put(SSH, () -> rate(pipe(source, ssh)));
      contestants.put("mbuffer", () -> rate(mbuffer(source)));
      contestants.put("Longhaul, MD5", () -> rate(Workspace.transfer(site, "--digests", "md5")));
      contestants.put(PLAIN, () -> rate(Workspace.transfer(site, "--digests", "sha256")));
      contestants.put(ENCRYPTED, () -> rate(Workspace.transfer(encrypted, "--digests", "sha256")));
      print(Samples.interleaved(rounds, contestants));
    }
    return 0;
  }

  private void print(Samples samples) {
    var table = new Table("way", "MB/s, median", "least-greatest", "to ssh");
    for (String way : samples.contestants()) {
      table.row(
          way,
          Table.number(samples.median(way)),
          samples.spread(way),
          Table.ratio(samples.median(way) / samples.median(SSH)));
    }
    table.print(System.out);
    System.out.println(
        "mutual TLS to plain HTTP: "
            + Table.ratio(samples.median(ENCRYPTED) / samples.median(PLAIN)));
  }

  private double rate(double seconds) {
    return gibibytes * (double) (1L << 30) / 1e6 / seconds;
  }

  private static double pipe(String source, String sink) throws IOException {
    return Workspace.seconds(List.of("sh", "-c", source + " | " + sink));
  }

  private static double mbuffer(String source) throws IOException {
    int port = Site.freePort();
    try (var listener =
        RunningCommand.start(
            List.of("sh", "-c", "mbuffer -q -s 128k -m 64M -I " + port + " > /dev/null"))) {
      Eventually.holds("a listening mbuffer", LISTENING, () -> listens(port));
      long start = System.nanoTime();
      CommandResult sent =
          CommandResult.of(
              List.of("sh", "-c", source + " | mbuffer -q -s 128k -m 64M -O 127.0.0.1:" + port),
              Workspace.LIMIT);
      int received = listener.await(Workspace.LIMIT).exit();
      if (sent.exit() != 0 || received != 0) {
        throw new IOException("mbuffer ended with " + sent + " and " + received);
      }
      return (System.nanoTime() - start) / 1e9;
    }
  }

  /** Returns whether somebody listens: to connect would be to take the only place. */
  private static boolean listens(int port) throws IOException {
    String local = ":%04X ".formatted(port);
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      if (Files.readAllLines(Path.of(table)).stream()
          .anyMatch(line -> line.contains(local) && line.contains(":0000 0A "))) {
        return true;
      }
    }
    return false;
  }
}

package io.longhaul.packaging.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.CommandResult.RunningCommand;
import io.longhaul.packaging.site.Eventually;
import io.longhaul.packaging.site.PrivateSshd;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Table;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.wire.ReceiveStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A stream over a wide-area link, beside what else can use it. */
@Command(
    name = "link",
    description = {
      "A stream over a wide-area link, in Mbit/s of its own bytes, beside one iperf3 flow, ssh, and",
      "aria2c with 16 connections on a plain file from nginx. Needs root."
    },
    mixinStandardHelpOptions = true)
final class LinkBench implements Callable<Integer> {
  private static final double BITS = 8 / 1e6;
  private static final int STREAM_FILES = 16;
  private static final Duration SAMPLE = Duration.ofMillis(500);

  @Mixin private final WorkspaceOptions workspace = new WorkspaceOptions();

  @Option(
      names = "--link",
      split = " ",
      paramLabel = "COMMAND",
      description = "a link emulator with the verbs up, a, b and down; default: tc netem")
  private List<String> emulator = new ArrayList<>();

  @Option(names = "--rtt", paramLabel = "MS", defaultValue = "80", description = "round trip")
  private double rtt;

  @Option(names = "--rate", paramLabel = "MBIT", defaultValue = "200", description = "each way")
  private double rate;

  @Option(
      names = "--loss",
      split = ",",
      paramLabel = "PERCENT",
      defaultValue = "0,0.5",
      description = "losses to try, one after the other: ${DEFAULT-VALUE}")
  private List<Double> losses = new ArrayList<>();

  @Option(names = "--cc", paramLabel = "NAME", defaultValue = "cubic", description = "of TCP")
  private String congestionControl = "";

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "30",
      description = "how long iperf3 and ssh are measured: ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--mebibytes",
      paramLabel = "N",
      defaultValue = "4096",
      description = "length of Longhaul's stream; aria2c gets a sixteenth of it: ${DEFAULT-VALUE}")
  private int mebibytes;

  @Override
  public Integer call() throws Exception {
    try (Workspace files = workspace.open(new DataSize(((long) mebibytes << 20) / STREAM_FILES))) {
      for (double loss : losses) {
        var shape = new LinkShape(rtt, rate, loss, congestionControl);
        try (LinkEmulator link =
            emulator.isEmpty() ? new NetemLink(shape) : new CommandLink(emulator, shape)) {
          System.out.println(shape);
          measure(link, files);
        }
      }
    }
    return 0;
  }

  private void measure(LinkEmulator link, Workspace files) throws IOException {
    double iperf = say("iperf3", iperf(link));
    double ssh = say("ssh", ssh(link, files));
    double aria = say("aria2c", aria(link, files));
    Longhaul longhaul = longhaul(link, files);
    var table = new Table("way", "Mbit/s", "Longhaul to it");
    table.row("iperf3, one flow", Table.number(iperf), Table.ratio(longhaul.rate / iperf));
    table.row("ssh HOST cat", Table.number(ssh), Table.ratio(longhaul.rate / ssh));
    table.row("aria2c -x16 -s16 -k1M", Table.number(aria), Table.ratio(longhaul.rate / aria));
    table.row("Longhaul, " + longhaul.connections, Table.number(longhaul.rate), "1.00");
    table.print(System.out);
  }

  private static double say(String way, double rate) {
    System.err.printf("%-10s %8.1f Mbit/s%n", way, rate);
    return rate;
  }

  /** Returns what one flow carries from a to b, as its receiver counts it. */
  private double iperf(LinkEmulator link) throws IOException {
    try (var server = RunningCommand.start(link.a().command(List.of("iperf3", "-s", "-1")))) {
      List<String> client =
          List.of("iperf3", "-c", link.a().host(), "-R", "-J", "-t", Integer.toString(seconds));
      JsonNode result =
          Eventually.find(
              "a figure from iperf3",
              Duration.ofSeconds(seconds).multipliedBy(3),
              () ->
                  Optional.of(CommandResult.of(link.b().command(client)))
                      .filter(answer -> answer.exit() == 0)
                      .map(CommandResult::out)
                      .map(LinkBench::json));
      server.await(Duration.ofMinutes(1));
      return result.at("/end/sum_received/bits_per_second").asDouble() / 1e6;
    }
  }

  private static JsonNode json(String text) {
    try {
      return Json.TOLERANT.readTree(text);
    } catch (IOException e) {
      throw new IllegalStateException("iperf3 printed " + text, e);
    }
  }

  /** Returns what ssh carries in the time given; at 0.5 % loss a whole file would take an hour. */
  private double ssh(LinkEmulator link, Workspace files) throws IOException {
    try (var sshd = new PrivateSshd(link.a())) {
      String client =
          Workspace.text(link.b().command(sshd.client(Workspace.text(files.source(16)))));
      String count =
          CommandResult.output(
              List.of("sh", "-c", "timeout " + seconds + " " + client + " | wc -c"));
      return Double.parseDouble(count.strip()) * BITS / seconds;
    }
  }

  private static double aria(LinkEmulator link, Workspace files) throws IOException {
    try (var server = new Nginx(link.a(), files.directory())) {
      double took =
          Workspace.seconds(
              link.b()
                  .command(
                      List.of(
                          "aria2c",
                          "-q",
                          "-x16",
                          "-s16",
                          "-k1M",
                          "--file-allocation=none",
                          "--allow-overwrite=true",
                          "-d",
                          files.directory().toString(),
                          "-o",
                          "fetched",
                          server.url(files.file()))));
      return files.fileSize().bytes() * BITS / took;
    }
  }

  /**
   * What Longhaul reached.
   *
   * @param rate in Mbit/s
   * @param connections how many it used
   */
  private record Longhaul(double rate, String connections) {}

  private static Longhaul longhaul(LinkEmulator link, Workspace files) throws IOException {
    try (Site site = files.site(link.a(), link.b(), files.source(STREAM_FILES))) {
      site.start();
      long start = System.nanoTime();
      List<String> command = site.coordinatorCommand("start", "office::data", "vault::nothing");
      try (var running = RunningCommand.start(command)) {
        int connections = 0;
        while (!running.endsWithin(SAMPLE)) {
          for (ReceiveStatus status : site.receives()) {
            connections = Math.max(connections, status.transfer().connections());
          }
        }
        double took = (System.nanoTime() - start) / 1e9;
        CommandResult result = running.await(SAMPLE);
        if (result.exit() != 0) {
          throw new IOException("Tried to run " + command + " but it ended with " + result);
        }
        double rate = STREAM_FILES * files.fileSize().bytes() * BITS / took;
        return new Longhaul(say("Longhaul", rate), "at most " + connections + " connections");
      }
    }
  }
}

package io.longhaul.coordinator.cli;

import io.longhaul.coordinator.ExitCode;
import io.longhaul.coordinator.agent.Agents;
import io.longhaul.coordinator.agent.Probe;
import io.longhaul.coordinator.show.Table;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.config.DataSize;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coordinator agents}. */
@Command(
    name = "agents",
    description = {
      "Asks every configured agent who it is, and every receiver-agent whether it reaches the senders.",
      "",
      "The data connection goes from receiver to sender: only the receiver can tell whether it works."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every agent answered",
      "1:an agent does not answer",
      "2:the command line or a configuration file is wrong"
    },
    footerHeading = "%nExamples:%n",
    footer = {"  coordinator agents", "  coordinator agents --config ./coordinator.yaml --json"})
final class AgentsCommand implements Callable<Integer> {
  @ParentCommand private CoordinatorCommand parent = new CoordinatorCommand();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--json", description = "one JSON object")
  private boolean json;

  private record Probes(List<Probe> agents) {}

  @Override
  public Integer call() throws Exception {
    Agents agents = parent.agents();
    List<Probe> probes = Probe.all(agents);
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.TOLERANT.writeValueAsString(new Probes(probes)));
    } else {
      Table table =
          new Table(
              "AGENT",
              "ROLE",
              "URL",
              "SOFTWARE",
              "PROTOCOL",
              "SPOOL LIMIT",
              "ZFS",
              "KNOWS US AS",
              "CERTIFICATE UNTIL");
      probes.forEach(probe -> row(table, probe));
      table.lines().forEach(out::println);
      probes.forEach(this::details);
      agents.warnings(Instant.now()).forEach(w -> out.println("warning: this coordinator: " + w));
    }
    boolean all = probes.stream().allMatch(probe -> probe.info().isPresent());
    return (all ? ExitCode.DONE : ExitCode.FAILED).number();
  }

  private static void row(Table table, Probe probe) {
    String role = probe.role().text();
    String url = probe.url().toString();
    if (probe.info().isEmpty()) {
      table.row(probe.name(), role, url, "does not answer", "", "", "", "", "");
      return;
    }
    var info = probe.info().get();
    table.row(
        probe.name(),
        role,
        url,
        info.software(),
        info.protocol().oldest() + "-" + info.protocol().newest(),
        new DataSize(info.spoolLimitBytes()).toString(),
        info.zfs().orElse("none"),
        info.identity(),
        info.certificateExpires().map(Instant::toString).orElse("none"));
  }

  private void details(Probe probe) {
    var out = spec.commandLine().getOut();
    probe
        .info()
        .ifPresent(info ->
            info.warnings().forEach(w -> out.println("warning: " + probe.title() + ": " + w)));
    probe.peers().forEach(peer -> out.println(probe.title() + " pulling from " + peer));
    probe
        .problem()
        .ifPresent(why -> spec.commandLine().getErr().println(probe.title() + ": " + why));
  }
}

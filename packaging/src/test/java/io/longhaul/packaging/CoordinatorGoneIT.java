package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.CommandResult.RunningCommand;
import io.longhaul.packaging.site.Eventually;
import io.longhaul.packaging.site.Keystream;
import io.longhaul.packaging.site.OpenFiles;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.SpoolProcesses;
import io.longhaul.packaging.site.Tools;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.wire.ReceiveStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The coordinator may go at any time: the transfer does not notice. Only {@code abort} ends it. */
class CoordinatorGoneIT {
  private static final long MEBIBYTE = 1 << 20;
  private static final Keystream STREAM = new Keystream(80 * MEBIBYTE);
  private static final Duration SOON = Duration.ofMinutes(2);

  @BeforeEach
  void needs() {
    Tools.need("openssl", "curl");
  }

  @Test
  void interruptedByCtrlC() throws Exception {
    try (var site = slowSite();
        var _ = site.link(10 * MEBIBYTE)) {
      site.start();
      /* A build in the background may ignore SIGINT, and its children would too. */
      List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
      command.addAll(
          site.coordinatorCommand("start", "office::data", "vault::sum", "--chunk-size", "1MiB"));
      try (var running = RunningCommand.start(command)) {
        SessionId id = awaitSession(site);
        site.awaitFed(id, MEBIBYTE, SOON);
        Eventually.holds("its name", SOON, () -> running.out().contains(id.toString()));
        CommandResult.output(List.of("kill", "-INT", Long.toString(running.pid())));
        CommandResult result = running.await(SOON);
        assertThat(result.exit()).as(result.toString()).isEqualTo(130);
        assertThat(result.out() + result.err())
            .contains("coordinator status", "coordinator abort " + id);
        finishesByItself(site, id);
      }
    }
  }

  @Test
  void killed() throws Exception {
    try (var site = slowSite();
        var _ = site.link(10 * MEBIBYTE)) {
      site.start();
      try (var running =
          RunningCommand.start(
              site.coordinatorCommand(
                  "start", "office::data", "vault::sum", "--chunk-size", "1MiB"))) {
        SessionId id = awaitSession(site);
        site.awaitFed(id, MEBIBYTE, SOON);
        CommandResult.output(List.of("kill", "-KILL", Long.toString(running.pid())));
        running.await(SOON);
        finishesByItself(site, id);
      }
    }
  }

  @Test
  void aborted() throws Exception {
    try (var site = slowSite();
        var _ = site.link(10 * MEBIBYTE)) {
      site.office().set("16MiB", "spool", "limit"); // so that the source cannot end before
      site.vault().stream("committed", List.of("sh", "-c", commit(site)));
      site.start();
      SessionId id = site.startDetached("office::data", "vault::committed", "--chunk-size", "1MiB");
      site.awaitFed(id, MEBIBYTE, SOON);
      List<ProcessIdentity> processes = new SpoolProcesses(site.file("")).alive();
      assertThat(processes).as("two pumps, a source and a sink").hasSize(4);

      CommandResult abort = site.coordinator("abort", id.toString());
      assertThat(abort.exit()).as(abort.toString()).isZero();
      for (ProcessIdentity process : processes) {
        Eventually.holds("the end of " + process, SOON, () -> !process.isAlive());
      }
      Path sent = site.spool(id, Role.SEND).directory();
      Path received = site.spool(id, Role.RECEIVE).directory();
      Eventually.holds("the end of " + sent, SOON, () -> !Files.exists(sent));
      Eventually.holds("the end of " + received, SOON, () -> !Files.exists(received));
      assertThat(OpenFiles.under(sent)).isEmpty();
      assertThat(OpenFiles.under(received)).isEmpty();
      assertThat(site.file("committed")).doesNotExist();
      assertThat(site.coordinator("status", id.toString()).out()).contains("aborted");
    }
  }

  private static String commit(Site site) {
    return "cat > /dev/null && touch " + site.file("committed");
  }

  private static Site slowSite() throws Exception {
    var site = new Site();
    site.office().stream("data", STREAM.source());
    /* So that the source is still there when half of its stream is through. */
    site.office().set("16MiB", "spool", "limit");
    site.vault().stream("sum", Keystream.sink(site.file("sum")));
    return site;
  }

  private static SessionId awaitSession(Site site) {
    return Eventually.find(
        "a receive session",
        SOON,
        () -> site.receives().stream().findFirst().map(ReceiveStatus::id));
  }

  private static void finishesByItself(Site site, SessionId id) throws Exception {
    assertThat(site.receive(id).state().ended()).isFalse();
    site.awaitDone(id, SOON);
    assertThat(Files.readString(site.file("sum")).strip()).isEqualTo(STREAM.sha256());
    assertThat(site.coordinator("list").out()).contains(id.toString());
  }
}

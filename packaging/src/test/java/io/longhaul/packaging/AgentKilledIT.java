package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.Agent;
import io.longhaul.packaging.site.Keystream;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Tools;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.spool.Started;
import io.longhaul.protocol.wire.ReceiveStatus;
import java.nio.file.Files;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** An agent is killed in the middle and started again: neither pipe's process may notice. */
class AgentKilledIT {
  private static final long MEBIBYTE = 1 << 20;
  private static final Keystream STREAM = new Keystream(120 * MEBIBYTE);
  private static final Duration SOON = Duration.ofMinutes(2);

  @Test
  void senderAgent() throws Exception {
    killAndRestart(Site::sender);
  }

  @Test
  void receiverAgent() throws Exception {
    killAndRestart(Site::receiver);
  }

  private static void killAndRestart(Function<Site, Agent> which) throws Exception {
    Tools.need("openssl", "curl");
    try (var site = new Site();
        var link = site.link(16 * MEBIBYTE)) {
      site.office().stream("data", STREAM.sourceThen(site.waitForGo()));
      site.office().set("16MiB", "spool", "limit");
      site.vault().stream("sum", Keystream.sink(site.file("sum")));
      site.start();
      SessionId id = site.startDetached("office::data", "vault::sum", "--chunk-size", "1MiB");
      site.awaitFed(id, 20 * MEBIBYTE, SOON);
      ProcessIdentity source = child(site, id, Role.SEND);
      ProcessIdentity sink = child(site, id, Role.RECEIVE);

      which.apply(site).kill();
      which.apply(site).start();
      ReceiveStatus restarted = site.receive(id);
      assertThat(restarted.state().ended()).as(restarted.toString()).isFalse();
      assertThat(child(site, id, Role.SEND)).isEqualTo(source);
      assertThat(child(site, id, Role.RECEIVE)).isEqualTo(sink);
      assertThat(source.isAlive()).as("the source is blocked by its spool's limit").isTrue();
      assertThat(sink.isAlive()).as("the sink").isTrue();

      site.go();
      site.awaitDone(id, SOON);
      assertThat(Files.readString(site.file("sum")).strip()).isEqualTo(STREAM.sha256());
      long unverified = (restarted.transfer().connections() + 8) * MEBIBYTE;
      assertThat(link.carriedBytes()).isLessThan(STREAM.bytes() + unverified + MEBIBYTE);
    }
  }

  private static ProcessIdentity child(Site site, SessionId id, Role role) throws Exception {
    return SpoolFile.read(site.spool(id, role).started(), Started.class)
        .flatMap(Started::child)
        .orElseThrow();
  }
}

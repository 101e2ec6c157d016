package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.CommandResult.RunningCommand;
import io.longhaul.packaging.site.Eventually;
import io.longhaul.packaging.site.Keystream;
import io.longhaul.packaging.site.Place;
import io.longhaul.packaging.site.PrivateSshd;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Tools;
import io.longhaul.protocol.SessionId;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * The README's recipe for a sender behind NAT: the sender's machine opens {@code ssh -R} to the
 * receiver's, which then reaches the sender-agent on its own loopback. The tunnel may break too.
 */
class ReverseTunnelIT {
  private static final long MEBIBYTE = 1 << 20;
  private static final Keystream STREAM = new Keystream(300 * MEBIBYTE);
  private static final Duration SOON = Duration.ofSeconds(90);

  @Test
  void aStreamCrossesATunnelThatIsKilledAndOpenedAgain() throws Exception {
    Tools.need("openssl", "ssh", "sshd", "ssh-keygen");
    try (var sshd = new PrivateSshd(Place.HERE);
        var site = new Site()) {
      int port = Site.freePort();
      site.sendThrough(port);
      site.office().stream("data", STREAM.source());
      site.office().set("32MiB", "spool", "limit");
      site.vault().stream("sum", Keystream.sink(site.file("sum")));
      site.start();
      SessionId id;
      try (var tunnel = RunningCommand.start(sshd.reverseTunnel(port, site.officePort()))) {
        site.awaitPeer("office", SOON);
        id = site.startDetached("office::data", "vault::sum", "--chunk-size", "1MiB");
        site.awaitFed(id, 20 * MEBIBYTE, SOON);
        assertThat(tunnel.isAlive()).isTrue();
      }
      Eventually.holds("the end of the first tunnel", SOON, () -> Site.isFree(port));
      try (var tunnel = RunningCommand.start(sshd.reverseTunnel(port, site.officePort()))) {
        site.awaitDone(id, SOON);
        assertThat(tunnel.isAlive()).isTrue();
      }
      assertThat(Files.readString(site.file("sum")).strip()).isEqualTo(STREAM.sha256());
    }
  }
}

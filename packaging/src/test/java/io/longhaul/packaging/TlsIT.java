package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.Image;
import io.longhaul.packaging.site.Keystream;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Tools;
import io.longhaul.packaging.site.Trust;
import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.testing.TestAuthority;
import io.longhaul.protocol.testing.TestAuthority.Wish;
import io.longhaul.protocol.wire.AgentInfo;
import io.longhaul.protocol.wire.ReceiveStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The assembled programs talk mutual TLS, with the certificates of their own authority. */
class TlsIT {
  private static final long MEBIBYTE = 1 << 20;
  private static final Keystream STREAM = new Keystream(96 * MEBIBYTE);
  private static final Duration SOON = Duration.ofMinutes(2);

  @TempDir private Path directory = Path.of("");

  @BeforeEach
  void needs() {
    Tools.need("openssl", "curl");
  }

  @Test
  void certificatesComeAndGoUnderOneSession() throws Exception {
    try (Site site = Site.encrypted(directory);
        var _ = site.link(4 * MEBIBYTE)) {
      Trust trust = site.trust();
      site.office().stream("data", STREAM.source());
      site.office().set("16MiB", "spool", "limit");
      site.vault().stream("sum", Keystream.sink(site.file("sum")));
      site.start();
      SessionId id = site.startDetached("office::data", "vault::sum", "--chunk-size", "1MiB");
      long sink = site.awaitFed(id, MEBIBYTE, SOON).sinkPid().orElseThrow();

      Instant before = expiry(site);
      trust.run("renew", "office", "--days", "400");
      trust.deliver("office");
      assertThat(expiry(site)).as("the renewed certificate is shown").isAfter(before);

      trust.run("revoke", "vault");
      trust.deliverRevoked("office");
      Failure refused = site.awaitRefusal(id, SOON);
      assertThat(refused.message()).contains("the peer does not accept our certificate");
      assertThat(site.coordinator("status", id.toString()).out())
          .contains("certificate-refused", "coordinator trust list");
      assertThat(site.receive(id).fedBytes()).isLessThan(STREAM.bytes());

      trust.run("issue", "vault", "--host", "localhost");
      trust.deliver("vault");
      awaitGoingOn(site, id);

      TestAuthority past = new TestAuthority(directory.resolve("past"), trust.authority());
      past.issue("vault", expired("vault", "localhost"));
      trust.deliver("vault", directory.resolve("past"));
      assertThat(site.awaitRefusal(id, SOON).message())
          .contains("our own certificate in " + trust.files("vault").certificate())
          .contains("the certificate of 'vault' expired on ");

      trust.run("renew", "vault");
      trust.deliver("vault");
      ReceiveStatus done = site.awaitDone(id, SOON);
      assertThat(done.sinkPid()).hasValue(sink);
      assertThat(Files.readString(site.file("sum")).strip()).isEqualTo(STREAM.sha256());
    }
  }

  private static Instant expiry(Site site) throws Exception {
    return site.sender().get(ApiPaths.AGENT, AgentInfo.class).certificateExpires().orElseThrow();
  }

  private static void awaitGoingOn(Site site, SessionId id) throws Exception {
    site.awaitFed(id, site.receive(id).fedBytes() + MEBIBYTE, SOON);
    assertThat(site.receive(id).state()).isNotEqualTo(SessionState.PAUSED);
  }

  private static Wish expired(String name, String... hosts) {
    Instant now = Instant.now();
    return Wish.of(name, hosts).during(now.minusSeconds(9000), now.minusSeconds(60));
  }

  @Test
  void theWrongServerIsToldNothing() throws Exception {
    try (Site site = Site.encrypted(directory)) {
      site.agents()
          .set("https://127.0.0.1:" + site.officePort(), "agents", "office", "sender", "url");
      site.start();
      CommandResult wrongHost = site.coordinator("agents");
      assertThat(wrongHost.out() + wrongHost.err()).contains("Hostname 127.0.0.1 not verified");

      Trust trust = site.trust();
      TestAuthority past = new TestAuthority(directory.resolve("past"), trust.authority());
      past.issue("office", expired("office", "localhost"));
      trust.deliver("office", directory.resolve("past"));
      CommandResult peers = site.coordinator("agents");
      assertThat(peers.out() + peers.err()).contains("the certificate of 'office' expired on ");
    }
  }

  @Test
  void anExpiredCertificateEndsTheStartWithAClearError() throws Exception {
    try (Site site = Site.encrypted(directory)) {
      site.writeConfiguration();
      Trust trust = site.trust();
      TestAuthority past = new TestAuthority(directory.resolve("past"), trust.authority());
      past.issue("office", expired("office", "localhost"));
      trust.deliver("office", directory.resolve("past"));
      CommandResult refusal =
          CommandResult.of(
              List.of(
                  Image.find().program("sender-agent"),
                  "--config",
                  site.file("office.yaml").toString()));
      assertThat(refusal.exit()).isNotZero();
      assertThat(refusal.err())
          .contains("our own certificate in " + trust.files("office").certificate())
          .contains("the certificate of 'office' expired on ")
          .contains("it must be renewed")
          .doesNotContain("\tat ");
    }
  }
}

package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.Eventually;
import io.longhaul.packaging.site.Image;
import io.longhaul.packaging.site.Keystream;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Tools;
import io.longhaul.packaging.site.Trust;
import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.testing.TestAuthority;
import io.longhaul.protocol.testing.TestAuthority.Wish;
import io.longhaul.protocol.tls.CertificateUse;
import io.longhaul.protocol.tls.TlsConfig;
import io.longhaul.protocol.wire.AgentInfo;
import io.longhaul.protocol.wire.ReceiveStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The assembled programs talk mutual TLS, with the certificates of their own authority. */
class TlsIT {
  private static final long MEBIBYTE = 1 << 20;
  private static final Keystream STREAM = new Keystream(96 * MEBIBYTE);
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final String AGENT = "https://localhost:%d/" + ApiPaths.AGENT;

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
      Failure refused = awaitRefusal(site, id);
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
      assertThat(awaitRefusal(site, id).message())
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

  private static Failure awaitRefusal(Site site, SessionId id) {
    return Eventually.find(
        "a pause for a certificate",
        SOON,
        () ->
            Optional.of(site.receive(id))
                .filter(status -> status.state() == SessionState.PAUSED)
                .flatMap(ReceiveStatus::failure)
                .filter(why -> why.kind() == FailureKind.CERTIFICATE_REFUSED));
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
  void whoShowsAnythingElseLearnsNothing() throws Exception {
    try (Site site = Site.encrypted(directory)) {
      site.start();
      Trust trust = site.trust();
      TlsConfig good = trust.files("console");
      List<String> everyone = showing(good);
      assertThat(knock(site, everyone).out()).contains("office");

      Map<String, List<String>> cells = new LinkedHashMap<>();
      cells.put("no certificate", List.of());
      cells.put(
          "a token in place of a certificate",
          List.of("--header", "Authorization: Bearer 0123456789abcdef"));
      TestAuthority stranger = new TestAuthority(directory.resolve("stranger"));
      cells.put("of another authority", showing(stranger.issue("console")));
      TestAuthority forger = new TestAuthority(directory.resolve("odd"), trust.authority());
      assertThat(knock(site, showing(forger.issue("console"))).out()).contains("office");
      cells.put("expired", showing(forger.issue("expired", expired("console"))));
      Instant now = Instant.now();
      cells.put(
          "not yet valid",
          showing(
              forger.issue(
                  "early",
                  Wish.of("console").during(now.plusSeconds(3600), now.plusSeconds(9000)))));
      cells.put(
          "only to listen",
          showing(
              forger.issue("listening", Wish.of("console").only(Set.of(CertificateUse.LISTEN)))));
      trust.run("issue", "gone");
      trust.deliver("gone");
      trust.run("revoke", "gone");
      trust.deliverRevoked("office");
      cells.put("revoked", showing(trust.files("gone")));

      for (Map.Entry<String, List<String>> cell : cells.entrySet()) {
        assertSilence(site, cell.getKey(), cell.getValue());
      }
      assertSilence(site, "TLS 1.2", with(everyone, "--tls-max", "1.2"));
      assertSilence(site, "TLS 1.1", with(everyone, "--tls-max", "1.1"));

      trust.run("issue", "nobody");
      trust.deliver("nobody");
      CommandResult unnamed = knock(site, showing(trust.files("nobody")));
      assertThat(unnamed.exit()).isNotZero();
      assertThat(unnamed.out())
          .contains("the name in this certificate is not served here")
          .doesNotContain("office", "console", "vault");
      assertThat(knock(site, everyone).exit()).as("the others are served on").isZero();
      assertThat(site.sender().log())
          .contains("address=127.0.0.1", "at the handshake: the certificate of 'gone' was revoked")
          .contains("the name in this certificate is not served here");
    }
  }

  private static List<String> showing(TlsConfig files) {
    return List.of("--cert", files.certificate().toString(), "--key", files.key().toString());
  }

  private static List<String> with(List<String> arguments, String... more) {
    return Stream.concat(arguments.stream(), List.of(more).stream()).toList();
  }

  private static CommandResult knock(Site site, List<String> arguments) throws IOException {
    List<String> words =
        List.of("curl", "--silent", "--show-error", "--fail-with-body", "--insecure", "--max-time");
    return CommandResult.of(
        Stream.of(words, List.of("20", AGENT.formatted(site.officePort())), arguments)
            .flatMap(List::stream)
            .toList());
  }

  private static void assertSilence(Site site, String cell, List<String> arguments)
      throws IOException {
    CommandResult answer = knock(site, with(arguments, "--include"));
    assertThat(answer.exit()).as(cell + ": " + answer).isNotZero();
    assertThat(answer.out()).as(cell).isEmpty();
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

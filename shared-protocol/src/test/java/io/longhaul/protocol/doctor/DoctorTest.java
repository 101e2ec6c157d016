package io.longhaul.protocol.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.ProtocolVersion;
import io.longhaul.protocol.auth.IdentityConfig;
import io.longhaul.protocol.auth.TokenConfig;
import io.longhaul.protocol.client.AgentAddress;
import io.longhaul.protocol.config.SpoolConfig;
import io.longhaul.protocol.config.ZfsConfig;
import io.longhaul.protocol.pipe.Command;
import io.longhaul.protocol.server.ApiRoutes;
import io.longhaul.protocol.server.Entrance;
import io.longhaul.protocol.server.HttpServer;
import io.longhaul.protocol.server.Listen;
import io.longhaul.protocol.server.Reply;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.spool.SpoolRoot;
import io.longhaul.protocol.testing.TestAuthority;
import io.longhaul.protocol.testing.TestAuthority.Wish;
import io.longhaul.protocol.tls.CertificateUse;
import io.longhaul.protocol.tls.TlsConfig;
import io.longhaul.protocol.wire.AgentInfo;
import io.longhaul.protocol.zfs.DatasetName;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A doctor at machines, files and peers that are there. */
class DoctorTest {
  private static final String ZFS =
      """
      #!/bin/sh
      case "$1" in
        version) echo zfs-2.1.11-1 ;;
        send) echo 'usage: send [-R] [-[i|I] snapshot]' >&2; exit 2 ;;
        receive) echo 'usage: receive [-Fu] filesystem' >&2; exit 2 ;;
        bookmark) echo 'usage: bookmark' >&2; exit 2 ;;
        list) [ "$5" = tank/vm ] || { echo "cannot open '$5': dataset does not exist" >&2; exit 1; }; echo "$5" ;;
        get) case "$5" in mountpoint) echo none ;; *) echo off ;; esac ;;
        allow) cat "$(dirname "$0")/allowed" ;;
      esac
      """;

  @TempDir Path folder;

  private TestAuthority authority;
  private Listen listen;
  private List<String> zfs;
  private Login login = new Login("longhaul", Set.of("longhaul"));
  private InstantSource clock = InstantSource.system();
  private Optional<TlsConfig> tls = Optional.empty();
  private Map<String, AgentAddress> peers = Map.of();
  private Map<String, Command> streams = Map.of();
  private Role role = Role.SEND;

  @BeforeEach
  void goodMachine() throws Exception {
    authority = new TestAuthority(folder.resolve("authority"));
    listen = plain(0);
    Path script = folder.resolve("zfs");
    Files.writeString(script, ZFS);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    zfs = List.of(script.toString());
    allow("user longhaul hold,release,send");
    Files.createDirectory(
        folder.resolve("spool"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  private static Listen plain(int port) {
    return listen(port, Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static Listen listen(
      int port,
      Optional<List<TokenConfig>> tokens,
      Optional<TlsConfig> tls,
      Optional<List<IdentityConfig>> identities) {
    return new Listen(Optional.empty(), port, Optional.empty(), tokens, tls, identities);
  }

  private void allow(String grant) throws Exception {
    Files.writeString(
        folder.resolve("allowed"),
        "---- Permissions on tank/vm ------\nLocal+Descendent permissions:\n\t" + grant + "\n");
  }

  private Findings examine(String... datasets) throws Exception {
    NavigableSet<DatasetName> roots = new TreeSet<>(Comparator.comparing(DatasetName::name));
    for (String dataset : datasets) {
      roots.add(DatasetName.parse(dataset));
    }
    Setup setup =
        new Setup(
            role,
            listen,
            new SpoolConfig(
                Optional.of(folder.resolve("spool")), Optional.empty(), Optional.empty()),
            new ZfsConfig(zfs),
            roots,
            streams,
            tls,
            peers);
    return new Doctor(setup, login, clock).examine();
  }

  private Finding finding(String check, String... datasets) throws Exception {
    return examine(datasets).findings().stream()
        .filter(finding -> finding.check().equals(check))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aMachineThatHasEverythingIsWell() throws Exception {
    streams = Map.of("home", Command.of(List.of("tar", "-cf", "-", "/home")));
    Findings findings = examine("tank/vm");
    assertThat(findings.findings())
        .extracting(Finding::check)
        .containsExactly(
            "user",
            "open files",
            "setsid",
            "spool",
            "port",
            "listen",
            "zfs",
            "zfs allow tank/vm",
            "replication tank/vm",
            "stream home");
    assertThat(findings.findings()).noneMatch(finding -> finding.verdict() == Verdict.FAIL);
    assertThat(findings.exitStatus()).isZero();
  }

  @Test
  void aFailureIsAnExitStatusALineAndJson() throws Exception {
    Files.delete(folder.resolve("spool"));
    Findings findings = examine();
    assertThat(findings.exitStatus()).isOne();

    assertThat(printed(findings, false).lines())
        .hasSameSizeAs(findings.findings())
        .anyMatch(line -> line.startsWith("fail  spool: ") && line.contains("; run: install -d "));
    var json = Json.STRICT.readTree(printed(findings, true));
    assertThat(json.get("ok").booleanValue()).isFalse();
    assertThat(json.get("checks"))
        .hasSameSizeAs(findings.findings())
        .anyMatch(each ->
            each.get("check").textValue().equals("spool")
                && each.get("verdict").textValue().equals("fail")
                && each.get("remedy").textValue().startsWith("run: install"));
  }

  private static String printed(Findings findings, boolean json) {
    StringWriter text = new StringWriter();
    findings.print(new PrintWriter(text), json);
    return text.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SEND    | user longhaul hold,release,send             | OK   | as with: zfs allow longhaul hold,release,send tank/vm",
        "SEND    | group longhaul hold,release,send            | OK   | as with",
        "SEND    | everyone hold,release,send                  | OK   | as with",
        "SEND    | user longhaul send                          | FAIL | longhaul lacks hold, release; as root run: zfs allow longhaul hold,release,send tank/vm",
        "SEND    | user other hold,release,send                | FAIL | lacks hold, release, send",
        "SEND    | user longhaul destroy,diff,hold,release,send | OK  | (and more than that: diff)",
        "RECEIVE | user longhaul create,mount,receive          | OK   | as with: zfs allow longhaul create,mount,receive tank/vm",
        "RECEIVE | user longhaul hold,release,send             | FAIL | lacks create, mount, receive",
      })
  void rights(Role agent, String grant, Verdict verdict, String part) throws Exception {
    role = agent;
    allow(grant);
    Finding finding = finding("zfs allow tank/vm", "tank/vm");
    assertThat(finding.verdict()).as(finding.toString()).isEqualTo(verdict);
    assertThat(finding.toString()).contains(part);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SEND    | hold,release,send                  | WARN | longhaul lacks bookmark, destroy; as root run: zfs allow longhaul bookmark,destroy tank/vm",
        "SEND    | bookmark,destroy,hold,release,send | OK   | as with: zfs allow longhaul bookmark,destroy tank/vm",
        "RECEIVE | create,mount,receive               | WARN | lacks canmount, destroy, hold, mountpoint, readonly, release, rollback, userprop",
      })
  void rightsForReplication(Role agent, String permissions, Verdict verdict, String part)
      throws Exception {
    role = agent;
    allow("user longhaul " + permissions);
    Finding finding = finding("replication tank/vm", "tank/vm");
    assertThat(finding.verdict()).as(finding.toString()).isEqualTo(verdict);
    assertThat(finding.toString()).contains(part);
  }

  @Test
  void aDatasetThatIsGrantedAndNotThereFails() throws Exception {
    assertThat(finding("zfs allow tank/gone", "tank/gone").verdict()).isEqualTo(Verdict.FAIL);
    role = Role.RECEIVE;
    assertThat(finding("zfs allow tank/gone", "tank/gone").remedy())
        .hasValueSatisfying(
            remedy -> assertThat(remedy).contains("-o mountpoint=none -o setuid=off tank/gone"));
  }

  @Test
  void rootAndSudoNeedNoRights() throws Exception {
    Files.delete(folder.resolve("allowed"));
    login = new Login("root", Set.of("root"));
    Finding finding = finding("zfs allow tank/vm", "tank/vm");
    assertThat(finding.verdict()).isEqualTo(Verdict.OK);
    assertThat(finding.text())
        .contains(
            "zfs allow longhaul hold,release,send tank/vm",
            "for replication also: zfs allow longhaul bookmark,destroy tank/vm");

    login = new Login("longhaul", Set.of());
    zfs = List.of("env", zfs.getFirst());
    assertThat(finding("zfs allow tank/vm", "tank/vm").text()).contains("not asked for");
  }

  @Test
  void withoutZfsOnlyWhoIsToCarryDatasetsFails() throws Exception {
    zfs = List.of("/nowhere/zfs");
    assertThat(finding("zfs").verdict()).isEqualTo(Verdict.WARN);
    assertThat(finding("zfs", "tank/vm").verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void rightsThatCannotBeReadAreWarnedOf() throws Exception {
    Files.delete(folder.resolve("allowed"));
    Finding finding = finding("zfs allow tank/vm", "tank/vm");
    assertThat(finding.verdict()).isEqualTo(Verdict.WARN);
    assertThat(finding.remedy().orElseThrow()).contains("zfs allow longhaul");
  }

  @Test
  void aStreamNeedsItsProgram() throws Exception {
    streams = Map.of("home", Command.of(List.of("no-such-program")));
    assertThat(finding("stream home").verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void aPortInUseIsGoodOnlyIfTheAgentHasIt() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      listen = plain(taken.getLocalPort());
      assertThat(finding("port").verdict()).isEqualTo(Verdict.FAIL);
      try (SpoolRoot _ = SpoolRoot.open(folder.resolve("spool"), Role.SEND)) {
        assertThat(finding("port").verdict()).isEqualTo(Verdict.OK);
      }
    }
  }

  @Test
  void aTokenFileThatOthersMayReadFails() throws Exception {
    Path file = folder.resolve("vault.token.sha256");
    Files.writeString(file, "sha256:" + "0".repeat(64));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    listen =
        listen(
            0,
            Optional.of(List.of(new TokenConfig("vault", file, false))),
            Optional.empty(),
            Optional.empty());
    assertThat(finding("listen").verdict()).isEqualTo(Verdict.FAIL);
    assertThat(finding("listen").text()).contains("chmod 600");
  }

  @Test
  void aGoodCertificateNamesItsHolderAndHosts() throws Exception {
    Finding finding = certificate(authority.issue("office", "office.example", "10.8.0.1"));
    assertThat(finding.verdict()).as(finding.toString()).isEqualTo(Verdict.OK);
    assertThat(finding.text())
        .startsWith("office, until ")
        .contains(", for office.example, 10.8.0.1, SHA-256 ");
  }

  @ParameterizedTest
  @CsvSource({
    "expired, expired on",
    "early,   not valid before",
    "connect, may not be used to listen",
    "revoked, was revoked",
    "nohost,  is for no host",
    "mode,    chmod 600",
    "other,   was not signed by",
    "gone,    NoSuchFile",
  })
  void aCertificateThatNobodyWouldAcceptFails(String fault, String part) throws Exception {
    Instant now = Instant.now();
    Duration day = Duration.ofDays(1);
    Wish wish =
        switch (fault) {
          case "expired" ->
              Wish.of("office", "office.example").during(now.minus(day), now.minusSeconds(60));
          case "early" ->
              Wish.of("office", "office.example")
                  .during(now.plus(day), now.plus(day.multipliedBy(2)));
          case "connect" ->
              Wish.of("office", "office.example").only(EnumSet.of(CertificateUse.CONNECT));
          case "nohost" -> Wish.of("office");
          default -> Wish.of("office", "office.example");
        };
    TlsConfig files = authority.issue("office", wish);
    switch (fault) {
      case "mode" ->
          Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-r-----"));
      case "revoked" -> authority.revoke(files);
      case "gone" -> Files.delete(files.certificate());
      case "other" -> {
        Path others = new TestAuthority(folder.resolve("other")).authority();
        files = new TlsConfig(files.certificate(), files.key(), others, Optional.empty());
      }
      default -> {}
    }
    Finding finding = certificate(files);
    assertThat(finding.verdict()).as(finding.toString()).isEqualTo(Verdict.FAIL);
    assertThat(finding.toString()).contains(part);
  }

  private Finding certificate(TlsConfig files) throws Exception {
    listen =
        listen(
            0,
            Optional.empty(),
            Optional.of(files),
            Optional.of(List.of(new IdentityConfig("vault", false))));
    return finding("listen.tls");
  }

  @Test
  void aPeerThatAnswersOverTlsIsWellAndItsClockKnown() throws Exception {
    tls = Optional.of(authority.issue("vault", Wish.of("vault")));
    try (HttpServer _ = peer("localhost", Role.SEND)) {
      Finding finding = finding("peer office");
      assertThat(finding.verdict()).as(finding.toString()).isEqualTo(Verdict.OK);
      assertThat(finding.text()).contains("it is 'office' and knows us as 'vault'");
      assertThat(finding("clock of office").verdict()).isEqualTo(Verdict.OK);

      clock = () -> Instant.now().minus(Duration.ofHours(2));
      assertThat(finding("clock of office").verdict()).isEqualTo(Verdict.FAIL);
    }
  }

  @Test
  void aPeerOfAnotherHostIsNamedForWhatItIs() throws Exception {
    tls = Optional.of(authority.issue("vault", Wish.of("vault")));
    try (HttpServer _ = peer("elsewhere.example", Role.SEND)) {
      Finding finding = finding("peer office");
      assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(finding.text()).contains("not verified");
    }
  }

  @Test
  void aPeerThatIsNotServedHereSaysSo() throws Exception {
    tls = Optional.of(authority.issue("stranger", Wish.of("stranger")));
    try (HttpServer _ = peer("localhost", Role.SEND)) {
      assertThat(finding("peer office").verdict()).isEqualTo(Verdict.FAIL);
    }
  }

  @Test
  void aReceiverIsNoPeer() throws Exception {
    tls = Optional.of(authority.issue("vault", Wish.of("vault")));
    try (HttpServer _ = peer("localhost", Role.RECEIVE)) {
      Finding finding = finding("peer office");
      assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(finding.text()).contains("is the receiver-agent of office");
    }
  }

  @Test
  void aPeerThatDoesNotAnswerFails() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    peers =
        Map.of(
            "office", new AgentAddress(URI.create("http://127.0.0.1:" + port), Optional.empty()));
    Finding finding = finding("peer office");
    assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(finding.remedy().orElseThrow()).contains("peers.office.url");
  }

  @Test
  void withoutOwnCertificateNobodyIsAsked() throws Exception {
    TlsConfig files = authority.issue("vault", Wish.of("vault"));
    Files.delete(files.key());
    tls = Optional.of(files);
    peers = Map.of("office", new AgentAddress(URI.create("https://localhost:1"), Optional.empty()));
    assertThat(finding("tls").verdict()).isEqualTo(Verdict.FAIL);
    assertThat(finding("peer office").remedy()).hasValue("see the check 'tls'");
  }

  /** Serves as the peer {@code office}, with a certificate for this host, to {@code vault}. */
  private HttpServer peer(String host, Role agent) throws Exception {
    Entrance entrance =
        listen(
                0,
                Optional.empty(),
                Optional.of(authority.issue("office", host)),
                Optional.of(List.of(new IdentityConfig("vault", false))))
            .open();
    ApiRoutes routes = new ApiRoutes(entrance.authenticator());
    routes.add(
        "GET",
        ApiPaths.AGENT,
        call ->
            Reply.ok(
                new AgentInfo(
                    "office",
                    agent,
                    "longhaul test",
                    ProtocolVersion.SPOKEN,
                    List.of(),
                    call.identity().name(),
                    1 << 30,
                    Optional.empty(),
                    Optional.empty(),
                    List.of())));
    HttpServer server = HttpServer.start(entrance.address(), entrance.tls(), routes.handler());
    peers =
        Map.of(
            "office",
            new AgentAddress(URI.create("https://localhost:" + server.port()), Optional.empty()));
    return server;
  }
}

package io.longhaul.protocol.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.auth.Authenticator;
import io.longhaul.protocol.auth.CertificateAuthenticator;
import io.longhaul.protocol.auth.IdentityConfig;
import io.longhaul.protocol.client.AgentAddress;
import io.longhaul.protocol.client.AgentClient;
import io.longhaul.protocol.client.AgentConnection;
import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.failure.RetryableException;
import io.longhaul.protocol.failure.SessionPausedException;
import io.longhaul.protocol.server.ApiRoutes;
import io.longhaul.protocol.server.HttpServer;
import io.longhaul.protocol.server.Reply;
import io.longhaul.protocol.testing.CarelessServer;
import io.longhaul.protocol.testing.CarelessTls;
import io.longhaul.protocol.testing.TestAuthority;
import io.longhaul.protocol.testing.TestAuthority.Wish;
import io.longhaul.protocol.testing.WrongClient;
import io.longhaul.protocol.testing.WrongServer;
import io.undertow.server.HttpHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.ConnectionSpec;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.TlsVersion;
import org.bouncycastle.asn1.x500.X500Name;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A real server and a real client: who is let in, who is refused, and what the refused learn. */
class AuthenticationMatrixTest {
  private static final String HOST = "127.0.0.1";
  private static final String FACT = "the fact that nobody else may learn";
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir Path directory;

  private final AtomicInteger answered = new AtomicInteger();
  private final Set<Object> connections = Collections.synchronizedSet(new HashSet<>());
  private final List<AutoCloseable> open = new ArrayList<>();
  private TestAuthority authority;
  private TlsConfig office;
  private TlsConfig vault;

  record Greeting(String fact, String who) {}

  @BeforeEach
  void issue() throws Exception {
    authority = new TestAuthority(directory.resolve("ours"));
    office = authority.issue("office", HOST);
    vault = authority.issue("vault", "vault.example");
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private HttpServer serving(TlsConfig files) throws Exception {
    Tls tls = Tls.open(files, CertificateUse.LISTEN);
    Authenticator authenticator =
        new CertificateAuthenticator(tls, List.of(new IdentityConfig("vault", true)));
    ApiRoutes routes = new ApiRoutes(authenticator);
    routes.add(
        "GET",
        "v1/agent",
        call -> {
          answered.incrementAndGet();
          return Reply.ok(new Greeting(FACT, call.identity().name()));
        });
    HttpHandler counting =
        exchange -> {
          connections.add(exchange.getConnection());
          routes.handler().handleRequest(exchange);
        };
    HttpServer server = HttpServer.start(ANY_PORT, Optional.of(tls), counting);
    open.add(routes);
    open.add(server);
    return server;
  }

  private static AgentClient client(TlsConfig files, int port) throws ConfigException {
    return client(files, "https://" + HOST + ":" + port);
  }

  private static AgentClient client(TlsConfig files, String url) throws ConfigException {
    return new AgentClient(
        AgentConnection.to(
            "receiver-agent",
            new AgentAddress(URI.create(url), Optional.empty()),
            Optional.of(Tls.open(files, CertificateUse.CONNECT)),
            2));
  }

  private static Greeting ask(AgentClient client) throws Exception {
    return client.get("v1/agent", Duration.ZERO, Greeting.class);
  }

  /* A client that shows anything, believes anything and asks anyway. */
  private static OkHttpClient reckless(Optional<TlsConfig> shown, TlsVersion version)
      throws Exception {
    return new OkHttpClient.Builder()
        .sslSocketFactory(CarelessTls.context(shown).getSocketFactory(), CarelessTls.believing())
        .hostnameVerifier((_, _) -> true)
        .connectionSpecs(
            List.of(
                new ConnectionSpec.Builder(ConnectionSpec.COMPATIBLE_TLS)
                    .tlsVersions(version)
                    .allEnabledCipherSuites()
                    .build()))
        .retryOnConnectionFailure(false)
        .build();
  }

  private static Request request(int port) {
    return new Request.Builder().url("https://" + HOST + ":" + port + "/v1/agent").build();
  }

  private void assertNothingComesBack(OkHttpClient client, Request request) {
    assertThatThrownBy(
            () -> {
              try (Response response = client.newCall(request).execute()) {
                throw new AssertionError(response.code() + " " + response.body().string());
              }
            })
        .isInstanceOf(IOException.class);
    assertThat(answered).hasValue(0);
  }

  @Test
  void theRightCertificatesMeet() throws Exception {
    HttpServer server = serving(office);
    AgentClient client = client(vault, server.port());
    assertThat(ask(client)).isEqualTo(new Greeting(FACT, "vault"));
    assertThat(ask(client)).isEqualTo(new Greeting(FACT, "vault"));
    assertThat(connections).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void whoShowsAnythingElseGetsNothing(WrongClient what) throws Exception {
    HttpServer server = serving(office);
    assertNothingComesBack(
        reckless(what.shown(authority, "vault"), TlsVersion.TLS_1_3), request(server.port()));
    assertThat(connections).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = "NO_CERTIFICATE", mode = EnumSource.Mode.EXCLUDE)
  void ourOwnClientDoesNotEvenStartWithAnyOfThem(WrongClient what) throws Exception {
    TlsConfig wrong = what.shown(authority, "vault").orElseThrow();
    TlsConfig files =
        new TlsConfig(wrong.certificate(), wrong.key(), authority.authority(), office.revoked());
    assertThatThrownBy(() -> Tls.open(files, CertificateUse.CONNECT))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("our own certificate in " + wrong.certificate())
        .hasMessageContaining(what.reason());
  }

  /* TLS 1.3 knows no signature with SHA-224; the runtime refuses it by the handshake's own constraints. */
  @Test
  void whatTheHandshakeDoesNotPermitIsRefusedByBothSides() throws Exception {
    Wish unfit = Wish.of("vault", HOST).signedBy("SHA224withECDSA");
    TlsConfig files = authority.issue("unfit", unfit);
    assertNothingComesBack(
        reckless(Optional.of(files), TlsVersion.TLS_1_3), request(serving(office).port()));
    assertThat(connections).isEmpty();
    CarelessServer server = careless(files, "TLSv1.3");
    assertThatThrownBy(() -> ask(client(vault, server.port())))
        .isInstanceOf(SessionPausedException.class)
        .hasMessageContaining("SHA224withECDSA");
    assertThat(server.requests()).isZero();
  }

  @Test
  void aTokenIsNoCertificate() throws Exception {
    HttpServer server = serving(office);
    assertNothingComesBack(
        reckless(Optional.empty(), TlsVersion.TLS_1_3),
        request(server.port())
            .newBuilder()
            .header("Authorization", "Bearer 0123456789abcdef")
            .build());
  }

  @Test
  void aTokenDoesNotHelpACertificate() throws Exception {
    HttpServer server = serving(office);
    TlsConfig other = authority.issue("other");
    try (Response response =
        reckless(Optional.of(other), TlsVersion.TLS_1_3)
            .newCall(
                request(server.port())
                    .newBuilder()
                    .header("Authorization", "Bearer 0123456789abcdef")
                    .build())
            .execute()) {
      assertThat(response.code()).isEqualTo(ProblemType.FORBIDDEN.status());
    }
  }

  @Test
  void anOlderTlsIsNotSpoken() throws Exception {
    HttpServer server = serving(office);
    assertNothingComesBack(
        reckless(Optional.of(vault), TlsVersion.TLS_1_2), request(server.port()));
    assertThat(connections).isEmpty();
  }

  /* The hello of a client that knows no newer version (RFC 5246 section 7.4.1.2). */
  @ParameterizedTest
  @ValueSource(strings = {"0300", "0301", "0302", "0303"})
  void everyOlderHelloIsAnsweredByAnAlert(String version) throws Exception {
    HttpServer server = serving(office);
    byte[] hello =
        HexFormat.of()
            .parseHex(
                "16"
                    + version
                    + "002f"
                    + "0100002b"
                    + version
                    + "00".repeat(32)
                    + "00"
                    + "0004"
                    + "c02b002f"
                    + "0100");
    byte[] reply = reply(server.port(), hello);
    assertThat(reply.length).isBetween(0, 7);
    if (reply.length > 0) {
      assertThat(reply[0]).as("the content type of an alert").isEqualTo((byte) 21);
    }
    assertThat(connections).isEmpty();
  }

  @Test
  void plainHttpIsNotSpoken() throws Exception {
    HttpServer server = serving(office);
    byte[] reply =
        reply(
            server.port(),
            "GET /v1/agent HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    assertThat(new String(reply, StandardCharsets.ISO_8859_1))
        .doesNotContain("HTTP")
        .hasSizeLessThan(8);
    assertThat(connections).isEmpty();
  }

  private static byte[] reply(int port, byte[] sent) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
      socket.getOutputStream().write(sent);
      socket.shutdownOutput();
      return socket.getInputStream().readAllBytes();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"CN=other", "O=vault", "CN=vault,CN=vault", "CN=vault+CN=office", "CN=a b"})
  void aNameThatIsNotListedIsRefusedAndLearnsNothing(String subject) throws Exception {
    HttpServer server = serving(office);
    Wish wish = Wish.of("vault").called(new X500Name(subject));
    AgentClient client = client(authority.issue("x", wish), server.port());
    for (String path : List.of("v1/agent", "v1/nothing")) {
      assertThatThrownBy(() -> client.get(path, Duration.ZERO, Greeting.class))
          .isInstanceOf(SessionPausedException.class)
          .hasMessageContaining("403")
          .hasMessageContaining("the name in this certificate is not served here");
    }
    assertThat(answered).hasValue(0);
    assertThat(connections).as("each was closed after its refusal").hasSize(2);
  }

  @Test
  void whoIsRevokedIsRefusedAtTheNextRequestOfAnOpenConnection() throws Exception {
    HttpServer server = serving(office);
    TlsConfig unaware =
        new TlsConfig(
            vault.certificate(), vault.key(), vault.authority(), Optional.of(copyOfRevocations()));
    AgentClient client = client(unaware, server.port());
    assertThat(ask(client).who()).isEqualTo("vault");
    authority.revoke(vault);
    assertThatThrownBy(() -> ask(client))
        .isInstanceOf(SessionPausedException.class)
        .hasMessageContaining("the certificate of 'vault' was revoked");
    assertThat(connections).hasSize(1);
    assertThat(answered).hasValue(1);
    assertThatThrownBy(() -> ask(client))
        .isInstanceOfSatisfying(
            SessionPausedException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(FailureKind.CERTIFICATE_REFUSED))
        .hasMessageContaining("the peer does not accept our certificate");
    assertThat(answered).hasValue(1);
  }

  @Test
  void aConnectionOfItsOwnHasAHandshakeOfItsOwn() throws Exception {
    HttpServer server = serving(office);
    OkHttpClient client = reckless(Optional.of(vault), TlsVersion.TLS_1_3);
    for (int i = 0; i < 3; i++) {
      try (Response response = client.newCall(request(server.port())).execute()) {
        assertThat(response.code()).isEqualTo(200);
      }
      client.connectionPool().evictAll();
    }
    assertThat(connections).hasSize(3);
    authority.revoke(vault);
    answered.set(0);
    assertNothingComesBack(client, request(server.port()));
    assertThat(connections).as("nothing was resumed").hasSize(3);
  }

  private Path copyOfRevocations() throws IOException {
    return Files.copy(authority.revocations(), directory.resolve("old.crl"));
  }

  @Test
  void aServerThatIsRevokedIsNotAskedAgainOnAnOpenConnection() throws Exception {
    TlsConfig unaware =
        new TlsConfig(
            office.certificate(),
            office.key(),
            office.authority(),
            Optional.of(copyOfRevocations()));
    HttpServer server = serving(unaware);
    AgentClient client = client(vault, server.port());
    assertThat(ask(client).who()).isEqualTo("vault");
    authority.revoke(office);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> ask(client))
          .isInstanceOf(SessionPausedException.class)
          .hasMessageContaining("the certificate of 'office' was revoked");
    }
    assertThat(answered).hasValue(1);
  }

  @Test
  void aRenewedCertificateCountsWithoutARestart() throws Exception {
    HttpServer server = serving(office);
    assertThat(ask(client(vault, server.port())).who()).isEqualTo("vault");
    TlsConfig before = office;
    Path spare = Files.copy(before.certificate(), directory.resolve("before.crt"));
    authority.issue("office", HOST);
    authority.revoke(before); // the newest of these files
    assertThatThrownBy(() -> ask(client(vault, server.port())))
        .hasMessageContaining("the certificate of 'office' was revoked");
    authority.issue("office", HOST);
    assertThat(ask(client(vault, server.port())).who()).isEqualTo("vault");
    assertThat(Fingerprint.of(Pem.certificates(spare).getFirst()))
        .isNotEqualTo(Fingerprint.of(Pem.certificates(office.certificate()).getFirst()));
  }

  @Test
  void aClientTakesItsRenewedCertificateWithoutARestart() throws Exception {
    HttpServer server = serving(office);
    AgentClient client = client(vault, server.port());
    assertThat(ask(client).who()).isEqualTo("vault");
    authority.revoke(vault);
    assertThatThrownBy(() -> ask(client))
        .isInstanceOf(SessionPausedException.class)
        .hasMessageContaining("our own certificate in " + vault.certificate())
        .hasMessageContaining("was revoked");
    authority.issue("vault");
    assertThat(ask(client).who()).isEqualTo("vault");
    assertThat(connections).hasSize(2);
  }

  @Test
  void halfARenewalChangesNothingButTheWarnings() throws Exception {
    Tls tls = Tls.open(office, CertificateUse.LISTEN);
    String before = Fingerprint.of(tls.certificate());
    TlsConfig next = authority.issue("next", HOST);
    Files.copy(next.certificate(), office.certificate(), StandardCopyOption.REPLACE_EXISTING);
    assertThat(Fingerprint.of(tls.certificate())).isEqualTo(before);
    assertThat(tls.warnings(Instant.now()))
        .singleElement()
        .asString()
        .contains("it is not that of " + office.certificate())
        .endsWith("what was read before stays in force");
    Files.move(next.key(), office.key(), StandardCopyOption.REPLACE_EXISTING);
    assertThat(Fingerprint.of(tls.certificate())).isNotEqualTo(before);
    assertThat(tls.warnings(Instant.now())).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsSentToTheWrongServer(WrongServer what) throws Exception {
    CarelessServer server = careless(what.shown(authority, HOST), "TLSv1.3");
    assertThatThrownBy(() -> ask(client(vault, server.port())))
        .isInstanceOfSatisfying(
            SessionPausedException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(FailureKind.CERTIFICATE_REFUSED))
        .hasMessageContaining(what.reason());
    assertThat(server.requests()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"TLSv1.3, 1", "TLSv1.2, 0"})
  void onlyTls13IsSpoken(String version, int requests) throws Exception {
    CarelessServer server = careless(office, version);
    AgentClient client = client(vault, server.port());
    if (requests == 0) {
      assertThatThrownBy(() -> ask(client)).isInstanceOf(RetryableException.class);
    } else {
      assertThat(ask(client).fact()).isEqualTo(FACT);
    }
    assertThat(server.requests()).isEqualTo(requests);
  }

  private CarelessServer careless(TlsConfig files, String version) throws Exception {
    CarelessServer server =
        new CarelessServer(files, version, "{\"fact\":\"" + FACT + "\",\"who\":\"you\"}");
    open.add(server);
    return server;
  }

  @Test
  void aTokenIsNotSentWhereTheCertificateIsNotGood(@TempDir Path dir) throws Exception {
    Path token = Files.writeString(dir.resolve("token"), "0123456789abcdef");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    CarelessServer server = careless(office, "TLSv1.3");
    AgentClient client =
        new AgentClient(
            AgentConnection.to(
                "receiver-agent",
                new AgentAddress(
                    URI.create("https://" + HOST + ":" + server.port()), Optional.of(token)),
                Optional.of(Tls.open(vault, CertificateUse.CONNECT)),
                1));
    assertThatThrownBy(() -> ask(client))
        .as("a token goes where the authorities of the system lead")
        .isInstanceOf(SessionPausedException.class);
    assertThat(server.requests()).isZero();
  }

  @Test
  void aRedirectIsNotFollowed() throws Exception {
    CarelessServer elsewhere = careless(office, "TLSv1.3");
    Tls tls = Tls.open(office, CertificateUse.LISTEN);
    HttpServer server =
        HttpServer.start(
            ANY_PORT,
            Optional.of(tls),
            exchange -> {
              exchange.setStatusCode(307);
              exchange
                  .getResponseHeaders()
                  .put(
                      new io.undertow.util.HttpString("Location"),
                      "https://" + HOST + ":" + elsewhere.port() + "/v1/agent");
            });
    open.add(server);
    assertThatThrownBy(() -> ask(client(vault, server.port()))).hasMessageContaining("307");
    assertThat(elsewhere.requests()).isZero();
  }
}

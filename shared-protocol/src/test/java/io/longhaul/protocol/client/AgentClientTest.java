package io.longhaul.protocol.client;

import static io.longhaul.protocol.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.Json;
import io.longhaul.protocol.ProtocolVersion;
import io.longhaul.protocol.auth.TokenAuthenticator;
import io.longhaul.protocol.auth.TokenConfig;
import io.longhaul.protocol.auth.TokenFile;
import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.Problem;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.failure.RetryableException;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.failure.SessionPausedException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.server.ApiRoutes;
import io.longhaul.protocol.server.HttpServer;
import io.longhaul.protocol.server.Reply;
import io.undertow.server.HttpHandler;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against real servers on 127.0.0.1, ours and stranger ones. */
class AgentClientTest {
  private static final String TOKEN = "0123456789abcdef";
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  record Greeting(String text) {}

  private static AgentClient client(String url, Optional<Path> token) throws ConfigException {
    return new AgentClient(
        AgentConnection.to(
            "coordinator", new AgentAddress(URI.create(url), token), Optional.empty(), 2));
  }

  private static AgentClient client(HttpServer server) throws ConfigException {
    return client("http://127.0.0.1:" + server.port(), Optional.empty());
  }

  private static HttpServer serving(HttpHandler handler) throws Exception {
    return HttpServer.start(ANY_PORT, Optional.empty(), handler);
  }

  private static TransferException thrownBy(HttpHandler handler) throws Exception {
    try (HttpServer server = serving(handler)) {
      return thrownBy(client(server));
    }
  }

  private static TransferException thrownBy(AgentClient client) {
    try {
      client.get("v1/agent", Duration.ZERO, Greeting.class);
      throw new AssertionError("the call went well");
    } catch (TransferException e) {
      return e;
    }
  }

  @Test
  void callsOurOwnServer() throws Exception {
    try (ApiRoutes routes = new ApiRoutes(TokenAuthenticator.of(List.of()))) {
      routes
          .add("GET", "v1/agent", _ -> Reply.ok(new Greeting("got")))
          .add("PUT", "v1/a/{id}", call -> Reply.ok(call.body(Greeting.class)))
          .add("POST", "v1/a/{id}", call -> new Reply(201, call.body(Greeting.class)))
          .add("DELETE", "v1/a/{id}", call -> Reply.ok(new Greeting(call.path("id"))))
          .add(
              "GET",
              "v1/query",
              call -> Reply.ok(new Greeting("" + call.number("from", 0, 0, 1000))));
      try (HttpServer server = serving(routes.handler())) {
        AgentClient client = client(server);
        assertThat(client.get("v1/agent", Duration.ZERO, Greeting.class).text()).isEqualTo("got");
        assertThat(client.get("v1/query?from=42", Duration.ofSeconds(5), Greeting.class).text())
            .isEqualTo("42");
        Greeting umlaut = new Greeting("\u00e4");
        assertThat(client.put("v1/a/1", umlaut, Greeting.class)).isEqualTo(umlaut);
        assertThat(client.post("v1/a/1", umlaut, Duration.ZERO, Greeting.class)).isEqualTo(umlaut);
        assertThat(client.delete("v1/a/me", Greeting.class).text()).isEqualTo("me");
      }
    }
  }

  @Test
  void showsItsToken(@TempDir Path dir) throws Exception {
    Path file = Files.writeString(dir.resolve("token"), TOKEN + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Path kept = Files.writeString(dir.resolve("token.sha256"), TokenFile.hashed(TOKEN));
    Files.setPosixFilePermissions(kept, PosixFilePermissions.fromString("rw-------"));
    try (ApiRoutes routes =
        new ApiRoutes(TokenAuthenticator.of(List.of(new TokenConfig("vault", kept, false))))) {
      routes.add("GET", "v1/agent", call -> Reply.ok(new Greeting(call.identity().name())));
      try (HttpServer server = serving(routes.handler())) {
        AgentClient known = client("http://127.0.0.1:" + server.port() + "/", Optional.of(file));
        assertThat(known.get("v1/agent", Duration.ZERO, Greeting.class).text()).isEqualTo("vault");
        assertThat(thrownBy(client(server)))
            .isInstanceOf(SessionPausedException.class)
            .hasMessageContaining("check the token of this peer");
      }
    }
  }

  @Test
  void aTokenFileThatCannotBeUsedIsToldAtOnce(@TempDir Path dir) {
    assertThatThrownBy(() -> client("http://127.0.0.1:1", Optional.of(dir.resolve("none"))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("none");
  }

  @Test
  void anAgentMayLiveBelowAPath() throws Exception {
    HttpHandler echo =
        exchange ->
            exchange.getResponseSender().send("{\"text\":\"" + exchange.getRequestPath() + "\"}");
    try (HttpServer server = serving(echo)) {
      for (String path : List.of("/office", "/office/")) {
        AgentClient client = client("http://127.0.0.1:" + server.port() + path, Optional.empty());
        assertThat(client.get("v1/agent", Duration.ZERO, Greeting.class).text())
            .isEqualTo("/office/v1/agent");
      }
    }
  }

  /** An agent that gave version 1 up says that its paths are not there: no end of a session. */
  @ParameterizedTest
  @CsvSource({
    "200, 2-3, the agent at %s speaks protocol 2 to 3 and the coordinator protocol 1; upgrade the coordinator",
    "404, 7-7, the agent at %s speaks protocol 7 and the coordinator protocol 1; upgrade the coordinator",
  })
  void anAgentWithoutACommonVersionPausesTheSessionWhateverItAnswers(
      int status, String header, String why) throws Exception {
    HttpHandler other =
        exchange -> {
          exchange.setStatusCode(status);
          exchange.getResponseHeaders().put(new HttpString(ProtocolVersion.HEADER), header);
          exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, Problem.MEDIA_TYPE);
          exchange
              .getResponseSender()
              .send(Json.TOLERANT.writeValueAsString(Problem.of(ProblemType.NOT_FOUND, "no path")));
        };
    try (HttpServer server = serving(other)) {
      String url = "http://127.0.0.1:" + server.port() + "/";
      assertThat(thrownBy(client(server)))
          .isInstanceOfSatisfying(
              SessionPausedException.class,
              e ->
                  assertThat(e.failure())
                      .isEqualTo(
                          Failure.resumable(
                              FailureKind.INCOMPATIBLE,
                              "Tried to read v1/agent but " + why.formatted(url))));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1-1", "1-9", "none of ours"})
  void whatAnAgentAnnouncesDoesNotMatterOtherwise(String header) throws Exception {
    HttpHandler agent =
        exchange -> {
          exchange.getResponseHeaders().put(new HttpString(ProtocolVersion.HEADER), header);
          exchange.getResponseSender().send("{\"text\":\"got\"}");
        };
    try (HttpServer server = serving(agent)) {
      assertThat(client(server).get("v1/agent", Duration.ZERO, Greeting.class).text())
          .isEqualTo("got");
    }
  }

  @Test
  void ourOwnProblemsEndTheSession() throws Exception {
    try (ApiRoutes routes = new ApiRoutes(TokenAuthenticator.of(List.of()))) {
      routes.add(
          "GET",
          "v1/agent",
          _ -> {
            throw new ProblemException(ProblemType.NO_SUCH_SESSION, "no session x");
          });
      assertThat(thrownBy(routes.handler()))
          .isInstanceOfSatisfying(
              SessionEndedException.class,
              e -> {
                assertThat(e.failure().kind()).isEqualTo(FailureKind.NO_SUCH_SESSION);
                assertThat(e).hasMessageContaining("no session x");
                assertThat(e).hasMessageContaining("Tried to read v1/agent at http://127.0.0.1:");
              });
    }
  }

  @ParameterizedTest
  @CsvSource({"404, text/html, <html>", "410, application/problem+json, {}", "502, text/plain, x"})
  void theProblemsOfOthersDoNot(int status, String type, String body) throws Exception {
    assertThat(
            thrownBy(exchange -> {
              exchange.setStatusCode(status);
              exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, type);
              exchange.getResponseSender().send(body);
            }))
        .isInstanceOfSatisfying(
            RetryableException.class, e -> assertThat(e.peerAnswered()).isTrue());
  }

  @ParameterizedTest
  @CsvSource({
    "7, PT7S",
    "0, PT0S",
    "3600, PT1H",
    "999999999, PT1H",
    "9999999999, PT0S",
    "-1, PT0S",
    "'Wed, 21 Oct 2026 07:28:00 GMT', PT0S",
    "soon, PT0S",
  })
  void thePeersWishToWaitIsKept(String header, Duration wish) throws Exception {
    AtomicInteger calls = new AtomicInteger();
    HttpHandler busy =
        exchange -> {
          calls.incrementAndGet();
          exchange.setStatusCode(503);
          exchange.getResponseHeaders().put(Headers.RETRY_AFTER, header);
        };
    assertThat(thrownBy(busy))
        .isInstanceOfSatisfying(
            RetryableException.class, e -> assertThat(e.retryAfter()).isEqualTo(wish));
    assertThat(calls).as("the library repeats nothing by itself").hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "{}", "{\"text\":", "<html>"})
  void anAnswerThatIsNotWhatItShouldBe(String body) throws Exception {
    assertThat(thrownBy(exchange -> exchange.getResponseSender().send(body)))
        .isInstanceOf(RetryableException.class)
        .hasMessageContaining("the answer is not what it should be");
  }

  @Test
  void anAnswerThatIsTooLongIsNotRead() throws Exception {
    HttpHandler talker =
        exchange -> exchange.getResponseSender().send("{\"text\":\"" + "x".repeat(3000) + "\"}");
    try (HttpServer server = serving(talker)) {
      URI url = URI.create("http://127.0.0.1:" + server.port());
      AgentConnection to =
          AgentConnection.to(
              "coordinator", new AgentAddress(url, Optional.empty()), Optional.empty(), 2);
      assertThat(new AgentClient(to, 3011).get("v1/agent", Duration.ZERO, Greeting.class).text())
          .hasSize(3000);
      assertThat(thrownBy(new AgentClient(to, 3010)))
          .isInstanceOf(RetryableException.class)
          .hasMessageContaining("it is longer than 3010 bytes");
    }
  }

  /** OkHttp itself would throw what is no IOException, and end more than this call. */
  @ParameterizedTest
  @ValueSource(strings = {"-1", "-2", "+5", "99999999999999999999", "five", "1,2"})
  void aLengthThatIsNoneIsABrokenConnection(String length) throws Exception {
    try (RawServer rude =
        new RawServer("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n{}", false)) {
      assertThat(thrownBy(client(rude.url(), Optional.empty())))
          .isInstanceOf(RetryableException.class)
          .hasMessageContaining("Content-Length is '" + length + "'");
    }
  }

  /** No single byte is late, but the whole is. */
  @Test
  void anAnswerThatDripsIsNotWaitedForAsLongAsItLasts() throws Exception {
    try (RawServer slow = new RawServer("HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(9000), true)) {
      AgentConnection to =
          AgentConnection.to(
              "coordinator",
              new AgentAddress(URI.create(slow.url()), Optional.empty()),
              Optional.empty(),
              2);
      assertThat(thrownBy(new AgentClient(to, 1000, Duration.ofSeconds(1))))
          .isInstanceOfSatisfying(
              RetryableException.class, e -> assertThat(e.peerAnswered()).isFalse());
    }
  }

  /** Answers every connection with the same bytes, at once or drop by drop. */
  private static final class RawServer implements AutoCloseable {
    private final ServerSocket listening =
        new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final byte[] answer;
    private final boolean drips;

    RawServer(String answer, boolean drips) throws IOException {
      this.answer = answer.getBytes(StandardCharsets.US_ASCII);
      this.drips = drips;
      Thread.ofVirtual().start(this::serve);
    }

    String url() {
      return "http://127.0.0.1:" + listening.getLocalPort();
    }

    private void serve() {
      try {
        while (true) {
          try (Socket socket = listening.accept()) {
            int step = drips ? 1 : answer.length;
            for (int at = 0; at < answer.length; at += step) {
              socket.getOutputStream().write(answer, at, step);
              LockSupport.parkNanos(drips ? 20_000_000 : 0);
            }
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
          } catch (SocketException e) {
            if (listening.isClosed()) {
              return;
            }
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      listening.close();
    }
  }

  @Test
  void aRedirectIsRefused() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    assertThat(
            thrownBy(exchange -> {
              calls.incrementAndGet();
              exchange.setStatusCode(307);
              exchange.getResponseHeaders().put(Headers.LOCATION, "/elsewhere");
            }))
        .isInstanceOf(RetryableException.class)
        .hasMessageContaining("307");
    assertThat(calls).hasValue(1);
  }

  @Test
  void asksForNoCompression() throws Exception {
    HttpHandler echo =
        exchange ->
            exchange
                .getResponseSender()
                .send(
                    "{\"text\":\""
                        + exchange.getRequestHeaders().getFirst(new HttpString("Accept-Encoding"))
                        + "\"}");
    try (HttpServer server = serving(echo)) {
      assertThat(client(server).get("v1/agent", Duration.ZERO, Greeting.class).text())
          .isEqualTo("identity");
    }
  }

  @Test
  void nobodyThereIsNotAnAnswer() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    assertThat(thrownBy(client("http://127.0.0.1:" + port, Optional.empty())))
        .isInstanceOfSatisfying(
            RetryableException.class,
            e -> {
              assertThat(e.peerAnswered()).isFalse();
              assertThat(e).hasMessageContaining("127.0.0.1:" + port);
            });
  }

  /** A connection that breaks is one attempt: who calls decides about the next. */
  @Test
  void aConnectionThatBreaksIsNotTriedAgain() throws Exception {
    AtomicInteger connections = new AtomicInteger();
    try (ServerSocket rude = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            try {
              while (true) {
                Socket socket = rude.accept();
                connections.incrementAndGet();
                socket.setSoLinger(true, 0);
                socket.close();
              }
            } catch (IOException e) {
              // the test is over
            }
          });
      assertThat(thrownBy(client("http://127.0.0.1:" + rude.getLocalPort(), Optional.empty())))
          .isInstanceOfSatisfying(
              RetryableException.class, e -> assertThat(e.peerAnswered()).isFalse());
      assertThat(connections).hasValue(1);
    }
  }

  @Test
  void anInterruptEndsACall() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    try (ApiRoutes routes = new ApiRoutes(TokenAuthenticator.of(List.of()))) {
      routes.add(
          "GET",
          "v1/agent",
          _ -> {
            calls.incrementAndGet();
            never.await();
            return Reply.ok(Map.of());
          });
      try (HttpServer server = serving(routes.handler())) {
        AgentClient client = client(server);
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        Thread caller =
            Thread.ofVirtual()
                .start(() -> {
                  try {
                    client.get("v1/agent", Duration.ofMinutes(5), Greeting.class);
                    ended.complete(false);
                  } catch (TransferException e) {
                    ended.complete(Thread.currentThread().isInterrupted());
                  }
                });
        eventually("the server was called", () -> calls.get() == 1);
        caller.interrupt();
        assertThat(ended.get(20, TimeUnit.SECONDS)).isTrue();
        never.countDown();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:7171, true",
    "https://office.example:7171, true",
    "http://office.example, true",
    "http://office.example/longhaul, true",
    "http://[::1]:7171, true",
    "office:7171, false",
    "ftp://office, false",
    "http:///path, false",
    "http://user:secret@office, false",
    "http://office?x=1, false",
    "http://office#x, false",
    "http://under_score:1, false",
    "http://office:99999, false",
  })
  void anAddressIsCheckedWithItsKey(URI url, boolean good) {
    List<String> problems = new AgentAddress(url, Optional.empty()).problems("peers.office", true);
    if (good) {
      assertThat(problems).isEmpty();
    } else {
      assertThat(problems).singleElement().asString().startsWith("peers.office.url: must be ");
    }
  }

  @Test
  void anEncryptedAddressNeedsSomethingToProveOneselfBy() {
    AgentAddress without = new AgentAddress(URI.create("https://office"), Optional.empty());
    assertThat(without.problems("peers.office", false))
        .containsExactly("peers.office: needs a certificate, in tls, or a token-file");
    assertThat(without.problems("peers.office", true)).isEmpty();
    assertThat(
            new AgentAddress(URI.create("https://office"), Optional.of(Path.of("/t")))
                .problems("peers.office", false))
        .isEmpty();
  }
}

package io.longhaul.protocol.server;

import static io.longhaul.protocol.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.Json;
import io.longhaul.protocol.ProtocolVersion;
import io.longhaul.protocol.auth.TokenAuthenticator;
import io.longhaul.protocol.auth.TokenConfig;
import io.longhaul.protocol.auth.TokenFile;
import io.longhaul.protocol.failure.AgentFailedException;
import io.longhaul.protocol.failure.Problem;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Over real HTTP: what any client sees. */
class ApiRoutesTest {
  private static final String ID = "01k6zv5q8r3m9x2c7b4t0hfgjd";
  private static final String TOKEN = "0123456789abcdef";

  record Order(String name, int count, Optional<List<String>> labels) {
    Order {
      if (count < 0) {
        throw new IllegalArgumentException("count must be 0 or more, was " + count);
      }
    }
  }

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final CountDownLatch release = new CountDownLatch(1);
  private final AtomicInteger waits = new AtomicInteger();
  private final AtomicBoolean interrupted = new AtomicBoolean();
  private ApiRoutes routes;
  private HttpServer server;

  ApiRoutesTest() throws Exception {
    routes = new ApiRoutes(TokenAuthenticator.of(List.of()));
    server = serve(routes);
  }

  private HttpServer serve(ApiRoutes api) throws Exception {
    api.add("GET", "v1/agent", call -> Reply.ok(Map.of("who", call.identity().name())))
        .add("PUT", "v1/orders/{id}", call -> new Reply(201, call.body(Order.class)))
        .add("GET", "v1/orders/{id}", call -> Reply.ok(Map.of("id", call.session())))
        .add("DELETE", "v1/orders/{id}", call -> Reply.ok(Map.of("id", call.path("id"))))
        .add("GET", "v1/number", call -> Reply.ok(Map.of("n", call.number("n", 7, 0, 100))))
        .add("GET", "v1/fail/{how}", call -> fail(call.path("how")))
        .add("GET", "v1/wait", _ -> waitForRelease());
    return HttpServer.start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        Optional.empty(),
        api.handler());
  }

  private Reply waitForRelease() throws InterruptedException {
    waits.incrementAndGet();
    try {
      release.await();
      return Reply.ok(Map.of());
    } catch (InterruptedException e) {
      interrupted.set(true);
      throw e;
    }
  }

  private static Reply fail(String how) throws ProblemException, IOException {
    return switch (how) {
      case "io" -> throw new IOException("disk is gone");
      case "bug" -> throw new IllegalStateException("a bug");
      case "error" -> throw new StackOverflowError("deep");
      case "json" -> Reply.ok(new Object());
      default -> throw new ProblemException(ProblemType.valueOf(how), "told");
    };
  }

  @AfterEach
  void close() {
    release.countDown();
    routes.close();
    server.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/" + path))
        .timeout(Duration.ofSeconds(20));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> put(String body) throws Exception {
    return send(request("v1/orders/" + ID).PUT(BodyPublishers.ofString(body)));
  }

  private static Problem problem(HttpResponse<String> answer) throws IOException {
    assertThat(answer.headers().firstValue("Content-Type")).contains(Problem.MEDIA_TYPE);
    Problem problem = Json.TOLERANT.readValue(answer.body(), Problem.class);
    assertThat(problem.status()).isEqualTo(answer.statusCode());
    return problem;
  }

  private static void assertProblem(HttpResponse<String> answer, ProblemType type)
      throws IOException {
    assertThat(problem(answer).known()).contains(type);
    assertThat(answer.statusCode()).isEqualTo(type.status());
  }

  @Test
  void answersInJson() throws Exception {
    HttpResponse<String> answer = send(request("v1/agent"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"who\":\"local\"}");
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(answer.headers().firstValue("Content-Length")).contains("15");
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1/agent", "v1/nothing", "v2/agent", "v1/fail/bug", "v1/orders/x"})
  void everyAnswerTellsTheProtocolVersions(String path) throws Exception {
    assertThat(send(request(path)).headers().firstValue(ProtocolVersion.HEADER)).hasValue("1-1");
  }

  @Test
  void readsABodyAndChoosesTheStatus() throws Exception {
    HttpResponse<String> answer = put("{\"name\":\"\u00e4\",\"count\":3}");
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.body()).isEqualTo("{\"name\":\"\u00e4\",\"count\":3}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"name\":\"a\",\"count\":1,\"colour\":1} | colour",
        "{\"name\":\"a\",\"count\":-1} | count must be 0 or more, was -1",
        "{\"name\":\"a\"} | count: ",
        "{\"count\":1} | name: ",
        "{\"name\":null,\"count\":1} | name: ",
        "{\"name\":\"a\",\"count\":\"1\"} | count: ",
        "{\"name\":\"a\",\"count\":1,\"labels\":[null]} | labels[0]: ",
        "{\"name\":\"a\",\"count\":1,\"labels\":[\"a\",[]]} | labels[1]: ",
        "{\"name\":\"a\",\"count\":1,\"count\":1} | count",
        "{\"name\":\"a\",\"count\":1}{} | ",
        "{\"name\":\"a\" | ",
        "null | ",
        "[] | ",
        "'' | ",
      })
  void aBodyThatIsNotUnderstoodIsTheAskersFault(String body, String said) throws Exception {
    HttpResponse<String> answer = put(body);
    assertProblem(answer, ProblemType.BAD_REQUEST);
    assertThat(problem(answer).detail())
        .contains(said == null ? "" : said)
        .doesNotContain("io.longhaul", "java.", "FAIL_ON");
    assertThat(problem(answer).retryable()).isFalse();
  }

  @Test
  void aNumberWithTooManyDigitsIsToldInItsOwnWords() throws Exception {
    HttpResponse<String> answer = put("{\"name\":\"a\",\"count\":" + "1".repeat(1001) + "}");
    assertProblem(answer, ProblemType.BAD_REQUEST);
    assertThat(problem(answer).detail()).contains("1001").doesNotContain("Constraints");
  }

  @Test
  void aPathThatThereIsNot() throws Exception {
    assertProblem(send(request("v1/nothing")), ProblemType.NOT_FOUND);
    assertProblem(send(request("")), ProblemType.NOT_FOUND);
    assertProblem(send(request("v2/agent")), ProblemType.NOT_FOUND);
    assertProblem(send(request("v1/orders/" + ID + "/more")), ProblemType.NOT_FOUND);
  }

  @Test
  void aMethodThatIsNotForThePathNamesThoseThatAre() throws Exception {
    HttpResponse<String> answer =
        send(request("v1/orders/" + ID).POST(BodyPublishers.ofString("{}")));
    assertProblem(answer, ProblemType.METHOD_NOT_ALLOWED);
    assertThat(answer.headers().firstValue("Allow")).contains("DELETE, GET, PUT");
    answer = send(request("v1/agent").DELETE());
    assertProblem(answer, ProblemType.METHOD_NOT_ALLOWED);
    assertThat(answer.headers().firstValue("Allow")).contains("GET");
  }

  @Test
  void anIdThatCannotBeOneIsASessionThatThereIsNot() throws Exception {
    assertThat(send(request("v1/orders/" + ID)).body()).isEqualTo("{\"id\":\"" + ID + "\"}");
    assertProblem(send(request("v1/orders/nonsense")), ProblemType.NO_SUCH_SESSION);
    assertProblem(send(request("v1/orders/%2e%2e")), ProblemType.NO_SUCH_SESSION);
  }

  @Test
  void theQueryCannotChangeThePath() throws Exception {
    assertProblem(
        send(request("v1/orders/" + ID + "?id=01k6zv5q8s3m9x2c7b4t0hfgjd")),
        ProblemType.BAD_REQUEST);
  }

  @ParameterizedTest
  @CsvSource({"'', 7", "?n=0, 0", "?n=100, 100", "?m=5, 7"})
  void aNumberMayBeLeftOut(String query, long expected) throws Exception {
    assertThat(send(request("v1/number" + query)).body()).isEqualTo("{\"n\":" + expected + "}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-1", "101", "x", "", "1.0", "99999999999999999999", "1&n=2", "%2B5", "%D9%A1"})
  void aNumberHasBounds(String text) throws Exception {
    HttpResponse<String> answer = send(request("v1/number?n=" + text));
    assertProblem(answer, ProblemType.BAD_REQUEST);
    assertThat(problem(answer).detail()).startsWith("n must be");
  }

  @ParameterizedTest
  @EnumSource
  void anEndpointAnswersWithAProblem(ProblemType type) throws Exception {
    HttpResponse<String> answer = send(request("v1/fail/" + type));
    assertProblem(answer, type);
    assertThat(problem(answer)).isEqualTo(Problem.of(type, "told"));
    boolean waits = type == ProblemType.NOT_READY || type == ProblemType.TOO_MANY_REQUESTS;
    assertThat(answer.headers().firstValue("Retry-After"))
        .isEqualTo(waits ? Optional.of("1") : Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"io", "bug", "error", "json"})
  void aFaultOfTheAgentIsAnsweredToo(String how) throws Exception {
    HttpResponse<String> answer = send(request("v1/fail/" + how));
    assertProblem(answer, ProblemType.INTERNAL);
    assertThat(problem(answer).detail()).as("of the cause").isEqualTo("see the agent's log");
    assertThat(problem(answer).retryable()).isTrue();
    assertThat(send(request("v1/agent")).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(ints = {65 * 1024, 5 * 1024 * 1024})
  void aBodyThatIsTooLarge(int bytes) throws Exception {
    /* Sent without expecting that all of it is taken: the answer comes before. */
    String body = "{\"name\":\"" + "x".repeat(bytes) + "\",\"count\":1}";
    assertThat(statusLineOf("Content-Length: " + body.length() + "\r\n\r\n" + body))
        .startsWith("HTTP/1.1 413 ");
    assertThat(send(request("v1/agent")).statusCode()).isEqualTo(200);
  }

  /** The server stops reading, so the asker may see a reset instead of the answer. */
  @Test
  void aBodyThatGrowsTooLarge() throws Exception {
    String piece = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
    String line;
    try {
      line = statusLineOf("Transfer-Encoding: chunked\r\n\r\n" + piece.repeat(5) + "0\r\n\r\n");
    } catch (SocketException e) {
      line = "";
    }
    assertThat(line).matches("|HTTP/1.1 413 .*");
    assertThat(send(request("v1/agent")).statusCode()).isEqualTo(200);
  }

  /** Sends a PUT by hand and returns how the answer begins. */
  private String statusLineOf(String headersAndBody) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(20_000);
      Thread.ofVirtual()
          .start(() -> {
            try {
              String head = "PUT /v1/orders/" + ID + " HTTP/1.1\r\nHost: h\r\n";
              socket.getOutputStream().write((head + headersAndBody).getBytes(UTF_8));
            } catch (IOException e) {
              // the server need not take all of it
            }
          });
      InputStream in = socket.getInputStream();
      StringBuilder line = new StringBuilder();
      for (int c = in.read(); c >= 0 && c != '\r'; c = in.read()) {
        line.append((char) c);
      }
      return line.toString();
    }
  }

  @Test
  void aBodyThatArrivesInPieces() throws Exception {
    String body = "{\"name\":\"slow\",\"count\":1}";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(20_000);
      socket.setTcpNoDelay(true);
      String head =
          "PUT /v1/orders/"
              + ID
              + " HTTP/1.1\r\nHost: h\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n";
      for (byte b : (head + body).getBytes(UTF_8)) {
        socket.getOutputStream().write(b);
        socket.getOutputStream().flush();
      }
      byte[] start = socket.getInputStream().readNBytes(12);
      assertThat(new String(start, UTF_8)).isEqualTo("HTTP/1.1 201");
    }
  }

  @Test
  void whoeverIsNotKnownLearnsNothingButThat(@TempDir Path dir) throws Exception {
    Path file = Files.writeString(dir.resolve("token.sha256"), TokenFile.hashed(TOKEN));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    close();
    routes = new ApiRoutes(TokenAuthenticator.of(List.of(new TokenConfig("vault", file, false))));
    server = serve(routes);

    for (String path : List.of("v1/agent", "v1/nothing", "v1/orders/" + ID, "v1/fail/bug")) {
      HttpResponse<String> answer = send(request(path));
      assertProblem(answer, ProblemType.UNAUTHORIZED);
      assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
      assertThat(answer.headers().firstValue(ProtocolVersion.HEADER)).isEmpty();
      assertProblem(
          send(request(path).header("Authorization", "Bearer " + TOKEN + "0")),
          ProblemType.UNAUTHORIZED);
      assertProblem(
          send(request(path).PUT(BodyPublishers.ofString("{}"))), ProblemType.UNAUTHORIZED);
    }
    assertThat(send(request("v1/agent").header("Authorization", "Bearer " + TOKEN)).body())
        .isEqualTo("{\"who\":\"vault\"}");
  }

  @Test
  void manyMayWaitAtOnce() throws Exception {
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting =
          IntStream.range(0, 50)
              .mapToObj(_ -> tasks.submit(() -> send(request("v1/wait")).statusCode()))
              .toList();
      eventually("all of them wait", () -> waits.get() == 50);
      assertThat(send(request("v1/agent")).statusCode()).isEqualTo(200);
      release.countDown();
      for (var answer : waiting) {
        assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo(200);
      }
    }
  }

  @Test
  void closingEndsTheCallsThatWait() throws Exception {
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting = tasks.submit(() -> send(request("v1/wait")));
      eventually("the call waits", () -> waits.get() == 1);
      routes.close();
      HttpResponse<String> answer = waiting.get(20, TimeUnit.SECONDS);
      assertProblem(answer, ProblemType.NOT_READY);
      assertThat(answer.headers().firstValue("Retry-After")).contains("1");
      assertThat(interrupted).isTrue();
    }
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      InetSocketAddress taken =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), other.getLocalPort());
      assertThatThrownBy(() -> HttpServer.start(taken, Optional.empty(), _ -> {}))
          .isInstanceOf(AgentFailedException.class)
          .hasMessageContaining("Tried to listen on")
          .hasMessageContaining(":" + other.getLocalPort())
          .hasMessageContaining("listen.port");
    }
  }

  @Test
  void anAddressOfAnotherMachineIsNamed() throws Exception {
    InetSocketAddress elsewhere =
        new InetSocketAddress(InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1}), 0);
    assertThatThrownBy(() -> HttpServer.start(elsewhere, Optional.empty(), _ -> {}))
        .isInstanceOf(AgentFailedException.class)
        .hasMessageContaining("192.0.2.1");
  }

  @Test
  void aClosedServerIsGone() throws Exception {
    int port = server.port();
    server.close();
    assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
        .isInstanceOf(IOException.class);
  }
}

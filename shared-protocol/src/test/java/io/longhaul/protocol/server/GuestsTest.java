package io.longhaul.protocol.server;

import static io.longhaul.protocol.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.Json;
import io.longhaul.protocol.auth.TokenAuthenticator;
import io.longhaul.protocol.auth.TokenConfig;
import io.longhaul.protocol.auth.TokenFile;
import io.longhaul.protocol.failure.Problem;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.testing.TestAuthority;
import io.longhaul.protocol.tls.CertificateUse;
import io.longhaul.protocol.tls.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With sockets of our own: what a server puts up with, from strangers and from those it knows. */
class GuestsTest {
  private static final String TOKEN = "0123456789abcdef";
  private static final String GOOD = "Authorization: Bearer " + TOKEN + "\r\n";
  private static final int ANSWER = 32 << 20;
  private static final long LEAST = 64 * 1024;
  private static final Duration SHORT = Duration.ofMillis(600);
  private static final Duration PATIENT_READING = Duration.ofSeconds(8);
  private static final Duration LONG = Duration.ofHours(1);
  private static final Patience PATIENT = new Patience(LONG, LONG, LONG, LEAST, LONG);

  @TempDir private Path directory;

  private final AtomicLong later = new AtomicLong();
  private final AtomicInteger waiting = new AtomicInteger();
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch readerGone = new CountDownLatch(1);
  private final AtomicBoolean called = new AtomicBoolean();
  private final List<AutoCloseable> open = new ArrayList<>();
  private int port;

  @AfterEach
  void close() throws Exception {
    release.countDown();
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private void serve(Patience patience) throws Exception {
    serve(Limits.DEFAULT, patience, Optional.empty());
  }

  private void serve(Limits limits, Patience patience, Optional<Tls> tls) throws Exception {
    Path file = directory.resolve("token.sha256");
    Files.writeString(file, TokenFile.hashed(TOKEN));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    ApiRoutes routes =
        new ApiRoutes(TokenAuthenticator.of(List.of(new TokenConfig("vault", file, false))));
    open.add(routes);
    routes
        .add("GET", "v1/agent", _ -> Reply.ok(Map.of("name", "office")))
        .add("GET", "v1/wait", _ -> waitForRelease())
        .add("PUT", "v1/order", call -> called(call.body(Map.class)))
        .raw(
            "GET",
            "v1/much",
            exchange -> {
              exchange.getConnection().addCloseListener(_ -> readerGone.countDown());
              exchange.getResponseSender().send(ByteBuffer.allocate(ANSWER));
            });
    Guests guests = new Guests(limits, patience, () -> System.nanoTime() + later.get());
    HttpServer server =
        HttpServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            tls,
            guests,
            routes.handler());
    open.add(server);
    port = server.port();
  }

  private Reply waitForRelease() throws InterruptedException {
    waiting.incrementAndGet();
    release.await();
    return Reply.ok(Map.of());
  }

  private Reply called(Map<?, ?> body) {
    called.set(true);
    return Reply.ok(body);
  }

  private Client connect() throws IOException {
    Client client = new Client(port);
    open.add(client);
    return client;
  }

  /* On a busy machine a stranger's time may be over first. */
  private Client connectAsVault() throws IOException {
    for (int tries = 1; ; tries++) {
      Client client = connect();
      try {
        assertThat(client.get("v1/agent").status()).isEqualTo(200);
        return client;
      } catch (IOException e) {
        assertThat(tries).as("tries").isLessThan(5);
      }
    }
  }

  private record Answer(int status, String head, String body) {
    Problem problem() throws IOException {
      Problem problem = Json.TOLERANT.readValue(body, Problem.class);
      assertThat(problem.status()).isEqualTo(status);
      return problem;
    }

    void assertBusy() throws IOException {
      assertThat(problem().known()).contains(ProblemType.TOO_MANY_REQUESTS);
      assertThat(head).contains("Retry-After: 1\r\n");
    }
  }

  /** A connection that says what it is told to say. */
  private static final class Client implements AutoCloseable {
    private final Socket socket = new Socket();

    Client(int port) throws IOException {
      socket.setReceiveBufferSize(16 * 1024);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(20_000);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    void say(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    Answer get(String path) throws IOException {
      say("GET /" + path + " HTTP/1.1\r\nHost: h\r\n" + GOOD + "\r\n");
      return answer();
    }

    Answer answer() throws IOException {
      InputStream in = socket.getInputStream();
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int read = in.read();
        if (read < 0) {
          throw new IOException("closed after '" + head + "'");
        }
        head.append((char) read);
      }
      String length = head.toString().replaceAll("(?s).*Content-Length: (\\d+).*", "$1");
      return new Answer(
          Integer.parseInt(head.substring(9, 12)),
          head.toString(),
          new String(in.readNBytes(Integer.parseInt(length)), ISO_8859_1));
    }

    /** Says one more byte, ten times a second, until the server has hung up. */
    void dripUntilClosed(String text) throws Exception {
      int[] next = new int[1];
      socket.setSoTimeout(100);
      eventually(
          "the server has hung up on a client that drips",
          () -> {
            try {
              say(String.valueOf(text.charAt(next[0]++ % text.length())));
              return socket.getInputStream().read() < 0;
            } catch (SocketTimeoutException e) {
              return false;
            } catch (IOException e) {
              return true;
            }
          });
    }

    void awaitClosed() throws IOException {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static Patience introduction(Duration time) {
    return new Patience(time, LONG, LONG, LEAST, LONG);
  }

  private static Patience request(Duration time) {
    return new Patience(SHORT, LONG, time, LEAST, LONG);
  }

  private static Patience reading(Duration within) {
    return new Patience(SHORT.multipliedBy(10), LONG, LONG, LEAST, within);
  }

  @Test
  void whoeverDoesNotTellWhoItIsHasToGoAndOthersMayStayIdle() throws Exception {
    serve(introduction(SHORT));
    Client known = connectAsVault();
    connect().awaitClosed();
    assertThat(known.get("v1/agent").status()).isEqualTo(200);
  }

  @Test
  void aStrangersHeaderThatDripsIsNotWaitedFor() throws Exception {
    serve(introduction(SHORT));
    connect().dripUntilClosed("GET /v1/agent HTTP/1.1\r\nHost: h\r\nX: " + "x".repeat(10_000));
  }

  @Test
  void aHandshakeThatIsNeverFinishedIsNotWaitedFor() throws Exception {
    TestAuthority authority = new TestAuthority(directory.resolve("authority"));
    Tls tls = Tls.open(authority.issue("office", "127.0.0.1"), CertificateUse.LISTEN);
    serve(Limits.DEFAULT, introduction(SHORT), Optional.of(tls));
    connect().awaitClosed();
    Client half = connect();
    half.say("\u0016\u0003\u0001\u0002\u0000\u0001"); // a ClientHello of 512 bytes begins
    half.awaitClosed();
    connect().dripUntilClosed("\u0016\u0003\u0001@\u0000\u0001\u0000");
  }

  @Test
  void aKnownClientsHeaderMayDripNoLonger() throws Exception {
    serve(request(SHORT));
    Client client = connectAsVault();
    client.dripUntilClosed("GET /v1/agent HTTP/1.1\r\nHost: h\r\nX: " + "x".repeat(10_000));
  }

  @Test
  void aBodyMayDripNoLonger() throws Exception {
    serve(request(SHORT));
    Client client = connectAsVault();
    client.say("PUT /v1/order HTTP/1.1\r\nHost: h\r\n" + GOOD + "Content-Length: 60000\r\n\r\n");
    client.dripUntilClosed("{\"a\":\"" + "x".repeat(10_000));
    assertThat(called).isFalse();
  }

  @Test
  void aBodyOfChunksMayDripNoLonger() throws Exception {
    serve(request(SHORT));
    Client client = connectAsVault();
    client.say(
        "PUT /v1/order HTTP/1.1\r\nHost: h\r\n" + GOOD + "Transfer-Encoding: chunked\r\n\r\n");
    client.dripUntilClosed("1\r\nx\r\n");
    assertThat(called).isFalse();
  }

  @Test
  void whoeverWaitsForAnAnswerMayWait() throws Exception {
    serve(new Patience(SHORT, LONG, SHORT, LEAST, SHORT));
    Client client = connectAsVault();
    client.say("GET /v1/wait HTTP/1.1\r\nHost: h\r\n" + GOOD + "\r\n");
    connect().awaitClosed(); // all times are over
    connect().awaitClosed();
    release.countDown();
    assertThat(client.answer().status()).isEqualTo(200);
  }

  @Test
  void aReaderThatTakesNextToNothingIsNotServedOn() throws Exception {
    serve(reading(SHORT));
    Client client = connect();
    client.say("GET /v1/much HTTP/1.1\r\nHost: h\r\n" + GOOD + "\r\n");
    while (!readerGone.await(100, TimeUnit.MILLISECONDS)) {
      assertThat(client.socket.getInputStream().read()).isNotNegative();
    }
  }

  @Test
  void aSlowReaderIsServedToTheEnd() throws Exception {
    serve(reading(PATIENT_READING));
    Client client = connect();
    client.say("GET /v1/much HTTP/1.1\r\nHost: h\r\n" + GOOD + "\r\n");
    long began = System.nanoTime();
    long read = 0;
    while (read < ANSWER) {
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      read += client.socket.getInputStream().readNBytes(256 * 1024).length;
      assertThat(readerGone.getCount()).as("after %s bytes", read).isOne();
    }
    assertThat(System.nanoTime() - began).isGreaterThan(PATIENT_READING.toNanos());
  }

  @Test
  void forANewcomerAnOlderStrangerGoes() throws Exception {
    serve(new Limits(4, 100, 10, 1000, 1), PATIENT, Optional.empty());
    Client known = connectAsVault();
    List<Client> two = List.of(connect(), connect());
    for (Client client : two) {
      assertThat(isClosed(client)).as("two may come from one address").isFalse();
    }
    assertThat(connect().get("v1/agent").status()).isEqualTo(200);
    eventually("one of them has gone", () -> isClosed(two.getFirst()) || isClosed(two.getLast()));
    Client stayed = isClosed(two.getFirst()) ? two.getLast() : two.getFirst();
    stayed.socket.setSoTimeout(20_000);
    assertThat(stayed.get("v1/agent").status()).isEqualTo(200);
    assertThat(known.get("v1/agent").status()).isEqualTo(200);
  }

  /** Returns whether the server has hung up, after a moment in which it may. */
  private static boolean isClosed(Client client) throws IOException {
    client.socket.setSoTimeout(300);
    try {
      return client.socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  @Test
  void anIdentityHasSoManyConnectionsAndThoseThatAreClosedDoNotCount() throws Exception {
    serve(new Limits(100, 3, 10, 1000, 1), PATIENT, Optional.empty());
    List<Client> clients = List.of(connectAsVault(), connectAsVault(), connectAsVault());
    Client fourth = connect();
    Answer answer = fourth.get("v1/agent");
    answer.assertBusy();
    assertThat(answer.problem().detail()).contains("'vault'", "3 connections", "limits");
    fourth.awaitClosed();
    for (Client client : clients) {
      assertThat(client.get("v1/agent").status()).isEqualTo(200);
    }
    clients.getFirst().close();
    eventually(
        "there is room again",
        () -> {
          try (Client next = new Client(port)) {
            return next.get("v1/agent").status() == 200;
          }
        });
  }

  @Test
  void aConnectionThatWasLeftBehindMakesRoom() throws Exception {
    serve(
        new Limits(100, 2, 10, 1000, 1),
        new Patience(LONG, LONG, LONG, LEAST, LONG),
        Optional.empty());
    Client left = connectAsVault();
    Client used = connectAsVault();
    var next = new AtomicReference<Client>();
    eventually(
        "there is room for another",
        () -> { // the first minute may pass before the server has noted that it has answered
          later.addAndGet(Duration.ofMinutes(1).toNanos());
          assertThat(used.get("v1/agent").status()).isEqualTo(200);
          next.set(connect());
          return next.get().get("v1/agent").status() == 200;
        });
    left.awaitClosed();
    assertThat(used.get("v1/agent").status()).isEqualTo(200);
    assertThat(next.get().get("v1/agent").status()).isEqualTo(200);
    connect().get("v1/agent").assertBusy();
  }

  @Test
  void anIdentityHasSoManyCallsUnderWay() throws Exception {
    serve(new Limits(100, 100, 2, 1000, 1), PATIENT, Optional.empty());
    Client first = connect();
    Client second = connect();
    for (Client client : List.of(first, second)) {
      client.say("GET /v1/wait HTTP/1.1\r\nHost: h\r\n" + GOOD + "\r\n");
    }
    eventually("both are under way", () -> waiting.get() == 2);
    Client third = connect();
    third.get("v1/agent").assertBusy();
    release.countDown();
    assertThat(first.answer().status()).isEqualTo(200);
    assertThat(second.answer().status()).isEqualTo(200);
    eventually("they are over", () -> third.get("v1/agent").status() == 200);
  }

  @Test
  void anIdentityHasSoManyRequestsInASecond() throws Exception {
    serve(new Limits(100, 100, 10, 3, 1), PATIENT, Optional.empty());
    Client client = connect();
    Answer answer = client.get("v1/agent");
    for (int i = 0; i < 1000 && answer.status() == 200; i++) {
      answer = client.get("v1/agent");
    }
    answer.assertBusy();
    later.addAndGet(Duration.ofSeconds(1).toNanos());
    for (int i = 0; i < 3; i++) {
      assertThat(client.get("v1/agent").status()).isEqualTo(200);
    }
  }

  @Test
  void aTransferWith96ConnectionsHasRoom() throws Exception {
    serve(PATIENT);
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 2 * 96; i++) {
      clients.add(connect());
    }
    for (Client client : clients) {
      assertThat(client.get("v1/agent").status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 60000",
        "Content-Length: 99999999999",
        "Transfer-Encoding: chunked"
      })
  void aStrangersBodyIsNotWaitedFor(String framing) throws Exception {
    serve(PATIENT);
    Client stranger = connect();
    stranger.say("PUT /v1/order HTTP/1.1\r\nHost: h\r\n" + framing + "\r\n\r\n");
    Answer answer = stranger.answer();
    assertThat(answer.problem().known()).contains(ProblemType.UNAUTHORIZED);
    assertThat(answer.head()).contains("Connection: close");
    assertThat(called).isFalse();
  }

  @Test
  void aHeaderHasBounds() throws Exception {
    serve(PATIENT);
    assertThat(header("X: " + "x".repeat(15_000) + "\r\n")).isEqualTo(200);
    assertThat(header("X: " + "x".repeat(17_000) + "\r\n")).isEqualTo(400);
    assertThat(header("X: x\r\n".repeat(90))).isEqualTo(200);
    assertThat(header("X: x\r\n".repeat(101))).isEqualTo(400);
    assertThat(connect().get("v1/agent?" + "a=b&".repeat(15)).status()).isEqualTo(200);
    Client tooMany = connect();
    StringBuilder query = new StringBuilder("v1/agent?");
    for (int i = 0; i < 30; i++) {
      query.append('p').append(i).append("=1&");
    }
    assertThat(tooMany.get(query.toString()).status()).isEqualTo(400);
    tooMany.awaitClosed();
  }

  private int header(String lines) throws IOException {
    Client client = connect();
    client.say("GET /v1/agent HTTP/1.1\r\nHost: h\r\n" + GOOD + lines + "\r\n");
    return client.answer().status();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":"})
  void jsonHasADepth(String opening) throws Exception {
    serve(PATIENT);
    Client client = connect();
    String body = "{\"a\":" + opening.repeat(5000);
    client.say(
        "PUT /v1/order HTTP/1.1\r\nHost: h\r\n"
            + GOOD
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + body);
    Answer answer = client.answer();
    assertThat(answer.problem().known()).contains(ProblemType.BAD_REQUEST);
    assertThat(answer.problem().detail()).contains("depth");
  }

  @Test
  void aNumberHasALength() throws Exception {
    serve(PATIENT);
    Client client = connect();
    String body = "{\"a\":" + "9".repeat(2000) + "}";
    client.say(
        "PUT /v1/order HTTP/1.1\r\nHost: h\r\n"
            + GOOD
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + body);
    assertThat(client.answer().problem().known()).contains(ProblemType.BAD_REQUEST);
  }
}

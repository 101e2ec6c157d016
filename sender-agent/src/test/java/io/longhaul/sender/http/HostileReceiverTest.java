package io.longhaul.sender.http;

import static io.longhaul.sender.SenderUnderTest.problem;
import static io.longhaul.sender.SenderUnderTest.read;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.ByteRange;
import io.longhaul.protocol.ContentRange;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.wire.Abort;
import io.longhaul.protocol.wire.ManifestPage;
import io.longhaul.protocol.wire.PauseRequest;
import io.longhaul.protocol.wire.Release;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.sender.SenderUnderTest;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A sender-agent whose reader {@code liar} lies. It gets a refusal, or harms its own session; the
 * session of {@code honest}, which is there all the time, comes to its right end.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(200)
final class HostileReceiverTest {
  private static final int CHUNK = SenderUnderTest.CHUNK;
  private static final byte[] STREAM = new byte[3 * CHUNK + 100];
  private static final int CHUNKS = 4;
  private static final int LONG_POLLS = 1000;

  static {
    new Random(5).nextBytes(STREAM);
  }

  private SenderUnderTest sender;
  private SessionId honest;
  private SessionId liars;
  private List<ChunkRecord> chunks;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    Path stream = Files.write(directory.resolve("stream"), STREAM);
    sender =
        new SenderUnderTest(
            directory,
            Map.of("file", "cat " + stream, "stuck", "exec sleep 1000"),
            "honest",
            "liar",
            "admin");
    sender.grant(
        SenderUnderTest.grantOf("honest", "file"),
        SenderUnderTest.grantOf("liar", "file", "stuck"));
    honest = send("file", "honest");
    liars = send("file", "liar");
    chunks = awaitChunks(honest, "honest");
    awaitChunks(liars, "liar");
  }

  private SessionId send(String stream, String reader) throws Exception {
    SessionId id = SenderUnderTest.newId();
    read(sender.put(id, sender.request(stream, reader), "admin"), SendStatus.class);
    return id;
  }

  private List<ChunkRecord> awaitChunks(SessionId id, String reader) throws Exception {
    while (true) {
      ManifestPage page =
          read(sender.get(ApiPaths.manifest(id) + "?wait=1", reader), ManifestPage.class);
      if (page.end().isPresent()) {
        assertThat(page.chunks()).hasSize(CHUNKS);
        return page.chunks();
      }
    }
  }

  @AfterAll
  void theHonestSessionCameToItsRightEnd() throws Exception {
    ByteArrayOutputStream got = new ByteArrayOutputStream();
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
      got.write(read200(honest, chunk));
      read(post(honest, "release", new Release(chunk + 1), "honest"), SendStatus.class);
    }
    assertThat(got.toByteArray()).isEqualTo(STREAM);
    assertThat(read(post(honest, "complete", Map.of(), "honest"), SendStatus.class).state())
        .isEqualTo(SessionState.DONE);
    sender.call("POST", ApiPaths.send(liars) + "/abort", abort(), "admin");
    sender.close();
  }

  private byte[] read200(SessionId id, int chunk) throws Exception {
    HttpResponse<byte[]> reply = sender.get(ApiPaths.chunk(id, chunk), "honest");
    assertThat(reply.statusCode()).isEqualTo(200);
    return reply.body();
  }

  private HttpResponse<byte[]> post(SessionId id, String call, Object body, String who)
      throws Exception {
    return sender.call("POST", ApiPaths.send(id) + "/" + call, body, who);
  }

  private static Abort abort() {
    return new Abort(Failure.permanent(FailureKind.ABORTED, "the liar wants it"));
  }

  private static void assertRefused(HttpResponse<byte[]> reply, ProblemType type) throws Exception {
    assertThat(problem(reply).known()).as(SenderUnderTest.text(reply)).hasValue(type);
  }

  private static JsonNode json(String text) throws Exception {
    return Json.TOLERANT.readTree(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5",
        "-1",
        "-9223372036854775808",
        "9223372036854775807",
        "9223372036854775808",
        "1e3",
        "1.5",
        "\"1\"",
        "null",
        "true",
        "[1]",
        "{}"
      })
  void aReleaseOfWhatThereIsNotChangesNothing(String to) throws Exception {
    JsonNode body = json("{\"releasedTo\":" + to + "}");
    assertRefused(post(liars, "release", body, "liar"), ProblemType.BAD_REQUEST);
    SendStatus status = read(sender.get(ApiPaths.send(liars), "liar"), SendStatus.class);
    assertThat(status.releasedTo()).isZero();
    assertThat(status.state()).isEqualTo(SessionState.DRAINING);
  }

  /** The reader's word is all that the sender has: it loses what it gave away, and only that. */
  @Test
  void aReleaseOfWhatWasNotFetchedLosesItForThatSessionAlone() throws Exception {
    SessionId id = send("file", "liar");
    awaitChunks(id, "liar");
    read(post(id, "release", new Release(2), "liar"), SendStatus.class);
    assertRefused(sender.get(ApiPaths.chunk(id, 1), "liar"), ProblemType.CHUNK_RELEASED);
    assertThat(sender.get(ApiPaths.chunk(id, 2), "liar").statusCode()).isEqualTo(200);
    assertThat(read(post(id, "release", new Release(0), "liar"), SendStatus.class).releasedTo())
        .isEqualTo(2);
    assertThat(sender.spool(honest).chunk(0)).exists();
    post(id, "abort", abort(), "liar");
  }

  @Test
  void theSessionOfAnotherIsNotThere() throws Exception {
    String path = ApiPaths.send(honest);
    for (String get : List.of("", "/manifest", "/manifest?from=0&wait=30", "/chunks/0")) {
      assertRefused(sender.get(path + get, "liar"), ProblemType.NO_SUCH_SESSION);
    }
    assertRefused(
        post(honest, "release", new Release(CHUNKS), "liar"), ProblemType.NO_SUCH_SESSION);
    assertRefused(post(honest, "complete", Map.of(), "liar"), ProblemType.NO_SUCH_SESSION);
    assertRefused(post(honest, "abort", abort(), "liar"), ProblemType.NO_SUCH_SESSION);
    assertRefused(
        post(honest, "pause", new PauseRequest("x"), "liar"), ProblemType.NO_SUCH_SESSION);
    assertRefused(post(honest, "resume", Map.of(), "liar"), ProblemType.NO_SUCH_SESSION);
    assertRefused(sender.call("DELETE", path, Map.of(), "liar"), ProblemType.NO_SUCH_SESSION);
    assertThat(sender.status(honest, "honest").state()).isEqualTo(SessionState.DRAINING);
  }

  @Test
  void aSessionIsNotTakenOverHoweverOftenItIsTried() throws Exception {
    for (int i = 0; i < 50; i++) {
      for (String reader : List.of("liar", "honest")) {
        assertThat(problem(sender.put(honest, sender.request("file", reader), "liar")).known())
            .as("for %s", reader)
            .isIn(Optional.of(ProblemType.CONFLICT), Optional.of(ProblemType.FORBIDDEN));
      }
    }
    assertThat(sender.status(honest, "honest").reader()).isEqualTo("honest");
  }

  /** What the path says is not what the query says. */
  @ParameterizedTest
  @ValueSource(strings = {"id", "chunk"})
  void aPathThatIsSaidTwiceIsRefused(String name) throws Exception {
    String twice = ApiPaths.chunk(liars, 0) + "?" + name + "=";
    assertRefused(
        sender.get(twice + (name.equals("id") ? honest : "1"), "liar"), ProblemType.BAD_REQUEST);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes=0-",
        "bytes=-1",
        "bytes=-999999999999999999",
        "bytes=-99999999999999999999",
        "bytes=99999999999999999999-",
        "bytes=9223372036854775807-",
        "bytes=0-9223372036854775807",
        "bytes=5-1",
        "bytes=-0",
        "bytes=",
        "bytes=-",
        "bytes=--1",
        "bytes=0-1-2",
        "bytes= 0-1",
        "bytes=0-0,0-0,0-0",
        "bytes=0-99,50-150",
        "BYTES=0-1",
        "octets=0-1",
        "bytes=65536-",
        "0-5",
        "bytes=0x0-0x1",
        "bytes=+0-+1",
        "bytes=1e2-1e3"
      })
  void anAbsurdRangeNeverGivesMoreThanTheChunkOrOtherBytesThanItSays(String range)
      throws Exception {
    HttpResponse<byte[]> reply = sender.get(ApiPaths.chunk(liars, 1), "liar", "Range", range);
    byte[] chunk = Arrays.copyOfRange(STREAM, CHUNK, 2 * CHUNK);
    switch (reply.statusCode()) {
      case 200 -> assertThat(reply.body()).isEqualTo(chunk);
      case 206 -> {
        String said = reply.headers().firstValue("Content-Range").orElseThrow();
        ByteRange part = ContentRange.parse(said).orElseThrow().range();
        assertThat(reply.body())
            .isEqualTo(Arrays.copyOfRange(chunk, (int) part.from(), (int) part.to()));
      }
      default -> assertRefused(reply, ProblemType.RANGE_NOT_SATISFIABLE);
    }
  }

  @Test
  void thousandsOfRangesAreOneAnswerAtMost() throws Exception {
    String ranges = "bytes=" + "0-,".repeat(3000) + "0-";
    HttpResponse<byte[]> reply = sender.get(ApiPaths.chunk(liars, 1), "liar", "Range", ranges);
    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(reply.body()).hasSize(CHUNK);
  }

  @ParameterizedTest
  @CsvSource({
    "If-Match, '\"', 412",
    "If-Match, '', 412",
    "If-Match, '\"a\",\"b\",,,,', 412",
    "If-None-Match, '*,*', 200",
    "If-None-Match, '\"\"\"\"\"', 200",
    "If-Range, '*', 200",
    "If-Range, 'W/\"\"', 200",
  })
  void aConditionThatMeansNothing(String name, String value, int status) throws Exception {
    HttpResponse<byte[]> reply =
        sender.get(ApiPaths.chunk(liars, 0), "liar", name, value, "Range", "bytes=0-0");
    assertThat(reply.statusCode())
        .isEqualTo("If-Range".equals(name) || status == 412 ? status : 206);
  }

  @ParameterizedTest
  @CsvSource({
    "4, NOT_FOUND",
    "999999999999999999, NOT_FOUND",
    "9223372036854775807, BAD_REQUEST",
    "-1, BAD_REQUEST",
    "0x0, BAD_REQUEST",
    "%30%00, BAD_REQUEST",
    "..%2f..%2frequest.json, BAD_REQUEST",
  })
  void aChunkThatThereWillNotBe(String number, ProblemType type) throws Exception {
    assertRefused(sender.get(ApiPaths.send(liars) + "/chunks/" + number, "liar"), type);
  }

  @Test
  void aChunkThatIsNotSealedYetIsNotWaitedForAndLongPollsHoldNobodyUp() throws Exception {
    SessionId stuck = send("stuck", "liar");
    assertRefused(sender.get(ApiPaths.chunk(stuck, 0), "liar"), ProblemType.CHUNK_NOT_SEALED);
    assertRefused(
        sender.get(ApiPaths.chunk(stuck, 99_999_999), "liar"), ProblemType.CHUNK_NOT_SEALED);
    List<Socket> polls = new ArrayList<>();
    try {
      for (int i = 0; i < LONG_POLLS; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), sender.port());
        polls.add(socket);
        String from = Long.toString(i % 2 == 0 ? 0 : 999_999_999_999_999_999L);
        socket
            .getOutputStream()
            .write(
                "GET /%s?wait=30&from=%s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\n\r\n"
                    .formatted(ApiPaths.manifest(stuck), from, sender.authorization("liar"))
                    .getBytes(StandardCharsets.US_ASCII));
      }
      for (int chunk = 0; chunk < CHUNKS; chunk++) {
        assertThat(read200(honest, chunk)).hasSize((int) chunks.get(chunk).length());
      }
    } finally {
      for (Socket socket : polls) {
        socket.close();
      }
    }
    assertThat(read(post(stuck, "abort", abort(), "admin"), SendStatus.class).state())
        .isEqualTo(SessionState.ABORTED);
  }
}

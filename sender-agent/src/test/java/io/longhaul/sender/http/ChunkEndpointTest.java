package io.longhaul.sender.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.failure.Problem;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.wire.Release;
import io.longhaul.sender.SenderUnderTest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The chunk endpoint against RFC 9110 and 9530, over one session whose source has ended. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class ChunkEndpointTest {
  private static final int CHUNK = SenderUnderTest.CHUNK;
  private static final byte[] STREAM = new byte[3 * CHUNK + 100];

  static {
    new Random(1).nextBytes(STREAM);
  }

  private SenderUnderTest sender;
  private SessionId id;
  private List<ChunkRecord> chunks;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    Path stream = Files.write(directory.resolve("stream"), STREAM);
    sender = new SenderUnderTest(directory, Map.of("file", "cat " + stream));
    id = sender.send("file");
    chunks = sender.chunks(id, 4);
    sender.awaitState(id, SessionState.DRAINING);
  }

  @AfterAll
  void stop() {
    sender.close();
  }

  private String tag() {
    return chunks.get(1).digests().entityTag();
  }

  private HttpResponse<byte[]> get(String... headers) throws Exception {
    return sender.get(ApiPaths.chunk(id, 1), "", headers);
  }

  private static byte[] bytes(int from, int to) {
    return Arrays.copyOfRange(STREAM, CHUNK + from, CHUNK + to);
  }

  @Test
  void wholeChunk() throws Exception {
    HttpResponse<byte[]> reply = get();
    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(reply.body()).isEqualTo(bytes(0, CHUNK));
    assertThat(reply.headers().map())
        .containsEntry("content-length", List.of("" + CHUNK))
        .containsEntry("content-type", List.of("application/octet-stream"))
        .containsEntry("accept-ranges", List.of("bytes"))
        .containsEntry("etag", List.of(tag()))
        .containsEntry("repr-digest", List.of(chunks.get(1).digests().reprDigest()));
  }

  static Stream<Arguments> ranges() {
    return Stream.of(
        Arguments.of("bytes=0-0", 0, 1),
        Arguments.of("bytes=5-9", 5, 10),
        Arguments.of("bytes=100-", 100, CHUNK),
        Arguments.of("bytes=-7", CHUNK - 7, CHUNK),
        Arguments.of("bytes=-99999999", 0, CHUNK),
        Arguments.of("bytes=10-99999999", 10, CHUNK));
  }

  @ParameterizedTest
  @MethodSource("ranges")
  void partOfAChunk(String range, int from, int to) throws Exception {
    HttpResponse<byte[]> reply = get("Range", range);
    assertThat(reply.statusCode()).isEqualTo(206);
    assertThat(reply.body()).isEqualTo(bytes(from, to));
    assertThat(reply.headers().firstValue("Content-Range"))
        .hasValue("bytes " + from + "-" + (to - 1) + "/" + CHUNK);
    assertThat(reply.headers().firstValue("ETag")).hasValue(tag());
    assertThat(reply.headers().firstValue("Repr-Digest"))
        .hasValue(chunks.get(1).digests().reprDigest());
  }

  Stream<Arguments> conditions() {
    return Stream.of(
        Arguments.of(200, new String[] {"If-Match", "*"}),
        Arguments.of(200, new String[] {"If-Match", "\"other\", " + tag()}),
        Arguments.of(412, new String[] {"If-Match", "\"other\""}),
        Arguments.of(412, new String[] {"If-Match", "W/" + tag()}),
        Arguments.of(412, new String[] {"If-Match", "\"other\"", "Range", "bytes=0-1"}),
        Arguments.of(304, new String[] {"If-None-Match", tag()}),
        Arguments.of(304, new String[] {"If-None-Match", "W/" + tag()}),
        Arguments.of(304, new String[] {"If-None-Match", "*"}),
        Arguments.of(304, new String[] {"If-None-Match", tag(), "Range", "bytes=0-1"}),
        Arguments.of(200, new String[] {"If-None-Match", "\"other\""}),
        Arguments.of(206, new String[] {"If-Range", tag(), "Range", "bytes=0-1"}),
        Arguments.of(200, new String[] {"If-Range", "\"other\"", "Range", "bytes=0-1"}),
        Arguments.of(200, new String[] {"If-Range", "W/" + tag(), "Range", "bytes=0-1"}),
        Arguments.of(
            200, new String[] {"If-Range", "Sat, 29 Oct 1994 19:43:31 GMT", "Range", "bytes=0-1"}),
        Arguments.of(416, new String[] {"Range", "bytes=" + CHUNK + "-"}),
        Arguments.of(416, new String[] {"Range", "bytes=-0"}),
        Arguments.of(200, new String[] {"Range", "bytes=0-1,3-4"}),
        Arguments.of(200, new String[] {"Range", "bytes=9-5"}),
        Arguments.of(200, new String[] {"Range", "chapters=1-2"}));
  }

  @ParameterizedTest
  @MethodSource("conditions")
  void conditions(int status, String[] headers) throws Exception {
    HttpResponse<byte[]> reply = get(headers);
    assertThat(reply.statusCode()).isEqualTo(status);
    switch (status) {
      case 200 -> assertThat(reply.body()).isEqualTo(bytes(0, CHUNK));
      case 206 -> assertThat(reply.body()).isEqualTo(bytes(0, 2));
      case 304 -> {
        assertThat(reply.body()).isEmpty();
        assertThat(reply.headers().firstValue("ETag")).hasValue(tag());
      }
      case 412 ->
          assertThat(SenderUnderTest.problem(reply).type())
              .isEqualTo(ProblemType.PRECONDITION_FAILED.uri());
      default -> {
        assertThat(SenderUnderTest.problem(reply).type())
            .isEqualTo(ProblemType.RANGE_NOT_SATISFIABLE.uri());
        assertThat(reply.headers().firstValue("Content-Range")).hasValue("bytes */" + CHUNK);
      }
    }
  }

  @Test
  void headSaysTheSameWithoutABodyAndIgnoresRanges() throws Exception {
    HttpResponse<byte[]> reply =
        sender.exchange(
            sender
                .builder(ApiPaths.chunk(id, 1), "")
                .header("Range", "bytes=0-1")
                .method("HEAD", BodyPublishers.noBody()));
    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(reply.body()).isEmpty();
    assertThat(reply.headers().firstValue("Content-Length")).hasValue("" + CHUNK);
    assertThat(reply.headers().firstValue("ETag")).hasValue(tag());
  }

  @Test
  void problems() throws Exception {
    assertThat(type(sender.get(ApiPaths.chunk(id, 4), ""))).isEqualTo(ProblemType.NOT_FOUND);
    assertThat(type(sender.get(ApiPaths.send(id) + "/chunks/x", "")))
        .isEqualTo(ProblemType.BAD_REQUEST);
    assertThat(type(sender.get(ApiPaths.chunk(SenderUnderTest.newId(), 0), "")))
        .isEqualTo(ProblemType.NO_SUCH_SESSION);
    assertThat(type(sender.get("v1/sends/nonsense/chunks/0", "")))
        .isEqualTo(ProblemType.NO_SUCH_SESSION);
    HttpResponse<byte[]> put = sender.call("PUT", ApiPaths.chunk(id, 0), Map.of(), "");
    assertThat(type(put)).isEqualTo(ProblemType.METHOD_NOT_ALLOWED);
  }

  @Test
  void releasedAndLostChunksAreGone() throws Exception {
    SessionId other = sender.send("file");
    sender.chunks(other, 4);
    sender.post(other, "release", new Release(1));
    assertThat(type(sender.get(ApiPaths.chunk(other, 0), "")))
        .isEqualTo(ProblemType.CHUNK_RELEASED);
    Files.write(sender.spool(other).chunk(1), new byte[3]);
    assertThat(type(sender.get(ApiPaths.chunk(other, 1), ""))).isEqualTo(ProblemType.CHUNK_LOST);
    Files.delete(sender.spool(other).chunk(2));
    assertThat(type(sender.get(ApiPaths.chunk(other, 2), ""))).isEqualTo(ProblemType.CHUNK_LOST);
    assertThat(sender.get(ApiPaths.chunk(other, 3), "").statusCode()).isEqualTo(200);
  }

  private static ProblemType type(HttpResponse<byte[]> reply) throws Exception {
    Problem problem = SenderUnderTest.problem(reply);
    return problem.known().orElseThrow();
  }

  @Test
  void readersThatGoAwayLeaveNoFileOpen() throws Exception {
    for (int i = 0; i < 200; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), sender.port())) {
        socket.setReceiveBufferSize(4096);
        OutputStream out = socket.getOutputStream();
        String request = "GET /" + ApiPaths.chunk(id, i % 4) + " HTTP/1.1\r\nHost: x\r\n\r\n";
        out.write(request.repeat(4).getBytes(StandardCharsets.US_ASCII));
        InputStream in = socket.getInputStream();
        assertThat(in.readNBytes(100)).hasSize(100);
        socket.setSoLinger(true, 0);
      }
    }
    while (openChunks() > 0) {
      LockSupport.parkNanos(10_000_000);
    }
  }

  private long openChunks() throws Exception {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.filter(ChunkEndpointTest::isChunk).count();
    }
  }

  private static boolean isChunk(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().contains(".chunk");
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }
}

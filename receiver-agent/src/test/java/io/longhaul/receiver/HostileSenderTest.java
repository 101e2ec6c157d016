package io.longhaul.receiver;

import static io.longhaul.protocol.failure.FailureKind.DIGEST_MISMATCH;
import static io.longhaul.protocol.failure.FailureKind.NO_SUCH_SESSION;
import static io.longhaul.protocol.failure.FailureKind.PEER_FAILED;
import static io.longhaul.protocol.failure.FailureKind.PEER_REFUSED;
import static io.longhaul.protocol.failure.FailureKind.SPOOL_DAMAGED;
import static io.longhaul.protocol.failure.FailureKind.SPOOL_FAILED;
import static io.longhaul.protocol.failure.FailureKind.STALLED;
import static io.longhaul.protocol.failure.FailureKind.UNREACHABLE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.Problem;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.failure.RetryableException;
import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.wire.SinkSpec;
import io.longhaul.receiver.LyingSender.Asked;
import io.longhaul.receiver.LyingSender.Lie;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A receiver-agent whose sender lies. Each lie ends, or pauses, its own session under a name, with
 * bounded memory, disk and threads, while an honest sender's session goes on in the same agent.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(200)
class HostileSenderTest {
  private static final int HONEST_CHUNK = 16 * 1024;
  private static final int HONEST_CHUNKS = 200;
  private static final long LIMIT = 4 * LyingSender.CHUNK;

  /* What socket buffers hold of an endless answer is nothing that the receiver keeps. */
  private static final long MOST_ANSWER = 24 << 20;
  private static final int AT_ONCE = 6;
  private static final long OWN_FILES = 1 << 20;
  private static final SessionLimits SHORT =
      new SessionLimits(Duration.ofSeconds(2), Duration.ofSeconds(2));
  private static final Set<FailureKind> BY_LIMIT = Set.of(STALLED, UNREACHABLE);

  private Path folder;
  private FakeSender honest;
  private LyingSender liar;
  private ReceiverUnderTest receiver;
  private final SessionId honestId = ReceiverUnderTest.newId();
  private int honestSealed;

  @BeforeAll
  void startHonestSession(@TempDir Path directory) throws Exception {
    folder = directory;
    honest = new FakeSender(HONEST_CHUNKS * HONEST_CHUNK, HONEST_CHUNK);
    liar = new LyingSender();
    receiver =
        new ReceiverUnderTest(folder)
            .limit(LIMIT)
            .peer("office", honest.url())
            .peer("liar", liar.url());
    receiver
        .sink("honest", "cat > " + receiver.file("out"))
        .sink("stuck", "exec sleep 1000")
        .sink("lied-to", "cat > /dev/null; touch " + receiver.file("end-of-file"))
        .start();
    receiver.put(honestId, ReceiverUnderTest.into("honest"));
  }

  @AfterAll
  void theHonestSessionCameToItsRightEnd() throws Exception {
    honest.sealAll();
    receiver.await(honestId, SessionState.DONE);
    assertThat(receiver.file("out")).hasBinaryContent(honest.stream());
    receiver.close();
    honest.close();
    liar.close();
  }

  /** Lies about what the manifest says, in the page as the honest sender would write it. */
  private static Lie page(BiConsumer<Asked, ObjectNode> change) {
    return (sender, asked, out) -> {
      if (!asked.what().equals("manifest")) {
        return false;
      }
      ObjectNode page = sender.page(asked);
      change.accept(asked, page);
      LyingSender.json(out, Json.TOLERANT.writeValueAsBytes(page));
      return true;
    };
  }

  private static Lie firstChunk(BiConsumer<Asked, ObjectNode> change) {
    return page((asked, page) -> {
      if (page.get("chunks").get(0) instanceof ObjectNode first) {
        change.accept(asked, first);
      }
    });
  }

  private static Lie status(String name, String value) {
    return page((_, page) -> ((ObjectNode) page.get("status")).set(name, parsed(value)));
  }

  private static Lie end(String name, String value) {
    return page((_, page) -> ((ObjectNode) page.get("end")).set(name, parsed(value)));
  }

  private static JsonNode parsed(String value) {
    try {
      return Json.TOLERANT.readTree(value);
    } catch (IOException e) {
      throw new IllegalArgumentException(value, e);
    }
  }

  /** Answers requests for {@code what} with these bytes, or as long as they are taken. */
  private static Lie raw(String what, Bytes bytes) {
    return (sender, asked, out) -> {
      boolean lies = asked.what().equals(what);
      if (lies) {
        bytes.write(sender, asked, out);
      }
      return lies;
    };
  }

  @FunctionalInterface
  private interface Bytes {
    void write(LyingSender sender, Asked asked, OutputStream out) throws IOException;
  }

  private static void endlessly(OutputStream out, String what) throws IOException {
    byte[] piece = what.repeat(Math.max(1, 8192 / what.length())).getBytes(ISO_8859_1);
    while (true) {
      out.write(piece);
    }
  }

  private static void json(OutputStream out, String body) throws IOException {
    LyingSender.json(out, body.getBytes(ISO_8859_1));
  }

  /** Writes the beginning of a page, then {@code inside} where a member's value may stand. */
  private static void bomb(LyingSender sender, Asked asked, OutputStream out, String inside)
      throws IOException {
    String page = sender.page(asked).toString();
    json(out, "{\"x\":" + inside + "," + page.substring(1));
  }

  private static String problem(ProblemType type) throws IOException {
    return Json.TOLERANT.writeValueAsString(Problem.of(type, "\u001b[2Jas the test wants it"));
  }

  private static byte[] gzipOf(int mebibytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      for (int i = 0; i < mebibytes; i++) {
        gzip.write(new byte[1 << 20]);
      }
    }
    return packed.toByteArray();
  }

  /** A lie, and what the session may say when it is found out. */
  private record Told(String name, Lie lie, Set<FailureKind> kinds, SessionLimits limits) {}

  private static Told byLimit(String name, Lie lie) {
    return new Told(name, lie, BY_LIMIT, SHORT);
  }

  private static Told at(FailureKind kind, String name, Lie lie) {
    return new Told(name, lie, Set.of(kind), SessionLimits.DEFAULT);
  }

  private static List<Told> liesInTheManifest() {
    AtomicInteger attempts = new AtomicInteger();
    return List.of(
        at(
            SPOOL_DAMAGED,
            "the same page again and again",
            page((_, page) ->
                ((ArrayNode) page.get("chunks")).removeAll().add(page.get("chunks").get(0)))),
        at(SPOOL_DAMAGED, "a gap in the numbers", firstChunk((_, c) -> c.put("chunk", 5))),
        at(
            SPOOL_DAMAGED,
            "a number beyond all",
            firstChunk((_, c) -> c.put("chunk", Long.MAX_VALUE))),
        at(SPOOL_DAMAGED, "a gap in the offsets", firstChunk((_, c) -> c.put("offset", 1))),
        at(
            SPOOL_DAMAGED,
            "an overlap",
            firstChunk((_, c) -> c.put("length", LyingSender.CHUNK + 1))),
        at(
            SPOOL_FAILED,
            "a chunk that is larger than the spool",
            firstChunk((_, c) -> c.put("length", LIMIT + 1))),
        at(
            SPOOL_FAILED,
            "a chunk that is larger than any disk",
            firstChunk((_, c) -> c.put("length", Long.MAX_VALUE))),
        at(
            SPOOL_FAILED,
            "chunks that are said to be huge",
            status("chunkBytes", "1000000000000000")),
        byLimit("an offset that overflows", firstChunk((_, c) -> c.put("offset", Long.MAX_VALUE))),
        byLimit("a negative length", firstChunk((_, c) -> c.put("length", -1))),
        byLimit("a length of nothing", firstChunk((_, c) -> c.put("length", 0))),
        byLimit(
            "a length of many digits",
            (sender, asked, out) ->
                raw("manifest", (s, a, o) -> bomb(s, a, o, "9".repeat(400_000)))
                    .tell(sender, asked, out)),
        byLimit("a digest that is too short", firstChunk((_, c) -> c.put("sha256", "ab"))),
        byLimit("no digest", firstChunk((_, c) -> c.remove("sha256"))),
        at(SPOOL_DAMAGED, "too many chunks in the end record", end("chunks", "4")),
        at(SPOOL_DAMAGED, "too few bytes in the end record", end("bytes", "5")),
        at(
            SPOOL_DAMAGED,
            "another digest of the whole",
            end("digest", "\"" + "0".repeat(64) + "\"")),
        at(
            SPOOL_DAMAGED,
            "a digest of the whole that fills the screen",
            end("digest", "\"" + "0".repeat(300_000) + "\"")),
        byLimit("a negative count of chunks in the end record", end("chunks", "-1")),
        byLimit("another session's page", status("id", "\"" + ReceiverUnderTest.newId() + "\"")),
        byLimit("a negative count", status("sealedTo", "-3")),
        byLimit(
            "a time that no counter holds", status("sinceProgress", "\"PT9223372036854775807S\"")),
        byLimit("a time in the future", status("sinceProgress", "\"PT-999999H\"")),
        byLimit(
            "pages without a chunk",
            page((_, page) -> {
              page.putArray("chunks");
              page.remove("end");
            })),
        at(
            PEER_FAILED,
            "a source that is started again for ever",
            page((_, page) -> {
              page.putArray("chunks");
              page.remove("end");
              ((ObjectNode) page.get("status")).put("attempt", attempts.incrementAndGet());
            })),
        at(PEER_FAILED, "a session that somebody else has completed", status("state", "\"done\"")));
  }

  private static List<Told> liesInHttp() {
    return List.of(
        byLimit(
            "an endless page",
            raw(
                "manifest",
                (_, _, out) -> {
                  LyingSender.head(out, "200 OK", "Content-Type: application/json\r\n");
                  endlessly(out, "[\"bomb\", ");
                })),
        byLimit(
            "a page that is nested deeply",
            raw("manifest", (s, a, out) -> bomb(s, a, out, "[".repeat(200_000)))),
        byLimit(
            "a page with a text without end",
            raw(
                "manifest",
                (_, _, out) -> {
                  LyingSender.head(out, "200 OK", "Content-Type: application/json\r\n");
                  out.write("{\"chunks\":\"".getBytes(ISO_8859_1));
                  endlessly(out, "a");
                })),
        byLimit(
            "a compressed page",
            raw(
                "manifest",
                (_, _, out) -> {
                  byte[] packed = gzipOf(64);
                  LyingSender.head(
                      out,
                      "200 OK",
                      "Content-Encoding: gzip\r\nContent-Length: " + packed.length + "\r\n");
                  out.write(packed);
                })),
        byLimit(
            "endless headers",
            raw(
                "manifest",
                (_, _, out) -> {
                  out.write("HTTP/1.1 200 OK\r\n".getBytes(ISO_8859_1));
                  endlessly(out, "X-Header: of no use\r\n");
                })),
        byLimit(
            "a header without end",
            raw(
                "manifest",
                (_, _, out) -> {
                  out.write("HTTP/1.1 200 OK\r\nX: ".getBytes(ISO_8859_1));
                  endlessly(out, "x");
                })),
        byLimit(
            "a flood of 100 Continue",
            raw("manifest", (_, _, out) -> endlessly(out, "HTTP/1.1 100 Continue\r\n\r\n"))),
        byLimit(
            "a flood of early hints",
            raw("manifest", (_, _, out) -> endlessly(out, "HTTP/1.1 103 Early Hints\r\n\r\n"))),
        byLimit("no HTTP at all", raw("manifest", (_, _, out) -> endlessly(out, "\0\u00ff\n"))),
        byLimit(
            "a negative length of the page",
            raw(
                "manifest",
                (_, _, out) -> {
                  LyingSender.head(out, "200 OK", "Content-Length: -2\r\n");
                  out.write("{}".getBytes(ISO_8859_1));
                })),
        byLimit(
            "a length of the page beyond all",
            raw(
                "manifest",
                (_, _, out) -> {
                  LyingSender.head(out, "200 OK", "Content-Length: 99999999999999999999\r\n");
                  endlessly(out, " ");
                })),
        byLimit(
            "pieces of a negative length",
            raw(
                "manifest",
                (_, _, out) -> {
                  LyingSender.head(out, "200 OK", "Transfer-Encoding: chunked\r\n");
                  out.write("-5\r\n{}\r\n".getBytes(ISO_8859_1));
                })),
        byLimit(
            "a redirect to itself",
            raw(
                "manifest",
                (s, a, out) ->
                    LyingSender.head(
                        out,
                        "307 Temporary Redirect",
                        "Location: "
                            + s.url()
                            + "/v1/sends/"
                            + a.id()
                            + "/manifest\r\n"
                            + "Content-Length: 0\r\n"))),
        byLimit(
            "an endless problem",
            raw(
                "manifest",
                (_, _, out) -> {
                  LyingSender.head(out, "500 No", "Content-Type: application/problem+json\r\n");
                  endlessly(out, "{\"type\":");
                })),
        byLimit(
            "a wait of ten years",
            raw(
                "manifest",
                (_, _, out) ->
                    LyingSender.head(
                        out, "503 Later", "Retry-After: 315360000\r\nContent-Length: 0\r\n"))),
        at(
            PEER_REFUSED,
            "a refusal",
            raw(
                "manifest",
                (_, _, out) -> LyingSender.head(out, "403 No", "Content-Length: 0\r\n"))),
        at(
            NO_SUCH_SESSION,
            "a session that was there a moment ago",
            raw(
                "chunks",
                (_, _, out) -> {
                  String problem = problem(ProblemType.NO_SUCH_SESSION);
                  LyingSender.head(
                      out,
                      "404 No",
                      "Content-Type: application/problem+json\r\nContent-Length: "
                          + problem.length()
                          + "\r\n");
                  out.write(problem.getBytes(ISO_8859_1));
                })));
  }

  private static List<Told> liesInChunks() {
    Random random = new Random(3);
    return List.of(
        at(
            DIGEST_MISMATCH,
            "other bytes at each request",
            raw(
                "chunks",
                (sender, asked, out) -> {
                  byte[] bytes = new byte[(int) asked.range().length()];
                  random.nextBytes(bytes);
                  sender.partial(asked, out, "");
                  out.write(bytes);
                })),
        at(
            DIGEST_MISMATCH,
            "an endless body of the right range",
            raw(
                "chunks",
                (sender, asked, out) -> {
                  sender.partial(asked, out, "Connection: close\r\n");
                  endlessly(out, "z");
                })),
        byLimit(
            "the whole in place of the range",
            raw(
                "chunks",
                (_, _, out) -> {
                  LyingSender.head(out, "200 OK", "Content-Type: text/html\r\n");
                  endlessly(out, "<p>welcome to the hotel's network");
                })),
        byLimit(
            "another range",
            raw(
                "chunks",
                (_, asked, out) -> {
                  LyingSender.head(
                      out,
                      "206 Partial Content",
                      "Content-Range: bytes 1-%d/%d\r\n"
                          .formatted(asked.range().length(), LyingSender.CHUNK));
                  endlessly(out, "z");
                })),
        byLimit(
            "a range that overflows",
            raw(
                "chunks",
                (_, _, out) ->
                    LyingSender.head(
                        out,
                        "206 Partial Content",
                        "Content-Range: bytes 0-99999999999999999999/99999999999999999999\r\n"))),
        byLimit(
            "another length than that of the range",
            raw(
                "chunks",
                (sender, asked, out) -> {
                  sender.partial(asked, out, "Content-Length: 5\r\n");
                  out.write(new byte[5]);
                })),
        byLimit(
            "a negative length of the body",
            raw(
                "chunks",
                (sender, asked, out) -> {
                  sender.partial(asked, out, "Content-Length: -2\r\n");
                  out.write(new byte[5]);
                })),
        byLimit(
            "a compressed chunk",
            raw(
                "chunks",
                (sender, asked, out) -> {
                  sender.partial(asked, out, "Content-Encoding: gzip\r\nConnection: close\r\n");
                  out.write(gzipOf(64));
                })),
        byLimit(
            "an endless problem in place of a chunk",
            raw(
                "chunks",
                (_, _, out) -> {
                  LyingSender.head(out, "404 No", "Content-Type: application/problem+json\r\n");
                  endlessly(out, "{\"type\":");
                })),
        byLimit(
            "a chunk after ten years",
            raw(
                "chunks",
                (_, _, out) ->
                    LyingSender.head(
                        out, "429 Later", "Retry-After: 315360000\r\nContent-Length: 0\r\n"))));
  }

  @Test
  void liesInTheManifestEndTheirOwnSessions() throws Exception {
    findOut(liesInTheManifest());
  }

  @Test
  void liesInHttpEndTheirOwnSessions() throws Exception {
    findOut(liesInHttp());
  }

  @Test
  void liesInChunksEndTheirOwnSessions() throws Exception {
    findOut(liesInChunks());
  }

  /** Several at a time, as each session waits for itself. */
  private void findOut(List<Told> lies) throws Exception {
    for (int from = 0; from < lies.size(); from += AT_ONCE) {
      Map<SessionId, Told> told = new LinkedHashMap<>();
      for (Told lie : lies.subList(from, Math.min(lies.size(), from + AT_ONCE))) {
        told.put(receive("lied-to", lie.lie(), lie.limits()), lie);
      }
      try {
        for (var one : told.entrySet()) {
          findOut(one.getKey(), one.getValue());
        }
      } finally {
        assertThatNothingIsLeftOf(told.keySet());
      }
      assertThatTheHonestSessionMoves();
    }
  }

  private void findOut(SessionId id, Told told) throws Exception {
    Failure why =
        Eventually.find(
            told.name() + " to be found out",
            () -> {
              assertThat(spooledBytes(id)).isLessThanOrEqualTo(LIMIT + OWN_FILES);
              return failure(id);
            });

    assertThat(why.kind()).as("%s: %s", told.name(), why).isIn(told.kinds());
    assertThat(why.message().length()).as(told.name()).isLessThan(40_000);
    assertThat(why.message()).as(told.name()).doesNotContain("\u001b", "Exception");
    assertThat(liar.largestAnswer()).as(told.name()).isLessThan(MOST_ANSWER);
  }

  /* A machine that has much else to do may be late with an answer. */
  private Optional<Failure> failure(SessionId id) throws Exception {
    try {
      return receiver.status(id).failure();
    } catch (RetryableException e) {
      return Optional.empty();
    }
  }

  private SessionId receive(String sink, Lie lie, SessionLimits limits) throws Exception {
    SessionId id = ReceiverUnderTest.newId();
    liar.lie(id, lie);
    receiver.put(id, new ReceiveRequest(new SinkSpec.Stream(sink), "liar", limits, Map.of()));
    return id;
  }

  private long spooledBytes(SessionId id) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(receiver.spool(id).directory())) {
      for (Path file : files.toList()) {
        bytes += size(file);
      }
    } catch (NoSuchFileException e) {
      return 0;
    }
    return bytes;
  }

  private static long size(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  /** The sinks must not have been told that the stream ended well. */
  private void assertThatNothingIsLeftOf(Set<SessionId> ids) throws Exception {
    for (SessionId id : ids) {
      receiver.abort(id);
      ReceiveStatus end =
          Eventually.find(
              "the end", () -> Optional.of(receiver.status(id)).filter(now -> now.state().ended()));
      assertThat(end.state()).isIn(SessionState.FAILED, SessionState.ABORTED);
      assertThat(end.sinkPid()).isEmpty();
      Eventually.holds("no chunk left", () -> spooledBytes(id) < OWN_FILES);
    }
    assertThat(receiver.file("end-of-file")).doesNotExist();
    Eventually.holds("only the honest session to be pulled", () -> threadsOf("PullRun.pull") <= 1);
  }

  /** Counts threads, virtual ones too, that are in a method of the puller. */
  private long threadsOf(String method) throws IOException {
    Path dump = Files.createTempFile(folder, "threads", ".txt");
    Files.delete(dump);
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
    try (Stream<String> lines = Files.lines(dump)) {
      return lines.filter(line -> line.contains("receiver.pull." + method + "(")).count();
    } finally {
      Files.delete(dump);
    }
  }

  private void assertThatTheHonestSessionMoves() throws Exception {
    honestSealed++;
    honest.sealTo(honestSealed);
    receiver.awaitFed(honestId, honestSealed);
  }

  /** An endless stream is none, but it never takes more than it may, and can be ended. */
  @Test
  void anEndlessManifestOfTinyChunksIsBounded() throws Exception {
    Lie endless =
        (sender, asked, out) -> {
          if (asked.what().equals("chunks")) {
            LyingSender.head(
                out,
                "206 Partial Content",
                "ETag: " + TINY + "\r\nContent-Range: bytes 0-0/1\r\nContent-Length: 1\r\n");
            out.write('x');
            return true;
          }
          return page(
                  (_, page) -> {
                    ArrayNode chunks = page.putArray("chunks");
                    for (long n = asked.from(); n < asked.from() + 64; n++) {
                      chunks
                          .addObject()
                          .put("type", "chunk")
                          .put("chunk", n)
                          .put("offset", n)
                          .put("length", 1)
                          .put("sha256", TINY.substring(1, TINY.length() - 1));
                    }
                    page.remove("end");
                  })
              .tell(sender, asked, out);
        };
    SessionId id = receive("stuck", endless, SessionLimits.DEFAULT);
    try {
      long most = LIMIT / 4096;
      Eventually.holds("the window to be full", () -> receiver.status(id).verifiedTo() >= most);
      LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
      ReceiveStatus full = receiver.status(id);
      assertThat(full.verifiedTo() - full.fedTo()).isLessThanOrEqualTo(most);
      assertThat(receiver.spool(id).chunkFiles()).hasSizeLessThanOrEqualTo((int) most);
    } finally {
      assertThatNothingIsLeftOf(Set.of(id));
    }
    assertThatTheHonestSessionMoves();
  }

  private static final String TINY =
      "\"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881\"";

  /** One byte and then silence is a stall: the range is asked for again, elsewhere. */
  @Test
  void oneByteAndThenSilenceIsAStall() throws Exception {
    Lie slow =
        raw(
            "chunks",
            (sender, asked, out) -> {
              sender.partial(asked, out, "");
              out.write(0);
              out.flush();
              try {
                Thread.sleep(Duration.ofMinutes(1));
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
            });
    SessionId id = receive("lied-to", slow, SessionLimits.DEFAULT);
    try {
      Eventually.holds(
          "the rest to be asked for", () -> receiver.status(id).transfer().fetchedBytes() > 8);
      assertThat(receiver.status(id).verifiedTo()).isZero();
    } finally {
      assertThatNothingIsLeftOf(Set.of(id));
    }
    assertThatTheHonestSessionMoves();
  }
}

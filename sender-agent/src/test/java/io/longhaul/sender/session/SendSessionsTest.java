package io.longhaul.sender.session;

import static io.longhaul.protocol.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.server.Limits;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.spool.Started;
import io.longhaul.protocol.wire.Abort;
import io.longhaul.protocol.wire.ManifestPage;
import io.longhaul.protocol.wire.PauseRequest;
import io.longhaul.protocol.wire.Release;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.wire.SweepReport;
import io.longhaul.protocol.wire.SweepRequest;
import io.longhaul.sender.SenderUnderTest;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of send sessions, over HTTP, with pumps in processes of their own. */
@Timeout(120)
final class SendSessionsTest {
  private static final int CHUNK = SenderUnderTest.CHUNK;
  private static final byte[] STREAM = new byte[20 * CHUNK + 1];
  private static final Failure ENOUGH = Failure.permanent(FailureKind.ABORTED, "enough");

  static {
    new Random(2).nextBytes(STREAM);
  }

  @TempDir Path directory;
  private SenderUnderTest sender;

  @BeforeEach
  void start() throws Exception {
    Path stream = Files.write(directory.resolve("stream"), STREAM);
    sender =
        new SenderUnderTest(
            directory,
            Map.of(
                "file", "cat " + stream,
                "nothing", ":",
                "word", "printf word",
                "fails", "echo out of luck >&2; exit 3",
                "stubborn", "trap '' TERM; printf x; while :; do sleep 1; done"));
  }

  @AfterEach
  void stop() {
    sender.close();
  }

  @Test
  void wholeStreamGoesThroughASpoolThatIsSmallerAndAnAgentThatIsRestarted() throws Exception {
    SessionId id = sender.send("file");
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    long next = 0;
    ManifestPage page = sender.manifest(id, 0);
    while (page.end().isEmpty() || next < page.end().get().chunks()) {
      assertThat(page.status().sealedBytes() - page.status().releasedBytes())
          .isLessThanOrEqualTo(SenderUnderTest.LIMIT);
      for (ChunkRecord chunk : page.chunks()) {
        stream.write(sender.get(ApiPaths.chunk(id, chunk.chunk()), "").body());
        next = chunk.chunk() + 1;
      }
      release(id, next);
      if (next == 8) {
        sender.restart();
      }
      page = sender.manifest(id, next);
    }
    assertThat(stream.toByteArray()).isEqualTo(STREAM);
    assertThat(page.end().get().bytes()).isEqualTo(STREAM.length);
    assertThat(page.status().state()).isEqualTo(SessionState.DRAINING);
    assertThat(page.status().releasedBytes()).isEqualTo(STREAM.length);
    assertThat(complete(id).state()).isEqualTo(SessionState.DONE);
    assertThat(complete(id).state()).isEqualTo(SessionState.DONE);
    awaitGone(id);
    sender.restart();
    assertThat(sender.status(id).state()).isEqualTo(SessionState.DONE);
  }

  private void release(SessionId id, long to) throws Exception {
    SenderUnderTest.read(sender.post(id, "release", new Release(to)), SendStatus.class);
  }

  private SendStatus complete(SessionId id) throws Exception {
    return SenderUnderTest.read(sender.post(id, "complete", Map.of()), SendStatus.class);
  }

  private void awaitGone(SessionId id) {
    while (Files.exists(sender.spool(id).directory())) {
      LockSupport.parkNanos(10_000_000);
    }
  }

  @Test
  void allSessionsTogetherMaySpoolSoMuch() throws Exception {
    sender.limit(new DataSize(2 * SenderUnderTest.LIMIT - 1), Limits.DEFAULT);
    SessionId first = sender.send("file");
    HttpResponse<byte[]> refused =
        sender.put(SenderUnderTest.newId(), sender.request("word", "local"), "");
    assertThat(type(refused)).isEqualTo(ProblemType.NO_SPACE);
    assertThat(SenderUnderTest.problem(refused).detail()).contains("spool.total");
    assertThat(sender.chunks(first, 1)).isNotEmpty();
    sender.post(first, "abort", new Abort(ENOUGH));
    awaitGone(first);
    sender.awaitState(sender.send("word"), SessionState.DRAINING);
  }

  @Test
  void soManySessionsMayLiveAtATime() throws Exception {
    sender.limit(new DataSize(Long.MAX_VALUE), new Limits(10, 10, 10, 1000, 2));
    SessionId first = sender.send("file");
    sender.send("file");
    HttpResponse<byte[]> refused =
        sender.put(SenderUnderTest.newId(), sender.request("word", "local"), "");
    assertThat(type(refused)).isEqualTo(ProblemType.TOO_MANY_REQUESTS);
    assertThat(SenderUnderTest.problem(refused).detail()).contains("2", "limits.sessions");
    assertThat(sender.put(first, sender.request("file", "local"), "").statusCode()).isEqualTo(200);
    sender.post(first, "abort", new Abort(ENOUGH));
    awaitGone(first);
    sender.awaitState(sender.send("word"), SessionState.DRAINING);
  }

  @Test
  void aStreamOfNoBytesHasAnEnd() throws Exception {
    SessionId id = sender.send("nothing");
    sender.awaitState(id, SessionState.DRAINING);
    ManifestPage page = sender.manifest(id, 0);
    assertThat(page.chunks()).isEmpty();
    assertThat(page.end().orElseThrow().chunks()).isZero();
    assertThat(complete(id).state()).isEqualTo(SessionState.DONE);
  }

  @Test
  void theSameRequestIsAnsweredWithTheSameSessionAlsoAfterItsEnd() throws Exception {
    SessionId id = sender.send("word");
    SendRequest request = sender.request("word", "local");
    assertThat(sender.put(id, request, "").statusCode()).isEqualTo(200);
    assertThat(type(sender.put(id, sender.request("file", "local"), "")))
        .isEqualTo(ProblemType.CONFLICT);
    sender.chunks(id, 1);
    sender.awaitState(id, SessionState.DRAINING);
    complete(id);
    awaitGone(id);
    SendStatus again = SenderUnderTest.read(sender.put(id, request, ""), SendStatus.class);
    assertThat(again.state()).isEqualTo(SessionState.DONE);
    assertThat(sender.spool(id).directory()).doesNotExist();
    assertThat(type(sender.put(id, sender.request("file", "local"), "")))
        .isEqualTo(ProblemType.CONFLICT);
  }

  @Test
  void releaseDeletesChunksAndIsMonotonic() throws Exception {
    SessionId id = sender.send("file");
    sender.chunks(id, 4);
    release(id, 3);
    assertThat(sender.spool(id).chunk(2)).doesNotExist();
    assertThat(sender.spool(id).chunk(3)).exists();
    release(id, 1);
    assertThat(sender.status(id).releasedTo()).isEqualTo(3);
    assertThat(type(sender.post(id, "release", new Release(1000))))
        .isEqualTo(ProblemType.BAD_REQUEST);
    assertThat(type(sender.post(id, "complete", Map.of()))).isEqualTo(ProblemType.CONFLICT);
    abort(id);
  }

  private SendStatus abort(SessionId id) throws Exception {
    return SenderUnderTest.read(sender.post(id, "abort", new Abort(ENOUGH)), SendStatus.class);
  }

  @Test
  void abortEndsASourceThatIgnoresSigterm() throws Exception {
    SessionId id = sender.send("stubborn");
    sender.awaitState(id, SessionState.RUNNING);
    ProcessIdentity source = source(id);
    assertThat(source.isAlive()).isTrue();
    SendStatus status = abort(id);
    assertThat(status.state()).isEqualTo(SessionState.ABORTED);
    assertThat(status.failure()).hasValue(ENOUGH);
    eventually("the source has ended", () -> !source.isAlive());
    assertThat(abort(id).state()).isEqualTo(SessionState.ABORTED);
    awaitGone(id);
    assertThat(type(sender.get(ApiPaths.chunk(id, 0), ""))).isEqualTo(ProblemType.SESSION_ENDED);
    assertThat(sender.manifest(id, 0).status().failure()).hasValue(ENOUGH);
  }

  private ProcessIdentity source(SessionId id) throws Exception {
    while (true) {
      var started = SpoolFile.read(sender.spool(id).started(), Started.class);
      if (started.flatMap(Started::child).isPresent()) {
        return started.flatMap(Started::child).orElseThrow();
      }
      LockSupport.parkNanos(10_000_000);
    }
  }

  @Test
  void aSourceThatFailsFailsTheSession() throws Exception {
    SessionId id = sender.send("fails");
    SendStatus status = sender.awaitState(id, SessionState.FAILED);
    assertThat(status.failure().orElseThrow().message()).contains("out of luck", "status 3");
    assertThat(type(sender.post(id, "complete", Map.of()))).isEqualTo(ProblemType.SESSION_ENDED);
  }

  @Test
  void aPumpThatIsKilledFailsTheSessionAndItsSourceEnds() throws Exception {
    SessionId id = sender.send("stubborn");
    sender.awaitState(id, SessionState.RUNNING);
    ProcessIdentity source = source(id);
    Started started = SpoolFile.read(sender.spool(id).started(), Started.class).orElseThrow();
    new ProcessBuilder("kill", "-KILL", Long.toString(started.pump().pid())).start().waitFor();
    SendStatus status = sender.awaitState(id, SessionState.FAILED);
    assertThat(status.failure().orElseThrow().kind()).isEqualTo(FailureKind.PUMP_DIED);
    assertThat(source.isAlive()).isFalse();
    SweepReport report = sweep();
    assertThat(report.entries()).map(SweepReport.Entry::stale).containsExactly(false);
    Path ended = sender.spool(id).directory().resolveSibling("longhaul-send-ended");
    while (!Files.exists(ended.resolve(id + ".json"))) {
      LockSupport.parkNanos(10_000_000);
    }
    sender.restart();
    assertThat(sender.status(id).state()).isEqualTo(SessionState.FAILED);
    HttpResponse<byte[]> forgotten = sender.call("DELETE", ApiPaths.send(id), Map.of(), "");
    assertThat(forgotten.statusCode()).isEqualTo(200);
    assertThat(sender.spool(id).directory()).doesNotExist();
    assertThat(type(sender.get(ApiPaths.send(id), ""))).isEqualTo(ProblemType.NO_SUCH_SESSION);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPumpThatIsKilledAfterTheEndRecordHasDoneItsWork(boolean repeatable) throws Exception {
    if (repeatable) {
      sender.addRepeatable("word", "printf word");
    }
    SessionId id = sender.send("word");
    sender.awaitState(id, SessionState.DRAINING);
    while (!Files.exists(sender.spool(id).outcome())) {
      LockSupport.parkNanos(10_000_000);
    }
    Files.delete(sender.spool(id).outcome());
    sender.restart();
    LockSupport.parkNanos(PumpWatch.PROBE_NANOS * 3);
    assertThat(sender.status(id).state()).isEqualTo(SessionState.DRAINING);
    assertThat(sender.status(id).attempt()).isEqualTo(1);
    release(id, 1);
    assertThat(complete(id).state()).isEqualTo(SessionState.DONE);
    awaitGone(id);
  }

  @Test
  void aRepeatableStreamGoesOnAfterItsPumpWasKilledAndSoDoesTheAgentAfterIt() throws Exception {
    sender.addRepeatable("again", "cat " + directory.resolve("stream"));
    SessionId id = sender.send("again");
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    long next = 0;
    for (int attempt = 1; attempt <= 3; attempt++) {
      next = read(id, next, 5, stream);
      Started started = SpoolFile.read(sender.spool(id).started(), Started.class).orElseThrow();
      assertThat(started.attempt()).isEqualTo(attempt);
      new ProcessBuilder("kill", "-KILL", Long.toString(started.pump().pid())).start().waitFor();
      if (attempt == 2) {
        sender.restart();
      }
    }
    next = read(id, next, 6, stream);
    assertThat(sender.status(id).attempt()).isEqualTo(4);
    assertThat(next).isEqualTo(21);
    assertThat(stream.toByteArray()).isEqualTo(STREAM);
    sender.awaitState(id, SessionState.DRAINING);
    complete(id);
    awaitGone(id);
  }

  @Test
  void aPausedSessionServesNothingAndHasNoLimitUntilItIsResumedAlsoByTheNextAgent()
      throws Exception {
    sender.limit(new SessionLimits(Duration.ofHours(1), Duration.ofMillis(300)));
    SessionId id = sender.send("file");
    sender.chunks(id, 1);
    SendStatus paused =
        SenderUnderTest.read(
            sender.post(id, "pause", new PauseRequest("office hours")), SendStatus.class);
    assertThat(paused.state()).isEqualTo(SessionState.PAUSED);
    assertThat(paused.failure().orElseThrow().message()).contains("local", "office hours");
    assertThat(type(sender.get(ApiPaths.chunk(id, 0), ""))).isEqualTo(ProblemType.NOT_READY);
    sender.restart();
    LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
    assertThat(sender.status(id).failure()).isEqualTo(paused.failure());
    sender.manifest(id, 0); // a contact is no resumption
    assertThat(sender.status(id).state()).isEqualTo(SessionState.PAUSED);
    SendStatus resumed =
        SenderUnderTest.read(sender.post(id, "resume", Map.of()), SendStatus.class);
    assertThat(resumed.failure()).isEmpty();
    assertThat(sender.get(ApiPaths.chunk(id, 0), "").statusCode()).isEqualTo(200);
    abort(id);
    assertThat(type(sender.post(id, "resume", Map.of()))).isEqualTo(ProblemType.SESSION_ENDED);
  }

  /** Reads and releases this many chunks. */
  private long read(SessionId id, long from, int count, ByteArrayOutputStream to) throws Exception {
    long next = from;
    while (next < from + count) {
      if (sender.manifest(id, next).chunks().isEmpty()) {
        continue;
      }
      HttpResponse<byte[]> reply = sender.get(ApiPaths.chunk(id, next), "");
      if (reply.statusCode() == 404) {
        assertThat(type(reply)).isEqualTo(ProblemType.CHUNK_NOT_SEALED);
        continue;
      }
      to.write(reply.body());
      next++;
      release(id, next);
    }
    return next;
  }

  private SweepReport sweep() throws Exception {
    return SenderUnderTest.read(
        sender.call("POST", ApiPaths.SWEEP, SweepRequest.usual(true), ""), SweepReport.class);
  }

  @Test
  void aReaderThatIsAwayForTooLongSuspendsTheSession() throws Exception {
    sender.limit(new SessionLimits(Duration.ofHours(1), Duration.ofMillis(300)));
    SessionId id = sender.send("file");
    while (sender.status(id).state() != SessionState.PAUSED) {
      LockSupport.parkNanos(10_000_000);
    }
    assertThat(sender.status(id).failure().orElseThrow().kind()).isEqualTo(FailureKind.UNREACHABLE);
    ManifestPage page = sender.manifest(id, 0);
    assertThat(page.status().state()).isIn(SessionState.RUNNING, SessionState.CREATED);
    assertThat(page.status().failure()).isEmpty();
    abort(id);
  }

  @Test
  void aSuspendedSessionIsTakenUpByResume() throws Exception {
    sender.limit(new SessionLimits(Duration.ofHours(1), Duration.ofSeconds(1)));
    SessionId id = sender.send("file");
    while (sender.status(id).state() != SessionState.PAUSED) {
      LockSupport.parkNanos(10_000_000);
    }
    SendStatus resumed =
        SenderUnderTest.read(sender.post(id, "resume", Map.of()), SendStatus.class);
    assertThat(resumed.state()).isEqualTo(SessionState.RUNNING);
    assertThat(resumed.failure()).isEmpty();
    assertThat(resumed.sinceContact()).isLessThan(Duration.ofSeconds(1));
    abort(id);
  }

  @Test
  void theNextAgentCountsOnWithoutANewContactOrProgress() throws Exception {
    sender.limit(new SessionLimits(Duration.ofSeconds(20), Duration.ofHours(1)));
    SessionId id = sender.send("stubborn");
    sender.chunks(id, 1);
    Duration before = Duration.ofSeconds(3);
    while (sender.status(id).sinceProgress().compareTo(before) < 0) {
      LockSupport.parkNanos(100_000_000);
    }
    sender.restart();
    LockSupport.parkNanos(Duration.ofSeconds(1).toNanos()); // it has followed its pump by then
    assertThat(sender.status(id).sinceProgress()).isGreaterThan(before);
    assertThat(sender.status(id).sinceContact()).isGreaterThan(before);
    abort(id);
  }

  @Test
  void aReaderThatIsAwayForTooLongSuspendsTheSessionAlsoAfterTheEndOfTheSource() throws Exception {
    sender.limit(new SessionLimits(Duration.ofHours(1), Duration.ofSeconds(1)));
    SessionId id = sender.send("word");
    sender.awaitState(id, SessionState.DRAINING);
    while (sender.status(id).state() != SessionState.PAUSED) {
      LockSupport.parkNanos(10_000_000);
    }
    assertThat(complete(id).state()).isEqualTo(SessionState.DONE);
  }

  @Test
  void aSourceThatMovesNothingForTooLongIsEnded() throws Exception {
    sender.limit(new SessionLimits(Duration.ofSeconds(2), Duration.ofHours(1)));
    SessionId id = sender.send("stubborn");
    ManifestPage page = sender.manifest(id, 0);
    while (!page.status().state().ended()) {
      page = sender.manifest(id, page.status().sealedTo());
    }
    assertThat(page.status().failure().orElseThrow().kind()).isEqualTo(FailureKind.STALLED);
  }

  @Test
  void whatCannotBeSentIsRefusedAndLeavesNothing() throws Exception {
    assertThat(refused("nowhere", "local", CHUNK)).contains("nowhere");
    assertThat(refused("absent", "local", CHUNK)).contains("no-such-program");
    assertThat(refused("word", "stranger", CHUNK)).contains("stranger");
    assertThat(refused("word", "local", 3 * CHUNK)).contains("two chunks", "256KiB", "192KiB");
    assertThat(sweep().entries()).isEmpty();
  }

  private String refused(String stream, String reader, long chunkBytes) throws Exception {
    SendRequest usual = sender.request(stream, reader);
    SendRequest request =
        new SendRequest(
            usual.source(), reader, chunkBytes, usual.digests(), usual.limits(), usual.labels());
    HttpResponse<byte[]> reply = sender.put(SenderUnderTest.newId(), request, "");
    assertThat(reply.statusCode()).isBetween(400, 499);
    return SenderUnderTest.problem(reply).detail();
  }

  @Test
  void onlyTheNamedReaderReadsAndOnlyThoseConcernedSee(@TempDir Path other) throws Exception {
    try (SenderUnderTest agent =
        new SenderUnderTest(
            other, Map.of("word", "printf word"), "coordinator", "vault", "stranger", "admin")) {
      agent.grant(
          SenderUnderTest.grantOf("coordinator", "word"), SenderUnderTest.grantOf("vault", "word"));
      SessionId id = SenderUnderTest.newId();
      SendRequest request = agent.request("word", "vault");
      assertThat(agent.put(id, request, "coordinator").statusCode()).isEqualTo(201);
      String manifest = ApiPaths.manifest(id) + "?wait=10";
      List<String> reading = List.of(ApiPaths.chunk(id, 0), manifest);
      assertThat(agent.get(manifest, "vault").statusCode()).isEqualTo(200);
      assertThat(agent.get(ApiPaths.chunk(id, 0), "vault").body()).asString().isEqualTo("word");
      for (String path : reading) {
        for (String identity : List.of("stranger", "coordinator", "admin")) {
          assertThat(type(agent.get(path, identity))).isEqualTo(ProblemType.NO_SUCH_SESSION);
        }
        assertThat(type(agent.get(path, ""))).isEqualTo(ProblemType.UNAUTHORIZED);
      }
      assertThat(type(agent.call("POST", ApiPaths.send(id) + "/release", new Release(1), "admin")))
          .isEqualTo(ProblemType.NO_SUCH_SESSION);
      String abort = ApiPaths.send(id) + "/abort";
      assertThat(type(agent.call("POST", abort, new Abort(ENOUGH), "stranger")))
          .isEqualTo(ProblemType.NO_SUCH_SESSION);
      assertThat(type(agent.get(ApiPaths.send(id), "stranger")))
          .isEqualTo(ProblemType.NO_SUCH_SESSION);
      assertThat(agent.get(ApiPaths.SENDS, "stranger").body()).asString().isEqualTo("[]");
      assertThat(agent.get(ApiPaths.SENDS, "vault").body()).asString().contains(id.text());
      assertThat(type(agent.call("POST", ApiPaths.SWEEP, SweepRequest.usual(true), "vault")))
          .isEqualTo(ProblemType.FORBIDDEN);
      assertThat(agent.call("POST", abort, new Abort(ENOUGH), "coordinator").statusCode())
          .isEqualTo(200);
      assertThat(type(agent.get(ApiPaths.send(id), "stranger")))
          .isEqualTo(ProblemType.NO_SUCH_SESSION);
    }
  }

  private static ProblemType type(HttpResponse<byte[]> reply) throws Exception {
    return SenderUnderTest.problem(reply).known().orElseThrow();
  }
}

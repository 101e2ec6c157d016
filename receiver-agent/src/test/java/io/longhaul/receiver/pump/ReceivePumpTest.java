package io.longhaul.receiver.pump;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.Json;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.chunk.ChunkHasher;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.DigestChoice;
import io.longhaul.protocol.chunk.EndRecord;
import io.longhaul.protocol.chunk.ManifestWriter;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.pipe.Command;
import io.longhaul.protocol.pipe.Fifo;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.retry.Sleeper;
import io.longhaul.protocol.spool.Control;
import io.longhaul.protocol.spool.Damage;
import io.longhaul.protocol.spool.Mark;
import io.longhaul.protocol.spool.Outcome;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.spool.SpoolRoot;
import io.longhaul.protocol.spool.Started;
import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.wire.SinkSpec;
import io.longhaul.receiver.Eventually;
import io.longhaul.receiver.session.SpooledReceive;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The pump over real files, FIFOs and sinks; the test plays the agent. */
@Timeout(400)
@SuppressWarnings("NullAway.Init") // each test calls session() first
class ReceivePumpTest {
  private static final int CHUNK = 100_000;

  @TempDir private Path folder;

  private final SessionId id = SessionId.create(InstantSource.system());
  private SpoolRoot root;
  private SessionSpool spool;
  private ManifestWriter manifest;
  private Fifo hold;
  private Path out;

  @BeforeEach
  void openSpool() throws Exception {
    root = SpoolRoot.open(folder, Role.RECEIVE);
    out = folder.resolve("out");
  }

  @AfterEach
  void closeSpool() throws Exception {
    manifest.close();
    hold.close();
    root.close();
  }

  private void session(String... sink) throws IOException {
    session(SessionLimits.DEFAULT, sink);
  }

  private void session(SessionLimits limits, String... sink) throws IOException {
    SpooledReceive request =
        new SpooledReceive(
            SpooledReceive.FORMAT,
            id,
            "test",
            Instant.EPOCH,
            new ReceiveRequest(new SinkSpec.Stream("test"), "peer", limits, Map.of()),
            Command.of(List.of(sink)),
            Optional.empty());
    spool = root.create(id, Json.TOLERANT.writeValueAsBytes(request));
    manifest = ManifestWriter.open(spool.manifest(), id);
    hold = Fifo.create(spool.sinkFifo());
  }

  private byte[] stream(int bytes) {
    byte[] stream = new byte[bytes];
    new Random(7).nextBytes(stream);
    return stream;
  }

  private void seal(byte[] stream, int from, int to) throws IOException {
    for (int at = from; at < to; at += CHUNK) {
      byte[] chunk = Arrays.copyOfRange(stream, at, Math.min(at + CHUNK, to));
      ChunkHasher hasher = new ChunkHasher(DigestChoice.SHA256);
      hasher.update(ByteBuffer.wrap(chunk));
      long number = manifest.digest().chunks();
      Files.write(spool.chunk(number), chunk);
      manifest.append(
          ChunkRecord.of(number, at, chunk.length, hasher.digests()).withCrc32c(hasher.crc32c()));
    }
  }

  private void sealAll(byte[] stream) throws IOException {
    seal(stream, 0, stream.length);
    manifest.append(manifest.digest().end(0, Optional.empty()));
  }

  private CompletableFuture<Void> pump() {
    return run(new ReceivePump(spool, SinkMachine.real(Sleeper.REAL)));
  }

  private static CompletableFuture<Void> run(ReceivePump pump) {
    return CompletableFuture.runAsync(() -> {
      try {
        pump.run();
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  /** Does the agent's part: lets go once everything is fed. */
  private Outcome outcome(CompletableFuture<Void> pump) throws Exception {
    while (!pump.isDone()) {
      if (SpoolFile.read(spool.fed(), Mark.class).orElse(Mark.NONE).complete()) {
        hold.close();
      }
      Thread.onSpinWait();
    }
    pump.get(1, TimeUnit.SECONDS);
    return SpoolFile.read(spool.outcome(), Outcome.class).orElseThrow();
  }

  private static FailureKind kind(Outcome outcome) {
    return outcome.failure().map(Failure::kind).orElseThrow();
  }

  @Test
  void feedsTheStreamInOrderAndDeletesWhatIsFed() throws Exception {
    session("sh", "-c", "cat > " + out);
    byte[] stream = stream(10 * CHUNK + 1);
    seal(stream, 0, 3 * CHUNK);
    CompletableFuture<Void> pump = pump();
    seal(stream, 3 * CHUNK, stream.length);
    manifest.append(manifest.digest().end(0, Optional.empty()));

    Outcome outcome = outcome(pump);

    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.exit()).hasValue(0);
    assertThat(out).hasBinaryContent(stream);
    assertThat(spool.chunkFiles()).isEmpty();
    assertThat(SpoolFile.read(spool.fed(), Mark.class)).contains(new Mark(11, stream.length, true));
  }

  @Test
  void anEmptyStreamIsAGoodEndOfFileForTheSink() throws Exception {
    session("sh", "-c", "cat > " + out);
    sealAll(new byte[0]);

    assertThat(outcome(pump()).failure()).isEmpty();
    assertThat(out).isEmptyFile();
  }

  @Test
  void theSinkIsNotStartedBeforeThereIsSomethingToFeed() throws Exception {
    session("sh", "-c", "touch " + out + "; cat");
    CompletableFuture<Void> pump = pump();
    SpoolFile.write(
        spool.control(), new Control(Failure.permanent(FailureKind.PEER_FAILED, "no source")));

    Outcome outcome = outcome(pump);

    assertThat(kind(outcome)).isEqualTo(FailureKind.PEER_FAILED);
    assertThat(spool.started()).doesNotExist();
    assertThat(out).doesNotExist();
  }

  @Test
  void aSinkThatExitsWithZeroBeforeTheLastByteHasFailed() throws Exception {
    session("head", "-c", "5");
    sealAll(stream(40 * CHUNK));

    assertThat(kind(outcome(pump()))).isEqualTo(FailureKind.SINK_EXITED_EARLY);
  }

  @Test
  void bytesLeftUnreadInThePipeAreNoticed() throws Exception {
    session("sh", "-c", "exec dd bs=1 count=5 of=/dev/null status=none");
    sealAll(stream(1000));

    assertThat(kind(outcome(pump()))).isEqualTo(FailureKind.SINK_EXITED_EARLY);
  }

  @Test
  void aSinkThatFailsIsQuoted() throws Exception {
    session("sh", "-c", "cat > /dev/null; echo no such pool >&2; exit 3");
    sealAll(stream(1000));

    Outcome outcome = outcome(pump());

    assertThat(kind(outcome)).isEqualTo(FailureKind.SINK_FAILED);
    assertThat(outcome.exit()).hasValue(3);
    assertThat(outcome.stderrTail()).isEqualTo("no such pool");
  }

  @Test
  void aSinkThatIsMissingIsNamed() throws Exception {
    session("/nowhere/zfs", "receive");
    sealAll(stream(1000));

    Outcome outcome = outcome(pump());

    assertThat(kind(outcome)).isEqualTo(FailureKind.SINK_FAILED);
    assertThat(outcome.failure().orElseThrow().message()).contains("/nowhere/zfs");
  }

  @Test
  void anEndThatIsNotGoodNeverLooksLikeEndOfFile() throws Exception {
    session("sh", "-c", "trap '' TERM; cat > " + out + "; echo end of file > " + out);
    seal(stream(3 * CHUNK), 0, 3 * CHUNK);
    CompletableFuture<Void> pump = pump();
    while (SpoolFile.read(spool.fed(), Mark.class).orElse(Mark.NONE).to() < 3) {
      Thread.onSpinWait();
    }
    SpoolFile.write(
        spool.control(), new Control(Failure.permanent(FailureKind.SOURCE_FAILED, "exit 1")));

    Outcome outcome = outcome(pump);

    assertThat(kind(outcome)).isEqualTo(FailureKind.SOURCE_FAILED);
    assertNoEndOfFile();
  }

  private void assertNoEndOfFile() throws IOException {
    if (Files.exists(out)) {
      assertThat(Files.readString(out, StandardCharsets.ISO_8859_1)).doesNotContain("end of file");
    }
  }

  @Test
  void aChunkThatWasDamagedIsWantedAgainBeforeTheSinkSeesAByteOfIt() throws Exception {
    session("sh", "-c", "cat > " + out);
    byte[] stream = stream(3 * CHUNK);
    sealAll(stream);
    byte[] sound = Files.readAllBytes(spool.chunk(1));
    byte[] damaged = sound.clone();
    damaged[17] ^= 1;
    Files.write(spool.chunk(1), damaged);
    CompletableFuture<Void> pump = pump();
    Damage damage =
        Eventually.find(
            "the wish for the chunk", () -> SpoolFile.read(spool.damaged(), Damage.class));
    assertThat(damage.chunk()).isEqualTo(1);
    assertThat(damage.what()).contains("CRC32C");
    Eventually.holds("the chunk before to arrive", () -> Files.size(out) == CHUNK);

    Files.delete(spool.chunk(1)); // the agent deletes it first, and may be killed then
    Files.delete(spool.damaged());
    Damage gone =
        Eventually.find(
            "the wish for the chunk", () -> SpoolFile.read(spool.damaged(), Damage.class));
    assertThat(gone.what()).contains("NoSuchFile");
    Files.write(spool.chunk(1), sound);
    Files.delete(spool.damaged());

    assertThat(outcome(pump).failure()).isEmpty();
    assertThat(out).hasBinaryContent(stream);
  }

  @Test
  void aChunkThatStaysDamagedEndsTheSink() throws Exception {
    session("sh", "-c", "cat > " + out + "; echo end of file > " + out);
    byte[] stream = stream(2 * CHUNK);
    sealAll(stream);
    byte[] damaged = Files.readAllBytes(spool.chunk(1));
    damaged[17] ^= 1;
    Files.write(spool.chunk(1), damaged);

    CompletableFuture<Void> pump = pump();
    while (!pump.isDone()) {
      Files.deleteIfExists(spool.damaged());
      LockSupport.parkNanos(10_000_000);
    }
    Outcome outcome = outcome(pump);

    assertThat(kind(outcome)).isEqualTo(FailureKind.SPOOL_DAMAGED);
    assertThat(outcome.failure().orElseThrow().message()).contains("chunk 1", "3 times in a row");
    assertNoEndOfFile();
  }

  @Test
  void anEndRecordThatDoesNotAgreeEndsTheSink() throws Exception {
    session("sh", "-c", "cat > " + out + "; echo end of file > " + out);
    seal(stream(2 * CHUNK), 0, 2 * CHUNK);
    manifest.append(new EndRecord(2, 2 * CHUNK, 0, "00".repeat(32), Optional.empty()));

    assertThat(kind(outcome(pump()))).isEqualTo(FailureKind.SPOOL_DAMAGED);
    assertNoEndOfFile();
  }

  @Test
  void aSinkIsNeverStartedTwice() throws Exception {
    session("touch", out.toString());
    sealAll(stream(1000));
    SpoolFile.force(spool.started(), new Started(ProcessIdentity.self(), 1, Optional.empty()));

    pump().get(10, TimeUnit.SECONDS);

    assertThat(out).doesNotExist();
    assertThat(spool.outcome()).doesNotExist();
  }

  private void awaitFed(long chunks) throws Exception {
    Eventually.holds(
        chunks + " chunks to be fed",
        () -> SpoolFile.read(spool.fed(), Mark.class).orElse(Mark.NONE).to() >= chunks);
  }

  private ProcessIdentity sink() throws Exception {
    return Eventually.find(
        "the sink", () -> SpoolFile.read(spool.started(), Started.class).flatMap(Started::child));
  }

  @Test
  void aSinkThatKnowsItsEndMayExitBeforeTheEndRecord() throws Exception {
    session("sh", "-c", "exec head -c 200000 > " + out);
    byte[] stream = stream(2 * CHUNK);
    seal(stream, 0, stream.length);
    CompletableFuture<Void> pump = pump();
    Eventually.holds("the sink to exit by itself", () -> !sink().isAlive());
    manifest.append(manifest.digest().end(0, Optional.empty()));

    Outcome outcome = outcome(pump);

    assertThat(outcome.failure()).isEmpty();
    assertThat(outcome.exit()).hasValue(0);
    assertThat(out).hasBinaryContent(stream);
  }

  @Test
  void aSinkThatExitsBetweenTwoChunksHasFailed() throws Exception {
    session("head", "-c", "200000");
    byte[] stream = stream(3 * CHUNK);
    seal(stream, 0, 2 * CHUNK);
    CompletableFuture<Void> pump = pump();
    Eventually.holds("the sink to exit by itself", () -> !sink().isAlive());
    hold.close(); // as the agent, which keeps only the writing end
    seal(stream, 2 * CHUNK, stream.length);
    manifest.append(manifest.digest().end(0, Optional.empty()));

    assertThat(kind(outcome(pump))).isEqualTo(FailureKind.SINK_EXITED_EARLY);
  }

  @Test
  void aSinkThatLeavesTheReadingToAChildHasExitedEarly() throws Exception {
    Files.createFile(out); // the child may be ended before it does
    session("sh", "-c", "exec 3<&0; (cat <&3 > %s; echo end of file > %s) &".formatted(out, out));
    seal(stream(CHUNK), 0, CHUNK);
    CompletableFuture<Void> pump = pump();
    Eventually.holds("the shell to exit", () -> !sink().isAlive());
    LockSupport.parkNanos(Duration.ofSeconds(1).toNanos()); // so that the pump has seen it
    seal(stream(40 * CHUNK), CHUNK, 40 * CHUNK);
    manifest.append(manifest.digest().end(0, Optional.empty()));

    assertThat(kind(outcome(pump))).isEqualTo(FailureKind.SINK_EXITED_EARLY);
    assertThat(Files.readString(out, StandardCharsets.ISO_8859_1)).doesNotContain("end of file");
  }

  @Test
  void aSinkThatClosesItsStdinHasFailed() throws Exception {
    session("sh", "-c", "exec < /dev/null; exec sleep 1000");
    sealAll(stream(40 * CHUNK));
    CompletableFuture<Void> pump = pump();
    ProcessIdentity sink = sink();
    hold.close(); // as the agent, which keeps only the writing end

    assertThat(kind(outcome(pump))).isEqualTo(FailureKind.SINK_EXITED_EARLY);
    assertThat(sink.isAlive()).isFalse();
  }

  @Test
  void aFileThatCannotBeWrittenForAWhileIsWaitedFor() throws Exception {
    session("sh", "-c", "cat > " + out);
    Files.createDirectory(spool.fed());
    byte[] stream = stream(2 * CHUNK);
    seal(stream, 0, stream.length);
    CompletableFuture<Void> pump = pump();
    Eventually.holds("the first chunk to be fed", () -> !Files.exists(spool.chunk(0)));
    Files.delete(spool.fed());
    manifest.append(manifest.digest().end(0, Optional.empty()));

    assertThat(outcome(pump).failure()).isEmpty();
    assertThat(out).hasBinaryContent(stream);
  }

  @Test
  void theLimitIsJudgedByTheAgentAsLongAsThereIsOne() throws Exception {
    Duration limit = Duration.ofMillis(200);
    session(new SessionLimits(limit, limit), "sh", "-c", "cat > " + out);
    seal(stream(CHUNK), 0, CHUNK);
    CompletableFuture<Void> pump = pump();
    awaitFed(1);
    long fedAt = System.nanoTime();
    Eventually.holds(
        "five limits to pass", () -> System.nanoTime() - fedAt > limit.multipliedBy(5).toNanos());
    assertThat(pump).isNotDone();

    root.close();

    assertThat(kind(outcome(pump))).isEqualTo(FailureKind.STALLED);
  }

  @Test
  void aPumpThatIsStoppedEndsItsSinkBySignal() throws Exception {
    session("sh", "-c", "cat > %s; echo end of file > %s".formatted(out, out));
    seal(stream(CHUNK), 0, CHUNK);
    ReceivePump stopped = new ReceivePump(spool, SinkMachine.real(Sleeper.REAL));
    CompletableFuture<Void> pump = run(stopped);
    Eventually.holds("the sink to read", () -> Files.exists(out) && Files.size(out) == CHUNK);
    hold.close(); // nobody else holds the sink's stdin

    stopped.stop();

    assertThat(kind(outcome(pump))).isEqualTo(FailureKind.PUMP_DIED);
    assertThat(Files.size(out)).isEqualTo(CHUNK);
  }
}

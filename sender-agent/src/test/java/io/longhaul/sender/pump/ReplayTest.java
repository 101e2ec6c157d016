package io.longhaul.sender.pump;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.spool.Control;
import io.longhaul.protocol.spool.LastWord;
import io.longhaul.protocol.spool.Mark;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.spool.Started;
import io.longhaul.protocol.testing.Tmpfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A source that is started again in the middle of its stream. */
@Timeout(60)
final class ReplayTest {
  private static final int CHUNK = 4096;
  private static final int PAGE = 4096;
  private static final byte[] STREAM = new byte[20 * CHUNK + 100];
  private static final int CUT = 10 * CHUNK + 7;

  static {
    new Random(3).nextBytes(STREAM);
  }

  @TempDir Path root;
  private Path first;
  private Path second;
  private Path sealed;
  private Path go;

  @BeforeEach
  void streams() throws IOException {
    first = Files.write(root.resolve("first"), Arrays.copyOf(STREAM, CUT));
    second = Files.write(root.resolve("second"), STREAM);
    sealed = root.resolve("sealed");
    go = root.resolve("go");
  }

  /** Gives {@code first} and then {@code end}; started again, waits for {@code go}. */
  private PumpUnderTest pump(String end) throws Exception {
    return pump(end, PumpUnderTest.QUICK);
  }

  /**
   * Gives {@code first} and does {@code end} when its whole chunks are sealed; then as {@link
   * #pump}.
   */
  private PumpUnderTest sealing(String end) throws Exception {
    PumpUnderTest pump = pump("until [ -e " + sealed + " ]; do sleep 0.02; done; " + end);
    await(() -> pump.chunks().size() == 10);
    Files.createFile(sealed);
    return pump;
  }

  private PumpUnderTest pump(String end, PumpTimes times) throws Exception {
    String script =
        "if mkdir %s/ran; then cat %s; %s; fi; until [ -e %s ]; do sleep 0.02; done; cat %s"
            .formatted(root, first, end, go, second);
    return PumpUnderTest.repeatable(root, CHUNK, times, List.of("sh", "-c", script)).start();
  }

  private static void awaitAttempt(PumpUnderTest pump, int attempt) throws Exception {
    await(() ->
        started(pump).filter(s -> s.attempt() == attempt && s.child().isPresent()).isPresent());
  }

  private static Optional<Started> started(PumpUnderTest pump) throws IOException {
    return SpoolFile.read(pump.spool.started(), Started.class);
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    while (!condition.call()) {
      LockSupport.parkNanos(5_000_000);
    }
  }

  @Test
  void aSourceThatIsKilledIsStartedAgainAndGoesOnWhereItWasCut() throws Exception {
    PumpUnderTest pump = sealing("kill -KILL $$");
    awaitAttempt(pump, 2);
    assertThat(pump.chunks()).hasSize(10);
    assertThat(SpoolFile.read(pump.spool.replayed(), Mark.class)).hasValue(Mark.NONE);
    Files.createFile(go);
    assertThat(pump.outcome().failure()).isEmpty();
    assertThat(pump.bytes()).isEqualTo(STREAM);
    assertThat(pump.end().orElseThrow().bytes()).isEqualTo(STREAM.length);
    assertThat(Files.readString(pump.spool.manifest()))
        .contains("\"attempt\":2,\"chunk\":10", "signal 9");
    assertThat(pump.spool.replayed()).doesNotExist();
  }

  @Test
  void aSourceThatEndsWithAnErrorOfItsOwnIsNotStartedAgain() throws Exception {
    PumpUnderTest pump = pump("exit 3");
    Failure failure = pump.outcome().failure().orElseThrow();
    assertThat(failure.kind()).isEqualTo(FailureKind.SOURCE_FAILED);
    assertThat(started(pump).orElseThrow().attempt()).isEqualTo(1);
  }

  @Test
  void whatIsReleasedIsOnlyComparedAndWhatIsNotIsWrittenAnew() throws Exception {
    PumpUnderTest pump = sealing("kill -KILL $$");
    awaitAttempt(pump, 2);
    pump.release(4);
    Files.write(pump.spool.chunk(5), new byte[CHUNK]);
    Files.delete(pump.spool.chunk(6));
    Files.createFile(go);
    assertThat(pump.outcome().failure()).isEmpty();
    for (int chunk = 0; chunk < 21; chunk++) {
      if (chunk < 4) {
        assertThat(pump.spool.chunk(chunk)).doesNotExist();
      } else {
        int end = Math.min(STREAM.length, (chunk + 1) * CHUNK);
        assertThat(pump.spool.chunk(chunk))
            .hasBinaryContent(Arrays.copyOfRange(STREAM, chunk * CHUNK, end));
      }
    }
  }

  @Test
  void theFirstDifferenceEndsTheSessionWithItsChunkAndBothDigests() throws Exception {
    byte[] other = STREAM.clone();
    other[3 * CHUNK + 5] ^= 1;
    Files.write(second, other);
    PumpUnderTest pump = sealing("kill -KILL $$");
    Files.createFile(go);
    Failure failure = pump.outcome().failure().orElseThrow();
    assertThat(failure.kind()).isEqualTo(FailureKind.SOURCE_DIFFERS);
    ChunkRecord before = pump.chunks().get(3);
    assertThat(failure.message()).contains("chunk 3 differs", before.digests().strongest());
    assertThat(failure.resumable()).isFalse();
    assertThat(pump.end()).isEmpty();
    assertThat(pump.chunks()).hasSize(10);
  }

  @Test
  void aSourceThatEndsEarlierThanBeforeEndsTheSession() throws Exception {
    Files.write(second, Arrays.copyOf(STREAM, 5 * CHUNK));
    PumpUnderTest pump = sealing("kill -KILL $$");
    Files.createFile(go);
    Failure failure = pump.outcome().failure().orElseThrow();
    assertThat(failure.kind()).isEqualTo(FailureKind.SOURCE_DIFFERS);
    assertThat(failure.message()).contains("ended after " + 5 * CHUNK + " bytes");
    assertThat(pump.end()).isEmpty();
  }

  @Test
  void aSourceThatEndsEarlierWithinAChunkEndsTheSession() throws Exception {
    Files.write(second, Arrays.copyOf(STREAM, 5 * CHUNK + 1));
    PumpUnderTest pump = sealing("kill -KILL $$");
    Files.createFile(go);
    Failure failure = pump.outcome().failure().orElseThrow();
    assertThat(failure.kind()).isEqualTo(FailureKind.SOURCE_DIFFERS);
    assertThat(failure.message()).contains("chunk 5 differs", "(1 bytes)");
  }

  @Test
  void chunksThatWereSealedBeforeTheyWereFullAreCutInTheSamePlaces() throws Exception {
    PumpTimes times =
        new PumpTimes(
            Duration.ofMillis(50), Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ZERO);
    PumpUnderTest pump = pump("until [ -e " + go + " ]; do sleep 0.02; done; kill -KILL $$", times);
    await(() -> pump.chunks().size() == 11);
    Files.createFile(go);
    assertThat(pump.outcome().failure()).isEmpty();
    assertThat(pump.chunks().get(10).length()).isEqualTo(7);
    assertThat(pump.bytes()).isEqualTo(STREAM);
  }

  @Test
  void attemptsThatBringNothingNewComeToAnEnd() throws Exception {
    PumpUnderTest pump =
        PumpUnderTest.repeatable(
                root, CHUNK, PumpUnderTest.QUICK, List.of("sh", "-c", "printf x; kill -KILL $$"))
            .start();
    Failure failure = pump.outcome().failure().orElseThrow();
    assertThat(failure.kind()).isEqualTo(FailureKind.SOURCE_FAILED);
    assertThat(failure.message()).contains("5 attempts in a row", "signal 9");
  }

  /** Fills the disk but for so little that what the source has said does not fit any more. */
  private PumpUnderTest onAFullDisk(Tmpfs disk) throws Exception {
    String script =
        "if mkdir %s/ran; then printf %%0%dd 0; until [ -e %s ]; do sleep 0.02; done; printf %%016000d 0 >&2; kill -KILL $$; fi; printf %%0%dd 0"
            .formatted(root, 2 * CHUNK, go, 3 * CHUNK);
    PumpUnderTest pump =
        PumpUnderTest.repeatable(
                disk.path(), CHUNK, PumpUnderTest.QUICK, List.of("sh", "-c", script))
            .start();
    await(() -> pump.chunks().size() == 2);
    disk.fillBut(2 * PAGE);
    long before = Files.size(pump.spool.manifest());
    Files.createFile(go);
    await(() -> Files.size(pump.spool.manifest()) > before); // as much of the line as fits
    return pump;
  }

  @Test
  void aFullDiskIsWaitedForBeforeTheNextAttempt() throws Exception {
    try (Tmpfs disk = Tmpfs.mount("2m")) {
      PumpUnderTest pump = onAFullDisk(disk);
      disk.free();
      assertThat(pump.outcome().failure()).isEmpty();
      assertThat(pump.end().orElseThrow().bytes()).isEqualTo(3 * CHUNK);
      assertThat(Files.readString(pump.spool.manifest())).contains("\"attempt\":2,\"chunk\":2");
    }
  }

  @Test
  void aSessionIsEndedThatWaitsForRoomBeforeTheNextAttempt() throws Exception {
    try (Tmpfs disk = Tmpfs.mount("2m")) {
      PumpUnderTest pump = onAFullDisk(disk);
      Failure enough = Failure.permanent(FailureKind.ABORTED, "enough");
      LastWord.force(pump.spool, pump.spool.control(), new Control(enough));
      assertThat(pump.outcome().failure()).hasValue(enough);
    }
  }

  @Test
  void anotherPumpGoesOnInTheSameDirectory() throws Exception {
    PumpUnderTest pump = pump("exit 3");
    pump.outcome();
    Files.createFile(go);
    assertThat(pump.startAnother().outcome().failure()).isEmpty();
    assertThat(pump.bytes()).isEqualTo(STREAM);
    assertThat(started(pump).orElseThrow().attempt()).isEqualTo(2);
  }

  @Test
  void afterARebootNoChunkFileIsTrusted() throws Exception {
    PumpUnderTest pump = sealing("exit 3");
    pump.outcome();
    Started before = started(pump).orElseThrow();
    ProcessIdentity earlier =
        new ProcessIdentity(before.pump().pid(), before.pump().startTicks(), "another boot");
    SpoolFile.force(pump.spool.started(), new Started(earlier, 1, Optional.empty()));
    assertThat(pump.spool.chunkFiles()).isNotEmpty();
    pump.startAnother();
    awaitAttempt(pump, 2);
    assertThat(pump.spool.chunkFiles()).isEmpty();
    Files.createFile(go);
    assertThat(pump.outcome().failure()).isEmpty();
    assertThat(pump.bytes()).isEqualTo(STREAM);
  }

  @Test
  void aReleasedChunkThatAnEarlierAttemptHasWrittenAnewDoesNotStay() throws Exception {
    PumpUnderTest pump = sealing("exit 3");
    Files.createFile(go);
    pump.outcome();
    pump.release(4);
    Files.write(pump.spool.chunk(2), new byte[CHUNK]);
    assertThat(pump.startAnother().outcome().failure()).isEmpty();
    assertThat(pump.spool.chunk(2)).doesNotExist();
    assertThat(pump.spool.chunk(4)).exists();
  }
}

package io.longhaul.sender.pump;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.spool.Control;
import io.longhaul.protocol.spool.Outcome;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.spool.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class SendPumpTest {
  private static final int CHUNK = 4096;

  @TempDir Path root;

  private PumpUnderTest shell(String script) throws Exception {
    return new PumpUnderTest(
        root, CHUNK, 1 << 20, PumpUnderTest.QUICK, List.of("sh", "-c", script));
  }

  @Test
  void sourceThatFailsAtItsEndHasNoEndRecordAndNoTail() throws Exception {
    PumpUnderTest pump = shell("head -c 10000 /dev/zero; echo disk on fire >&2; exit 3").start();
    Outcome outcome = pump.outcome();
    assertThat(outcome.exit()).hasValue(3);
    Failure failure = outcome.failure().orElseThrow();
    assertThat(failure.kind()).isEqualTo(FailureKind.SOURCE_FAILED);
    assertThat(failure.message()).contains("ended with status 3", "disk on fire", "head -c 10000");
    assertThat(pump.end()).isEmpty();
    assertThat(pump.chunks()).allMatch(chunk -> chunk.length() == CHUNK);
    assertThat(pump.result()).isEqualTo(SendPump.Result.FAILED);
  }

  @Test
  void exitStatusMayBeAllowed() throws Exception {
    PumpUnderTest pump =
        new PumpUnderTest(
                root,
                CHUNK,
                1 << 20,
                PumpUnderTest.QUICK,
                Set.of(0, 1),
                false,
                List.of("sh", "-c", "printf x; exit 1"))
            .start();
    assertThat(pump.outcome().failure()).isEmpty();
    assertThat(pump.end().orElseThrow().exit()).isEqualTo(1);
    assertThat(pump.end().orElseThrow().bytes()).isEqualTo(1);
  }

  @Test
  void commandThatIsNotThereIsASourceFailure() throws Exception {
    PumpUnderTest pump =
        new PumpUnderTest(root, CHUNK, 1 << 20, PumpUnderTest.QUICK, List.of("/no/such/program"))
            .start();
    Failure failure = pump.outcome().failure().orElseThrow();
    assertThat(failure.kind()).isEqualTo(FailureKind.SOURCE_FAILED);
    assertThat(failure.message()).contains("/no/such/program");
  }

  @Test
  void sourceWhosePipeAnotherProcessHoldsHasFailed() throws Exception {
    PumpUnderTest pump = shell("printf abc; sleep 100 & exit 0").start();
    Failure failure = pump.outcome().failure().orElseThrow();
    assertThat(failure.kind()).isEqualTo(FailureKind.SOURCE_FAILED);
    assertThat(failure.message()).contains("still holds its output open");
    assertThat(pump.end()).isEmpty();
  }

  @Test
  void slowSourceIsSealedBeforeItsChunkIsFull() throws Exception {
    PumpTimes times =
        new PumpTimes(
            Duration.ofMillis(100), Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ZERO);
    Path go = root.resolve("go");
    PumpUnderTest pump =
        new PumpUnderTest(
                root,
                CHUNK,
                1 << 20,
                times,
                List.of(
                    "sh",
                    "-c",
                    "printf first; until [ -e "
                        + go
                        + " ]; do sleep 0.05; done"
                        + "; printf second"))
            .start();
    await(() -> pump.chunks().size() == 1);
    assertThat(pump.chunks().getFirst().length()).isEqualTo("first".length());
    Files.createFile(go);
    assertThat(pump.outcome().failure()).isEmpty();
    assertThat(pump.bytes()).asString().isEqualTo("firstsecond");
  }

  @Test
  void spoolNeverExceedsItsLimit() throws Exception {
    long limit = 5 * CHUNK + 100;
    Path stream = Files.write(root.resolve("stream"), new byte[600_000]);
    PumpUnderTest pump =
        new PumpUnderTest(
                root, CHUNK, limit, PumpUnderTest.QUICK, List.of("cat", stream.toString()))
            .start();
    long released = 0;
    while (!pump.isDone()) {
      long from = released;
      await(() -> pump.isDone() || pump.chunks().size() > from + 3);
      assertThat(spooledBytes(pump)).isLessThanOrEqualTo(limit);
      released = pump.chunks().size();
      pump.release(released);
    }
    assertThat(pump.outcome().failure()).isEmpty();
    assertThat(pump.end().orElseThrow().bytes()).isEqualTo(600_000);
  }

  private static long spooledBytes(PumpUnderTest pump) throws IOException {
    long bytes = 0;
    for (Path file : pump.spool.chunkFiles()) {
      bytes += file.toFile().length(); // 0 for a part that was renamed meanwhile
    }
    return bytes;
  }

  @Test
  void controlEndsASourceThatIgnoresSigterm() throws Exception {
    PumpUnderTest pump = shell("trap '' TERM; printf a; while :; do sleep 1; done").start();
    await(() -> childOf(pump).child().isPresent());
    Failure why = Failure.permanent(FailureKind.ABORTED, "enough");
    SpoolFile.force(pump.spool.control(), new Control(why));
    assertThat(pump.outcome().failure()).hasValue(why);
    assertThat(childOf(pump).child().orElseThrow().isAlive()).isFalse();
    assertThat(pump.end()).isEmpty();
  }

  @Test
  void controlEndsAPumpThatWaitsForRoom() throws Exception {
    PumpUnderTest pump =
        new PumpUnderTest(root, CHUNK, 2 * CHUNK, PumpUnderTest.QUICK, List.of("cat", "/dev/zero"))
            .start();
    await(() -> pump.chunks().size() == 2);
    SpoolFile.force(
        pump.spool.control(), new Control(Failure.permanent(FailureKind.SINK_FAILED, "why")));
    assertThat(pump.outcome().failure().orElseThrow().kind()).isEqualTo(FailureKind.SINK_FAILED);
  }

  @Test
  void standingStillForTooLongEndsTheSource() throws Exception {
    PumpTimes times =
        new PumpTimes(
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            Duration.ofMillis(500),
            Duration.ofSeconds(1));
    PumpUnderTest pump =
        new PumpUnderTest(root, CHUNK, 1 << 20, times, List.of("sleep", "100")).start();
    assertThat(pump.outcome().failure().orElseThrow().kind()).isEqualTo(FailureKind.STALLED);
    assertThat(childOf(pump).child().orElseThrow().isAlive()).isFalse();
  }

  @Test
  void runsAtMostOncePerDirectory() throws Exception {
    PumpUnderTest pump = shell("printf once").start();
    pump.outcome();
    assertThat(SendPump.run(pump.spool.directory(), _ -> PumpUnderTest.QUICK))
        .isEqualTo(SendPump.Result.NOT_OURS);
    assertThat(pump.chunks()).map(ChunkRecord::length).containsExactly(4L);
  }

  @Test
  void leftoversOfAPumpThatNeverStartedItsSourceAreRemoved() throws Exception {
    PumpUnderTest pump = shell("printf x");
    Files.write(pump.spool.part(7), new byte[3]);
    Files.write(pump.spool.chunk(6), new byte[3]);
    pump.start().outcome();
    assertThat(pump.spool.chunkFiles()).containsExactly(pump.spool.chunk(0));
  }

  private static Started childOf(PumpUnderTest pump) throws IOException {
    return SpoolFile.read(pump.spool.started(), Started.class)
        .orElseGet(() -> new Started(nobody(), 1, Optional.empty()));
  }

  private static ProcessIdentity nobody() {
    return new ProcessIdentity(0, 0, "");
  }

  /** Looks until {@code condition} holds; the class's time-out bounds it. */
  private static void await(Callable<Boolean> condition) throws Exception {
    while (!condition.call()) {
      LockSupport.parkNanos(5_000_000);
    }
  }
}

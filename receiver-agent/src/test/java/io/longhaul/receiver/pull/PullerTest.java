package io.longhaul.receiver.pull;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.ByteRange;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.DigestChoice;
import io.longhaul.protocol.chunk.ManifestReader;
import io.longhaul.protocol.chunk.ManifestWriter;
import io.longhaul.protocol.client.AgentAddress;
import io.longhaul.protocol.client.AgentConnection;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.spool.HaveFile;
import io.longhaul.protocol.spool.Mark;
import io.longhaul.protocol.spool.SessionSpool;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The puller against a sender over real HTTP. */
@Timeout(120)
class PullerTest {
  private static final int MIB = HaveFile.BLOCK_BYTES;
  private static final int CHUNK = 4 * MIB;

  private final SessionId session = SessionId.create(InstantSource.system());
  private PullClock clock = PullClock.REAL;

  @TempDir private Path directory;
  private byte[] stream = new byte[0];

  private SessionSpool spool() {
    return new SessionSpool(session, directory);
  }

  private StreamSender sender(int bytes) {
    return sender(bytes, DigestChoice.SHA256);
  }

  private StreamSender sender(int bytes, DigestChoice digests) {
    byte[] stream = new byte[bytes];
    new Random(bytes).nextBytes(stream);
    this.stream = stream;
    return new StreamSender(session, stream, CHUNK, digests);
  }

  private SenderClient client(StreamSender sender) throws Exception {
    URI url = URI.create("http://127.0.0.1:" + sender.port());
    return new SenderClient(
        AgentConnection.to(
            "receiver-agent", new AgentAddress(url, Optional.empty()), Optional.empty(), 8),
        session,
        Duration.ofSeconds(2));
  }

  private Puller puller(StreamSender sender, ManifestWriter manifest, long limit) throws Exception {
    return new Puller(client(sender), spool(), manifest, limit, clock);
  }

  private ManifestWriter manifest() throws Exception {
    return ManifestWriter.open(spool().manifest(), session);
  }

  /** Runs a whole pull with room for everything. */
  private Puller pull(StreamSender sender) throws Exception {
    try (ManifestWriter manifest = manifest();
        Puller puller = puller(sender, manifest, 1L << 30)) {
      puller.run();
      return puller;
    }
  }

  private void assertWhole(StreamSender sender) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ManifestReader reader = ManifestReader.open(spool().manifest(), session)) {
      ManifestReader.Page page = reader.read(0, ManifestReader.MOST_LINES);
      assertThat(page.end()).contains(sender.end());
      for (ChunkRecord record : page.chunks()) {
        assertThat(record.crc32c()).isPresent();
        bytes.write(Files.readAllBytes(spool().chunk(record.chunk())));
      }
    }
    assertThat(bytes.toByteArray()).isEqualTo(stream);
    assertThat(directory).isDirectoryNotContaining("glob:**.{part,have}");
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    while (!condition.getAsBoolean()) {
      assertThat(never.await(5, MILLISECONDS)).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 7 * CHUNK + 12345})
  void theStreamArrivesWhole(int bytes) throws Exception {
    try (StreamSender sender = sender(bytes)) {
      Puller puller = pull(sender);
      assertWhole(sender);
      assertThat(puller.transfer().fetchedBytes() - puller.transfer().refetchedBytes())
          .isEqualTo(bytes);
      assertThat(puller.transfer().refetchedChunks()).isZero();
      assertThat(puller.progress().verifiedBytes()).isEqualTo(bytes);
      assertThat(puller.progress().sender()).isPresent();
    }
  }

  @ParameterizedTest
  @EnumSource(DigestChoice.class)
  void everyChoiceOfDigestsIsVerified(DigestChoice digests) throws Exception {
    try (StreamSender sender = sender(CHUNK + 1, digests)) {
      pull(sender);
      assertWhole(sender);
    }
  }

  @Test
  void runningAgainAfterTheEndDoesNothing() throws Exception {
    try (StreamSender sender = sender(CHUNK)) {
      pull(sender);
      int requests = sender.asked().size();
      pull(sender);
      assertThat(sender.asked()).hasSize(requests);
    }
  }

  @Test
  void nothingVerifiedIsFetchedAgainAfterAKill() throws Exception {
    try (StreamSender sender = sender(8 * CHUNK)) {
      sender.breakAfter(5 * CHUNK + CHUNK / 2);
      try (ManifestWriter manifest = manifest();
          Puller puller = puller(sender, manifest, 1L << 30)) {
        var running = new FutureTask<>(() -> runUntilInterrupted(puller));
        Thread thread = Thread.startVirtualThread(running);
        await(() -> sender.servedBytes() >= 5 * CHUNK);
        thread.interrupt();
        assertThat(running.get(20, SECONDS)).isTrue();
      }
      int before = sender.asked().size();
      List<StreamSender.Asked> present = present();
      sender.breakAfter(Long.MAX_VALUE);
      pull(sender);
      assertWhole(sender);
      assertThat(present.stream().mapToLong(there -> there.range().length()).sum())
          .isGreaterThan(CHUNK);
      assertThat(sender.asked().stream().skip(before))
          .noneMatch(asked ->
              present.stream()
                  .anyMatch(there ->
                      there.chunk() == asked.chunk()
                          && asked.meets(there.range().from(), there.range().to())));
    }
  }

  private static boolean runUntilInterrupted(Puller puller) throws Exception {
    try {
      puller.run();
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }

  /** Returns what is on disk and must not be fetched again: whole chunks and whole blocks. */
  private List<StreamSender.Asked> present() throws Exception {
    List<StreamSender.Asked> present = new ArrayList<>();
    for (Path file : spool().chunkFiles()) {
      int chunk = SessionSpool.chunkNumber(file).orElseThrow().intValue();
      String name = String.valueOf(file.getFileName());
      if (name.endsWith(".chunk")) {
        present.add(new StreamSender.Asked(chunk, new ByteRange(0, Files.size(file))));
      } else if (name.endsWith(".have")) {
        byte[] have = Files.readAllBytes(file);
        for (int block = 0; block < have.length; block++) {
          if (have[block] == 1) {
            long from = (long) block * MIB;
            present.add(new StreamSender.Asked(chunk, new ByteRange(from, from + MIB)));
          }
        }
      }
    }
    return present;
  }

  @Test
  void aChunkVerifiedOutOfOrderIsKeptAndADamagedOneIsFetchedAgain() throws Exception {
    try (StreamSender sender = sender(4 * CHUNK)) {
      pull(sender);
      Files.delete(spool().manifest());
      Files.delete(spool().chunk(0));
      Files.write(spool().chunk(2), new byte[] {1}, StandardOpenOption.WRITE);
      int before = sender.asked().size();
      Puller puller = pull(sender);
      assertWhole(sender);
      assertThat(sender.asked().stream().skip(before).map(StreamSender.Asked::chunk))
          .containsOnly(0, 2);
      assertThat(puller.transfer().refetchedChunks()).isEqualTo(1);
    }
  }

  @Test
  void onlyMissingBlocksOfAPartAreFetched() throws Exception {
    try (StreamSender sender = sender(2 * CHUNK)) {
      byte[] part = Arrays.copyOf(stream, CHUNK);
      Arrays.fill(part, MIB, 2 * MIB, (byte) 0);
      Files.write(spool().part(0), part);
      Files.write(spool().have(0), new byte[] {1, 0, 1, 1});
      pull(sender);
      assertWhole(sender);
      assertThat(sender.asked().stream().filter(asked -> asked.chunk() == 0))
          .isNotEmpty()
          .allMatch(asked -> asked.range().from() >= MIB && asked.range().to() <= 2 * MIB);
    }
  }

  @Test
  void aPartWhoseBlocksLieIsFetchedAgain() throws Exception {
    try (StreamSender sender = sender(2 * CHUNK)) {
      Files.write(spool().part(1), new byte[CHUNK]);
      Files.write(spool().have(1), new byte[] {1, 1, 1, 1});
      Puller puller = pull(sender);
      assertWhole(sender);
      assertThat(puller.transfer().refetchedChunks()).isEqualTo(1);
      assertThat(puller.transfer().refetchedBytes()).isEqualTo(CHUNK);
    }
  }

  @Test
  void anOutageIsSurvivedAndCounted() throws Exception {
    clock = new FakeTime().clock();
    try (StreamSender sender = sender(8 * CHUNK)) {
      sender.breakAfter(2 * CHUNK);
      try (ManifestWriter manifest = manifest();
          Puller puller = puller(sender, manifest, 1L << 30)) {
        var running =
            new FutureTask<>(() -> {
              puller.run();
              return true;
            });
        Thread.startVirtualThread(running);
        await(() -> sender.servedBytes() > CHUNK);
        sender.shut();
        await(() -> !puller.transfer().peerReachable());
        int duringOutage = sender.asked().size();
        sender.breakAfter(Long.MAX_VALUE);
        await(() -> puller.transfer().outageTime().toSeconds() > 10);
        assertThat(sender.asked()).hasSize(duringOutage);
        sender.reopen();
        assertThat(running.get(30, SECONDS)).isTrue();
        assertThat(puller.transfer().peerReachable()).isTrue();
        assertThat(puller.transfer().outages()).isEqualTo(1);
        assertThat(puller.transfer().outageTime()).isGreaterThan(Duration.ofSeconds(10));
      }
      assertWhole(sender);
    }
  }

  @Test
  void theWindowMovesWithWhatIsFedAndReleasesFollow() throws Exception {
    try (StreamSender sender = sender(6 * CHUNK);
        ManifestWriter manifest = manifest();
        Puller puller = puller(sender, manifest, 2 * CHUNK)) {
      var running =
          new FutureTask<>(() -> {
            puller.run();
            return true;
          });
      Thread.startVirtualThread(running);
      for (int fed = 0; fed < 6; fed++) {
        int to = fed;
        await(() -> puller.progress().verifiedTo() >= Math.min(6, to + 2));
        assertThat(sender.asked()).allMatch(asked -> asked.chunk() < to + 2);
        puller.fed(new Mark(fed + 1, (fed + 1L) * CHUNK, false));
      }
      assertThat(running.get(20, SECONDS)).isTrue();
      await(() -> sender.releasedTo() == 6);
    }
  }

  @Test
  void aSenderThatFailsEndsTheSessionWithItsReason() throws Exception {
    try (StreamSender sender = sender(4 * CHUNK)) {
      sender.breakAfter(CHUNK);
      sender.fail(Failure.resumable(FailureKind.SOURCE_FAILED, "zfs send exited with 1"));
      assertThatThrownBy(() -> pull(sender))
          .isInstanceOfSatisfying(
              SessionEndedException.class,
              e -> {
                assertThat(e.failure().kind()).isEqualTo(FailureKind.SOURCE_FAILED);
                assertThat(e.failure().resumable()).isTrue();
              })
          .hasMessageContaining("zfs send exited with 1");
    }
  }

  @Test
  void aPartThatCannotBeWrittenEndsTheSession() throws Exception {
    try (StreamSender sender = sender(CHUNK)) {
      Files.createDirectory(spool().part(0));
      Files.createFile(spool().part(0).resolve("in the way"));
      assertThatThrownBy(() -> pull(sender))
          .isInstanceOfSatisfying(
              SessionEndedException.class,
              e -> assertThat(e.failure().kind()).isEqualTo(FailureKind.SPOOL_FAILED))
          .hasMessageContaining(directory.toString());
    }
  }
}

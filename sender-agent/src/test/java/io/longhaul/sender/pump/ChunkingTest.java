package io.longhaul.sender.pump;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.StreamDigest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the size of the stream and of the chunks: the sealed chunks are the stream. */
final class ChunkingTest {
  private static final int CHUNK = 8192;

  @TempDir Path root;

  static IntStream sizes() {
    return IntStream.of(0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3_000_000);
  }

  static LongStream seeds() {
    return LongStream.range(0, 8);
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void cutsAtChunkSize(int size) throws Exception {
    check(new Random(size), size, CHUNK);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void cutsRandomSizes(long seed) throws Exception {
    Random random = new Random(seed);
    int chunkBytes = 4096 + random.nextInt(3 << 20);
    check(random, random.nextInt(8 << 20), chunkBytes);
  }

  private void check(Random random, int size, int chunkBytes) throws Exception {
    byte[] stream = new byte[size];
    random.nextBytes(stream);
    Path file = Files.write(root.resolve("stream"), stream);
    PumpUnderTest pump =
        new PumpUnderTest(
                root, chunkBytes, 64L << 20, PumpUnderTest.QUICK, List.of("cat", file.toString()))
            .start();

    assertThat(pump.outcome().failure()).isEmpty();
    assertThat(pump.outcome().exit()).hasValue(0);
    List<ChunkRecord> chunks = pump.chunks();
    assertThat(chunks).hasSize((size + chunkBytes - 1) / chunkBytes);
    StreamDigest digest = new StreamDigest();
    for (ChunkRecord chunk : chunks) {
      byte[] piece = Arrays.copyOfRange(stream, (int) chunk.offset(), Math.toIntExact(chunk.end()));
      assertThat(Files.readAllBytes(pump.spool.chunk(chunk.chunk()))).isEqualTo(piece);
      assertThat(chunk.md5()).hasValue(DigestUtils.md5Hex(piece));
      assertThat(chunk.sha256()).hasValue(DigestUtils.sha256Hex(piece));
      digest.add(chunk);
    }
    assertThat(pump.bytes()).isEqualTo(stream);
    assertThat(pump.end()).isEqualTo(Optional.of(digest.end(0, Optional.empty())));
  }
}

package io.longhaul.receiver.pull;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.spool.HaveFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random claims, writes, failures, splits and drops: at the end every byte was written exactly
 * once.
 */
class PullWindowPropertiesTest {
  private static final int GRAIN = 64 * 1024;
  private static final int BLOCK_GRAINS = HaveFile.BLOCK_BYTES / GRAIN;

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  /* Bytes are counted in grains of 64 KiB; all writes and lengths are whole grains, splits need not be. */
  private static final class World {
    private final Random random;
    private final PullWindow window = new PullWindow(Long.MAX_VALUE / 2);
    private final List<ChunkRecord> records = new ArrayList<>();
    private final List<byte[]> written = new ArrayList<>();
    private final List<BitSet> blocks = new ArrayList<>();
    private final BitSet whole = new BitSet();
    private final List<Claim> claims = new ArrayList<>();
    private long now;

    World(long seed) {
      random = new Random(seed);
      int count = 1 + random.nextInt(4);
      long offset = 0;
      for (int i = 0; i < count; i++) {
        long length = 1L + random.nextInt(5 * HaveFile.BLOCK_BYTES);
        ChunkRecord like = PullWindowTest.record(i, length);
        ChunkRecord record = ChunkRecord.of(i, offset, length, like.digests());
        offset = record.end();
        records.add(record);
        admit(record);
      }
      window.close();
    }

    private void admit(ChunkRecord record) {
      BitSet present = new BitSet();
      byte[] bytes = new byte[(int) record.length()];
      for (int block = 0; block < HaveFile.blocks(record.length()); block++) {
        if (random.nextInt(4) == 0) {
          present.set(block);
          int from = block * HaveFile.BLOCK_BYTES;
          Arrays.fill(bytes, from, Math.min(from + HaveFile.BLOCK_BYTES, bytes.length), (byte) 1);
        }
      }
      written.add(bytes);
      blocks.add((BitSet) present.clone());
      if (window.add(record, present)) {
        whole.set((int) record.chunk());
      }
    }

    private byte[] bytes(Claim claim) {
      return written.get((int) claim.record().chunk());
    }

    void step() {
      now += random.nextInt(3_000_000) * 1000L;
      switch (random.nextInt(claims.isEmpty() ? 1 : 8)) {
        case 0, 1 -> claim();
        case 2, 3, 4, 5 -> write(claims.get(random.nextInt(claims.size())));
        case 6 -> fail(claims.get(random.nextInt(claims.size())));
        default -> {
          if (random.nextInt(30) == 0) {
            drop(claims.get(random.nextInt(claims.size())).record());
          }
        }
      }
    }

    private void claim() {
      Optional<Claim> claim = window.claim(now, random.nextInt(4_000_000));
      claim.ifPresent(c -> {
        assertThat(c.left()).isPositive();
        claims.add(c);
      });
    }

    private void write(Claim claim) {
      long bytes = 1L + random.nextInt(GRAIN * BLOCK_GRAINS);
      long from = claim.at();
      long counted = Math.min(bytes, claim.left());
      byte[] target = bytes(claim);
      for (long i = from; i < from + counted; i++) {
        target[(int) i]++;
      }
      PullWindow.Written result = window.written(claim, bytes);
      blocks.get((int) claim.record().chunk()).stream()
          .forEach(block -> assertThat(result.blocks()).doesNotContain(block));
      result.blocks().forEach(blocks.get((int) claim.record().chunk())::set);
      if (result.whole()) {
        whole.set((int) claim.record().chunk());
      }
      if (claim.left() == 0) {
        claims.remove(claim);
      }
    }

    private void fail(Claim claim) {
      window.giveBack(claim);
      claims.remove(claim);
    }

    private void drop(ChunkRecord record) {
      window.drop(record);
      claims.removeIf(Claim::dropped);
      Arrays.fill(written.get((int) record.chunk()), (byte) 0);
      blocks.get((int) record.chunk()).clear();
      whole.clear((int) record.chunk());
    }

    void finish() {
      while (whole.cardinality() < records.size()) {
        now += 1_000_000_000L;
        claim();
        if (claims.isEmpty()) {
          throw new AssertionError("nothing is claimed but chunks are missing: " + whole);
        }
        write(claims.get(random.nextInt(claims.size())));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyByteIsWrittenExactlyOnce(long seed) {
    World world = new World(seed);
    for (int i = 0; i < 400; i++) {
      world.step();
    }
    world.finish();
    for (ChunkRecord record : world.records) {
      assertThat(timesOtherThanOnce(world.written.get((int) record.chunk()))).isZero();
      assertThat(world.blocks.get((int) record.chunk()).cardinality())
          .isEqualTo(HaveFile.blocks(record.length()));
    }
    assertThat(world.window.anyUnderWay()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void bytesThatNobodyFetchesAreClaimedLowestFirst(long seed) {
    Random random = new Random(seed);
    PullWindow window = new PullWindow(Long.MAX_VALUE / 2);
    for (int i = 0; i < 4; i++) {
      window.add(PullWindowTest.record(i, HaveFile.BLOCK_BYTES * (1L + seed % 5)), new BitSet());
    }
    long unclaimed = 4 * HaveFile.BLOCK_BYTES * (1L + seed % 5);
    for (long position = -1; unclaimed > 0; ) {
      Claim claim = window.claim(0, 1e6 + random.nextInt(3_000_000)).orElseThrow();
      assertThat(claim.record().offset() + claim.at()).isGreaterThan(position);
      position = claim.record().offset() + claim.at();
      unclaimed -= claim.left();
    }
  }

  private static int timesOtherThanOnce(byte[] times) {
    int found = 0;
    for (byte b : times) {
      found += b == 1 ? 0 : 1;
    }
    return found;
  }
}

package io.longhaul.protocol.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class HaveFileTest {

  @ParameterizedTest
  @CsvSource({"1, 1", "1048575, 1", "1048576, 1", "1048577, 2", "1073741824, 1024"})
  void aChunkHasABlockForEachMebibyteBegun(long length, int blocks) {
    assertThat(HaveFile.blocks(length)).isEqualTo(blocks);
  }

  static LongStream seeds() {
    return LongStream.range(0, 20);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void remembersWhatWasSet(long seed, @TempDir Path dir) throws Exception {
    Random random = new Random(seed);
    Path path = dir.resolve("00000000.have");
    int blocks = random.nextInt(1, 200);
    BitSet expected = new BitSet();
    for (int round = 0; round < 3; round++) {
      try (HaveFile have = HaveFile.open(path)) {
        assertThat(have.present(blocks)).isEqualTo(expected);
        for (int i = 0; i < 10; i++) {
          int block = random.nextInt(blocks);
          have.set(block);
          expected.set(block);
          assertThat(have.present(blocks)).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void manyMaySetAtOnce(@TempDir Path dir) throws Exception {
    try (HaveFile have = HaveFile.open(dir.resolve("00000000.have"));
        var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      var setters =
          IntStream.range(0, 512)
              .<Callable<Void>>mapToObj(block ->
                  () -> {
                    have.set(block);
                    return null;
                  })
              .toList();
      for (var done : tasks.invokeAll(setters)) {
        done.get();
      }
      assertThat(have.present(512).cardinality()).isEqualTo(512);
      assertThat(have.present(100).length()).isEqualTo(100);
    }
  }

  @Test
  void whatIsNotAOneIsNotThere(@TempDir Path dir) throws Exception {
    Path path = Files.write(dir.resolve("00000000.have"), new byte[] {1, 0, 2, -1});
    try (HaveFile have = HaveFile.open(path)) {
      BitSet first = new BitSet();
      first.set(0);
      assertThat(have.present(6)).isEqualTo(first);
    }
  }
}

package io.longhaul.coordinator.show;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
  private static final long MIB = 1L << 20;

  @ParameterizedTest
  @CsvSource({
    "0, -1, 0 B",
    "1, -1, 1.00 MiB",
    "1, 4, 1.00 MiB of 4.00 MiB (25%)",
    "4, 4, 4.00 MiB of 4.00 MiB (100%)",
    "0, 0, 0 B of 0 B (100%)",
    "5, 4, 5.00 MiB", // an estimate that proved too small says nothing
  })
  void tellsThePercentageOnlyWhenItCanBeKnown(long done, long total, String expected) {
    var known = total < 0 ? OptionalLong.empty() : OptionalLong.of(total * MIB);
    assertThat(Words.progress(done * MIB, known)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"1048575, 1048576, 99%", "1048576, 1048576, 100%"})
  void isNotReadyBeforeTheLastByte(long done, long total, String expected) {
    assertThat(Words.percent(done, OptionalLong.of(total))).isEqualTo(expected);
  }
}

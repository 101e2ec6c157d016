package io.longhaul.protocol.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataSizeTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0B",
    "1, 1, 1B",
    "65536, 65536, 64KiB",
    "1000B, 1000, 1000B",
    "16MiB, 16777216, 16MiB",
    "16 MiB, 16777216, 16MiB",
    "' 1GiB ', 1073741824, 1GiB",
    "1024GiB, 1099511627776, 1TiB",
    "3TiB, 3298534883328, 3TiB",
    "2048TiB, 2251799813685248, 2048TiB",
    "8388607TiB, 9223370937343148032, 8388607TiB",
    "999999999999999, 999999999999999, 999999999999999B",
  })
  void isReadAsPeopleWriteIt(String text, long bytes, String shortest) {
    assertThat(DataSize.parse(text)).isEqualTo(new DataSize(bytes)).hasToString(shortest);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "MiB",
        "-1",
        "1.5GiB",
        "1GB",
        "1gib",
        "1 G",
        "1e3",
        "8388608TiB",
        "9999999999999999",
        "0x10",
        "1_000",
        "1KiB 2",
        "\u0661"
      })
  void anythingElseIsRefusedByName(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DataSize.parse(text))
        .withMessageContaining("'" + text + "'");
  }

  static LongStream seeds() {
    return LongStream.range(0, 100);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatIsShownIsReadAgain(long seed) {
    Random random = new Random(seed);
    DataSize size = new DataSize(random.nextLong(1000) << random.nextInt(0, 50));
    assertThat(DataSize.parse(size.toString())).isEqualTo(size);
  }

  @Test
  void isNeverNegative() {
    assertThatIllegalArgumentException().isThrownBy(() -> new DataSize(-1));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1.00 KiB",
    "1536, 1.50 KiB",
    "10234, 9.99 KiB",
    "10239, 10.0 KiB",
    "10240, 10.0 KiB",
    "102395, 100 KiB",
    "102400, 100 KiB",
    "1048063, 1023 KiB",
    "1048064, 1.00 MiB",
    "1048575, 1.00 MiB",
    "1048576, 1.00 MiB",
    "1610612736, 1.50 GiB",
    "10995116277760, 10.0 TiB",
    "9223372036854775807, 8388608 TiB",
  })
  void isShownWithThreeDigits(long bytes, String text) {
    assertThat(DataSize.display(bytes)).isEqualTo(text);
  }
}

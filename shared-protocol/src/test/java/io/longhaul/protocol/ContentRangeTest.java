package io.longhaul.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentRangeTest {

  @ParameterizedTest
  @CsvSource({
    "bytes 0-0/1, 0, 1, 1",
    "bytes 0-999/1000, 0, 1000, 1000",
    "bytes 10-19/1000, 10, 20, 1000",
    "Bytes 10-19/1000, 10, 20, 1000",
    "bytes 0-0/999999999999999999, 0, 1, 999999999999999999",
  })
  void readsAGoodOne(String header, long from, long to, long length) {
    assertThat(ContentRange.parse(header))
        .contains(new ContentRange(new ByteRange(from, to), length));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes */1000",
        "bytes 0-9/*",
        "bytes 0-9",
        "bytes 9-0/1000",
        "bytes 0-1000/1000",
        "bytes 5-9/5",
        "bytes=0-9/1000",
        "bytes -9/1000",
        "bytes 0-9/0",
        "bytes 0-9/9999999999999999999",
        "lines 0-9/1000",
      })
  void refusesWhatIsNotInGoodOrder(String header) {
    assertThat(ContentRange.parse(header)).isEmpty();
  }

  @Test
  void writesTheAnswerToARangeOutside() {
    assertThat(ContentRange.unsatisfied(1000)).isEqualTo("bytes */1000");
  }

  @Test
  void cannotReachBeyondTheRepresentation() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ContentRange(new ByteRange(0, 11), 10));
  }
}

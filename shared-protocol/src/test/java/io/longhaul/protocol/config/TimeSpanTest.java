package io.longhaul.protocol.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeSpanTest {

  @ParameterizedTest
  @CsvSource({
    "0s, PT0S, 0s",
    "250ms, PT0.25S, 250ms",
    "1500ms, PT1.5S, 1500ms",
    "90s, PT1M30S, 90s",
    "30m, PT30M, 30m",
    "24h, PT24H, 1d",
    "7d, PT168H, 7d",
    "' 7 d ', PT168H, 7d",
    "999999999d, PT23999999976H, 999999999d",
  })
  void isReadAsPeopleWriteIt(String text, Duration duration, String shortest) {
    assertThat(TimeSpan.parse(text)).isEqualTo(new TimeSpan(duration)).hasToString(shortest);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "5", "s", "-5s", "1.5h", "5 min", "5S", "PT5S", "1h30m", "1000000000d"})
  void anythingElseIsRefusedByName(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TimeSpan.parse(text))
        .withMessageContaining("'" + text + "'");
  }

  static LongStream seeds() {
    return LongStream.range(0, 100);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatIsShownIsReadAgain(long seed) {
    Random random = new Random(seed);
    String[] units = {"ms", "s", "m", "h", "d"};
    TimeSpan span = TimeSpan.parse(random.nextInt(1_000_000_000) + units[random.nextInt(5)]);
    assertThat(TimeSpan.parse(span.toString())).isEqualTo(span);
  }

  @Test
  void isNeverNegative() {
    assertThatIllegalArgumentException().isThrownBy(() -> new TimeSpan(Duration.ofMillis(-1)));
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0s",
    "PT0.9S, 0s",
    "PT59S, 59s",
    "PT60S, 1m 0s",
    "PT59M59S, 59m 59s",
    "PT1H, 1h 0m",
    "PT1H5M59S, 1h 5m",
    "PT23H59M, 23h 59m",
    "PT24H, 1d 0h",
    "PT171H, 7d 3h",
  })
  void isShownInItsTwoLargestUnits(Duration time, String text) {
    assertThat(TimeSpan.display(time)).isEqualTo(text);
  }
}

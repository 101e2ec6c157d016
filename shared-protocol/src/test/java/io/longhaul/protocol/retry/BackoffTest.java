package io.longhaul.protocol.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BackoffTest {
  private static final Backoff BACKOFF =
      new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofMillis(300));

  @ParameterizedTest
  @CsvSource({
    // failures, random, retry-after, wait
    "1, 0.5, PT0S, PT0.5S",
    "2, 0.5, PT0S, PT1S",
    "3, 0.5, PT0S, PT2S",
    "6, 0.5, PT0S, PT16S",
    "7, 0.5, PT0S, PT30S", // the ceiling, and from here on
    "8, 0.5, PT0S, PT30S",
    "64, 0.5, PT0S, PT30S",
    "2147483647, 0.5, PT0S, PT30S",
    "1, 0.0, PT0S, PT0.3S", // the floor
    "50, 0.0, PT0S, PT0.3S",
    "1, 0.5, PT10S, PT10S", // the peer's wish
    "7, 0.5, PT10S, PT30S",
    "1, 0.5, PT1H, PT60S", // to within the ceiling
  })
  void waits(int failures, double random, Duration retryAfter, Duration wait) {
    assertThat(BACKOFF.after(failures, random, retryAfter)).isEqualTo(wait);
  }

  static LongStream seeds() {
    return LongStream.range(0, 100);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void staysBetweenFloorAndCeiling(long seed) {
    Random random = new Random(seed);
    Duration wait =
        BACKOFF.after(
            1 + random.nextInt(Integer.MAX_VALUE),
            random.nextDouble(),
            Duration.ofMillis(random.nextInt(200_000)));
    assertThat(wait).isBetween(BACKOFF.floor(), BACKOFF.ceiling());
  }
}

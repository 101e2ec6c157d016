package io.longhaul.coordinator.show;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final Pace pace = new Pace();

  @Test
  void saysNothingInTheFirstSecond() {
    assertThat(pace.bytesPerSecond()).isEmpty();
    pace.note(0, 0);
    pace.note(SECOND - 1, 1000);
    assertThat(pace.bytesPerSecond()).isEmpty();
    assertThat(pace.remaining(OptionalLong.of(2000))).isEmpty();
  }

  @Test
  void measuresBytesPerSecondAndTheRest() {
    pace.note(0, 500);
    pace.note(2 * SECOND, 2500);
    assertThat(pace.bytesPerSecond()).hasValue(1000);
    assertThat(pace.remaining(OptionalLong.of(12_500))).contains(Duration.ofSeconds(10));
    assertThat(pace.remaining(OptionalLong.empty())).isEmpty();
    assertThat(pace.remaining(OptionalLong.of(100))).isEmpty();
  }

  @Test
  void forgetsWhatIsLongerAgoThanFifteenSeconds() {
    for (int second = 0; second <= 20; second++) {
      pace.note(second * SECOND, second * 1000L);
    }
    for (int second = 21; second <= 40; second++) {
      pace.note(second * SECOND, 20_000);
    }
    assertThat(pace.bytesPerSecond()).hasValue(0);
    assertThat(pace.remaining(OptionalLong.of(30_000))).isEmpty();
  }
}

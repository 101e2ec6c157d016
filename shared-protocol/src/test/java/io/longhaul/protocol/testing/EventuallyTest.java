package io.longhaul.protocol.testing;

import static io.longhaul.protocol.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

class EventuallyTest {

  @Test
  void goesOnAtTheFirstLookThatSucceeds() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    eventually("three looks were taken", () -> looks.incrementAndGet() == 3);
    assertThat(looks).hasValue(3);
  }

  @Test
  void failsWhenTheTimeIsUp() {
    assertThatThrownBy(() -> eventually("pigs fly", Duration.ofMillis(20), () -> false))
        .isInstanceOf(AssertionFailedError.class)
        .hasMessageContaining("until pigs fly");
  }
}

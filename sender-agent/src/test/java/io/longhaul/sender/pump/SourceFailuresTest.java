package io.longhaul.sender.pump;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.failure.FailureKind;
import org.junit.jupiter.api.Test;

class SourceFailuresTest {
  @Test
  void attemptsInVainAreToldWithTheEndOfTheLastOne() {
    var failure =
        SourceFailures.fruitless(
            5,
            "Tried to read the source 'tar -cf - .' to its end but it ended with signal 9; it said nothing");
    assertThat(failure.kind()).isEqualTo(FailureKind.SOURCE_FAILED);
    assertThat(failure.resumable()).isFalse();
    assertThat(failure.message())
        .isEqualTo(
            "Tried to start the source again but 5 attempts in a row brought nothing new; how the"
                + " last one ended: Tried to read the source 'tar -cf - .' to its end but it ended"
                + " with signal 9; it said nothing");
  }
}

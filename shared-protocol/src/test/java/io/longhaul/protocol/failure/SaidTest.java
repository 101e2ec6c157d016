package io.longhaul.protocol.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a peer says is shown on terminals and written into logs and files. */
class SaidTest {
  private static final String COMMANDS = "\u001b[2J\u009b1;31mred\r\u0007\0\n\ttext";

  @Test
  void aFailureCommandsNoTerminal() {
    assertThat(Failure.permanent(FailureKind.PEER_FAILED, COMMANDS).message())
        .isEqualTo("\ufffd[2J\ufffd1;31mred\ufffd\ufffd\ufffd\n\ttext");
  }

  @Test
  void aFailureIsNoLongerThanSomebodyWouldRead() {
    Failure failure = Failure.permanent(FailureKind.PEER_FAILED, "x".repeat(1 << 20));
    assertThat(failure.message()).hasSizeLessThan(33_000).endsWith("x (cut)");
  }

  @Test
  void neitherIsAnException() {
    assertThat(new RetryableException(COMMANDS.repeat(100_000), Duration.ZERO).getMessage())
        .hasSizeLessThan(33_000)
        .doesNotContain("\u001b");
  }
}

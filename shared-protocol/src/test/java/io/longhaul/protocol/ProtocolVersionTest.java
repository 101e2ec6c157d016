package io.longhaul.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProtocolVersionTest {

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 1, true",
    "1, 2, 2, 3, true",
    "1, 3, 2, 2, true",
    "1, 1, 2, 2, false",
    "1, 2, 3, 4, false",
  })
  void twoAgentsMeetWhereTheirRangesDo(int a, int b, int c, int d, boolean meet) {
    assertThat(new ProtocolVersion(a, b).meets(new ProtocolVersion(c, d))).isEqualTo(meet);
    assertThat(new ProtocolVersion(c, d).meets(new ProtocolVersion(a, b))).isEqualTo(meet);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "-1, 1", "2, 1"})
  void isARange(int oldest, int newest) {
    assertThatIllegalArgumentException().isThrownBy(() -> new ProtocolVersion(oldest, newest));
  }
}

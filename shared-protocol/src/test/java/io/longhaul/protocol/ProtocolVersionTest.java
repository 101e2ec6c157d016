package io.longhaul.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

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
  @CsvSource({
    "1, 1, 2, 3, the agent speaks protocol 2 to 3 and we protocol 1; upgrade we",
    "2, 4, 1, 1, the agent speaks protocol 1 and we protocol 2 to 4; upgrade the agent",
  })
  void whereTheyDoNotMeetTheOlderOneIsToBeUpgraded(int a, int b, int c, int d, String why) {
    assertThat(new ProtocolVersion(a, b).gap("we", "the agent", new ProtocolVersion(c, d)))
        .hasValue(why);
  }

  @Test
  void whereTheyMeetThereIsNoGap() {
    assertThat(new ProtocolVersion(1, 2).gap("we", "the agent", new ProtocolVersion(2, 3)))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1-1", "2, 13, 2-13"})
  void comesBackFromItsHeader(int oldest, int newest, String header) {
    ProtocolVersion range = new ProtocolVersion(oldest, newest);
    assertThat(range.header()).isEqualTo(header);
    assertThat(ProtocolVersion.announced(header)).hasValue(range);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {"", "1", "0-1", "2-1", "1-", "-1", "1-2-3", "1 - 2", "1-99999999999", "x"})
  void whatIsNoRangeAnnouncesNone(String header) {
    assertThat(ProtocolVersion.announced(header)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "-1, 1", "2, 1"})
  void isARange(int oldest, int newest) {
    assertThatIllegalArgumentException().isThrownBy(() -> new ProtocolVersion(oldest, newest));
  }
}

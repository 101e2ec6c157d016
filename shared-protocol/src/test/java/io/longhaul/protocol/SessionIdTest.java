package io.longhaul.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionIdTest {
  private static final String GOOD = "01k6zv5q8r3m9x2c7b4t0hfgjd";

  static LongStream seeds() {
    return LongStream.range(0, 100);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void keepsItsMillisecondAndSortsByIt(long seed) {
    Random random = new Random(seed);
    long early = random.nextLong(1L << 48);
    long late = early + 1 + random.nextLong((1L << 48) - early);
    SessionId first = SessionId.create(at(early));
    SessionId second = SessionId.create(at(Math.min(late, (1L << 48) - 1)));

    assertThat(first.created()).isEqualTo(Instant.ofEpochMilli(early));
    assertThat(first.text()).hasSize(26);
    assertThat(new SessionId(first.text())).isEqualTo(first);
    if (!first.created().equals(second.created())) {
      assertThat(first).isLessThan(second);
    }
  }

  @Test
  void noTwoAreAlikeInOneMillisecond() {
    Set<SessionId> ids = new HashSet<>();
    for (int i = 0; i < 20_000; i++) {
      ids.add(SessionId.create(at(1_700_000_000_000L)));
    }
    assertThat(ids).hasSize(20_000);
  }

  @Test
  void everyRandomCharacterTakesEveryValue() {
    List<Set<Character>> seen = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      seen.add(new HashSet<>());
    }
    for (int n = 0; n < 2_000; n++) {
      String text = SessionId.create(at(0)).text();
      for (int i = 0; i < 16; i++) {
        seen.get(i).add(text.charAt(10 + i));
      }
    }
    assertThat(seen).allSatisfy(characters -> assertThat(characters).hasSize(32));
  }

  private static InstantSource at(long millis) {
    return InstantSource.fixed(Instant.ofEpochMilli(millis));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "01k6zv5q8r3m9x2c7b4t0hfgj", // 25
        "01k6zv5q8r3m9x2c7b4t0hfgjdd", // 27
        "01K6ZV5Q8R3M9X2C7B4T0HFGJD", // upper case
        "81k6zv5q8r3m9x2c7b4t0hfgjd", // after the year 10889
        "01k6zv5q8r3m9x2c7b4t0hfgji", // i
        "01k6zv5q8r3m9x2c7b4t0hfgjl", // l
        "01k6zv5q8r3m9x2c7b4t0hfgjo", // o
        "01k6zv5q8r3m9x2c7b4t0hfgju", // u
        "01k6zv5q8r3m9x2c7b4t0hfgj\n",
        "01k6zv5q8r3m9x2c7b4t0hfg/.",
        "../../../../../../etc/pass",
      })
  void hasOneStrictSyntax(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SessionId(text))
        .withMessageContaining("26 characters");
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void acceptsExactlyItsAlphabet(long seed) {
    Random random = new Random(seed);
    char[] text = GOOD.toCharArray();
    int at = 1 + random.nextInt(25);
    char c = (char) random.nextInt(32, 127);
    text[at] = c;
    boolean good = "0123456789abcdefghjkmnpqrstvwxyz".indexOf(c) >= 0;
    if (good) {
      assertThat(new SessionId(new String(text))).hasToString(new String(text));
    } else {
      assertThatIllegalArgumentException().isThrownBy(() -> new SessionId(new String(text)));
    }
  }
}

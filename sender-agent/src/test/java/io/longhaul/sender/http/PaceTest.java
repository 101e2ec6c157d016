package io.longhaul.sender.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pace of connections that send as soon as they may, in virtual time. */
class PaceTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - SECOND);

  private record Turn(long at, int connection) {}

  @ParameterizedTest
  @CsvSource({"65536, 1", "65536, 96", "10000000, 8", "10000000, 96", "1250000000, 96"})
  void allTogetherKeepTheRateAndEachIsServedEverySecond(long rate, int connections) {
    Pace pace = new Pace(rate, nanos::get);
    long began = nanos.get();
    PriorityQueue<Turn> turns =
        new PriorityQueue<>((a, b) -> Long.compare(a.at() - began, b.at() - began));
    for (int i = 0; i < connections; i++) {
      turns.add(new Turn(began + pace.take(pace.slice(Long.MAX_VALUE)), i));
    }
    long[] last = new long[connections];
    long sent = 0;
    while (turns.element().at() - began < 10 * SECOND) {
      Turn turn = turns.remove();
      nanos.set(turn.at());
      long since = turn.at() - began - last[turn.connection()];
      assertThat(since).isLessThan(SECOND);
      last[turn.connection()] = turn.at() - began;
      long slice = pace.slice(Long.MAX_VALUE);
      sent += slice;
      turns.add(new Turn(turn.at() + pace.take(slice), turn.connection()));
    }
    assertThat((double) sent / rate).isBetween(9.8, 10.2);
  }

  @Test
  void whatIsNotUsedIsSavedForATenthOfASecondOnly() {
    Pace pace = new Pace(1000, nanos::get);
    nanos.addAndGet(3600 * SECOND);
    assertThat(pace.take(100)).isZero();
    assertThat(pace.take(1000)).isBetween(SECOND - 1, SECOND + 1);
    assertThat(pace.take(500)).isBetween(SECOND * 3 / 2 - 2, SECOND * 3 / 2 + 2);
  }

  @Test
  void theLastSliceIsWhatIsLeft() {
    assertThat(new Pace(1 << 20, nanos::get).slice(3)).isEqualTo(3);
    assertThat(new Pace(1, nanos::get).slice(3)).isEqualTo(1);
    assertThat(new Pace(Long.MAX_VALUE, nanos::get).slice(Long.MAX_VALUE)).isEqualTo(1 << 20);
  }
}

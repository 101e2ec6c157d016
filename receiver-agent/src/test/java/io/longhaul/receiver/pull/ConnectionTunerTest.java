package io.longhaul.receiver.pull;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** The tuner against links that are simulated by what a number of connections carries. */
class ConnectionTunerTest {
  private static final long TICK = Duration.ofMillis(250).toNanos();
  private static final double CLEAN_BYTES = 23e6;
  private static final double LOSSY_FLOW_BYTES = 0.325e6;

  private final ConnectionTuner tuner = new ConnectionTuner(96, 0);
  private long now;
  private double bytes;

  private void run(Duration time, IntToDoubleFunction rate, boolean busy) {
    for (long end = now + time.toNanos(); now < end; ) {
      now += TICK;
      bytes += rate.applyAsDouble(tuner.connections()) * TICK / 1e9;
      tuner.look(now, (long) bytes, busy, Duration.ofMillis(80));
    }
  }

  private static double clean(int connections) {
    return Math.min(connections * 12e6, CLEAN_BYTES);
  }

  private static double lossy(int connections) {
    return Math.min(connections * LOSSY_FLOW_BYTES, CLEAN_BYTES);
  }

  @Test
  void onACleanLinkAFewConnectionsAreEnough() {
    run(Duration.ofSeconds(10), ConnectionTunerTest::clean, true);
    assertThat(tuner.connections()).isEqualTo(4);
  }

  @Test
  void onALossyLinkItClimbsToDozensWithinTenSeconds() {
    run(Duration.ofSeconds(10), ConnectionTunerTest::lossy, true);
    assertThat(tuner.connections()).isBetween(64, 96);
  }

  @Test
  void itNeverPassesTheMost() {
    run(Duration.ofMinutes(3), count -> count * 1e6, true);
    assertThat(tuner.connections()).isEqualTo(96);
  }

  @Test
  void itSettlesAtTheSmallestNumberThatIsAsGoodAsTheBest() {
    run(Duration.ofSeconds(10), count -> Math.min(count, 16) * 1e6, true);
    assertThat(tuner.connections()).isEqualTo(16);
  }

  @Test
  void moreConnectionsThatCarryLessAreGivenUp() {
    run(Duration.ofSeconds(10), count -> 4e8 / count, true);
    assertThat(tuner.connections()).isEqualTo(4);
  }

  @Test
  void aStarvedIntervalTeachesNothing() {
    run(Duration.ofMinutes(2), ConnectionTunerTest::lossy, false);
    assertThat(tuner.connections()).isEqualTo(ConnectionTuner.FIRST);
  }

  @Test
  void halfAMinuteLaterItTriesMoreAgain() {
    run(Duration.ofSeconds(10), count -> 3e6, true);
    assertThat(tuner.connections()).isEqualTo(4);
    run(Duration.ofSeconds(40), ConnectionTunerTest::lossy, true);
    assertThat(tuner.connections()).isBetween(64, 96);
  }

  @Test
  void whenTheLinkGetsWorseItLooksForMoreAtOnce() {
    run(Duration.ofSeconds(10), ConnectionTunerTest::clean, true);
    run(Duration.ofSeconds(14), ConnectionTunerTest::lossy, true);
    assertThat(tuner.connections()).isBetween(64, 96);
  }

  @Test
  void theNumberIsKeptOverAnOutage() {
    run(Duration.ofSeconds(10), ConnectionTunerTest::lossy, true);
    int before = tuner.connections();
    run(Duration.ofMinutes(5), count -> 0, false);
    assertThat(tuner.connections()).isEqualTo(before);
  }
}

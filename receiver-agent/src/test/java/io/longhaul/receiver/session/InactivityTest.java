package io.longhaul.receiver.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.receiver.session.Inactivity.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class InactivityTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);

  private final Inactivity inactivity =
      new Inactivity(new SessionLimits(DAY, Duration.ofDays(7)), 0);

  private Verdict judge(Duration now, boolean reachable, Duration contact, Duration progress) {
    return inactivity.judge(now.toNanos(), reachable, contact, progress);
  }

  @Test
  void aDayWithoutProgressUnderTheEyesOfThePeerIsAStall() {
    assertThat(judge(DAY, true, Duration.ZERO, DAY)).isEqualTo(Verdict.FINE);
    assertThat(judge(DAY.plusNanos(1), true, Duration.ZERO, DAY.plusNanos(1)))
        .isEqualTo(Verdict.STALLED);
  }

  @Test
  void progressIsNoStall() {
    assertThat(judge(DAY.multipliedBy(9), true, Duration.ZERO, HOUR)).isEqualTo(Verdict.FINE);
  }

  @Test
  void anOutageOfTwoDaysIsNoStallNeitherDuringItNorAfter() {
    Duration outage = DAY.multipliedBy(2);
    assertThat(judge(HOUR, true, Duration.ZERO, HOUR)).isEqualTo(Verdict.FINE);
    assertThat(judge(outage, false, outage.minus(HOUR), outage)).isEqualTo(Verdict.FINE);
    assertThat(judge(outage.plus(HOUR), true, Duration.ZERO, outage.plus(HOUR)))
        .isEqualTo(Verdict.FINE);
    assertThat(judge(outage.plus(DAY).plus(HOUR), true, Duration.ZERO, outage.plus(DAY)))
        .isEqualTo(Verdict.FINE);
    Duration late = outage.plus(DAY).plus(HOUR).plusNanos(1);
    assertThat(judge(late, true, Duration.ZERO, late)).isEqualTo(Verdict.STALLED);
  }

  @Test
  void aPauseOfAWeekIsNoStall() {
    Duration week = DAY.multipliedBy(7);
    inactivity.resumed(week.toNanos());
    assertThat(judge(week.plus(DAY), true, Duration.ZERO, week.plus(DAY))).isEqualTo(Verdict.FINE);
    assertThat(judge(week.plus(DAY).plusNanos(1), true, Duration.ZERO, week.plus(DAY)))
        .isEqualTo(Verdict.STALLED);
  }

  @Test
  void sevenDaysOutOfReachAreTooMany() {
    Duration week = DAY.multipliedBy(7);
    assertThat(judge(week, false, week, week)).isEqualTo(Verdict.FINE);
    assertThat(judge(week, false, week.plusNanos(1), week)).isEqualTo(Verdict.UNREACHABLE);
  }
}

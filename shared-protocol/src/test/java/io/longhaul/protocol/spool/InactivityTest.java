package io.longhaul.protocol.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.pipe.Uptime;
import io.longhaul.protocol.spool.Inactivity.Verdict;
import io.longhaul.protocol.wire.SessionLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InactivityTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration WEEK = Duration.ofDays(7);
  private static final SessionLimits LIMITS = new SessionLimits(DAY, WEEK);
  private static final SessionId ID = new SessionId("01k6zv5q8r3m9x2c7b4t0hfgjd");

  @TempDir private Path directory;
  private SessionSpool spool;
  private Uptime uptime;
  private ActivityFile file;
  private Inactivity inactivity;
  private Duration now = Duration.ofHours(3);

  @BeforeEach
  void startAnAgent() {
    spool = new SessionSpool(ID, directory);
    startAnAgentInBoot("first");
  }

  private void startAnAgentInBoot(String boot) {
    uptime = new Uptime(boot, () -> now.toNanos());
    file = new ActivityFile(spool, LIMITS, uptime);
    inactivity = new Inactivity(LIMITS, uptime, file.kept());
  }

  private void restartTheAgent() {
    startAnAgentInBoot(uptime.bootId());
  }

  /** Time goes by while the agent does not run, or finds nobody. */
  private void pass(Duration time) {
    now = now.plus(time);
  }

  /** Time goes by while the peer is there. */
  private void passInContact(Duration time) {
    for (Duration end = now.plus(time); now.compareTo(end) < 0; pass(SECOND)) {
      inactivity.contact();
    }
    inactivity.contact();
    file.keep(inactivity.activity());
  }

  @Test
  void aDayWithoutProgressInFrontOfThePeerIsAStall() {
    passInContact(DAY.minus(SECOND));
    assertThat(inactivity.verdict()).isEqualTo(Verdict.FINE);
    passInContact(SECOND);
    assertThat(inactivity.verdict()).isEqualTo(Verdict.STALLED);
    assertThat(inactivity.sinceProgress()).isEqualTo(DAY);
    inactivity.progress(HOUR);
    assertThat(inactivity.verdict()).isEqualTo(Verdict.FINE);
    assertThat(inactivity.sinceProgress()).isEqualTo(HOUR);
  }

  @Test
  void aWeekWithoutThePeerIsTooLongAndADayIsNoStall() {
    pass(WEEK.minus(SECOND));
    assertThat(inactivity.verdict()).isEqualTo(Verdict.FINE);
    pass(SECOND);
    assertThat(inactivity.verdict()).isEqualTo(Verdict.UNREACHABLE);
    assertThat(inactivity.sinceContact()).isEqualTo(WEEK);
    inactivity.contact();
    assertThat(inactivity.verdict()).isEqualTo(Verdict.FINE);
  }

  @Test
  void afterAnOutageOfTwoDaysThePeerHasADay() {
    passInContact(HOUR);
    pass(DAY.multipliedBy(2));
    passInContact(DAY.minus(SECOND));
    assertThat(inactivity.verdict()).isEqualTo(Verdict.FINE);
    passInContact(SECOND);
    assertThat(inactivity.verdict()).isEqualTo(Verdict.STALLED);
    assertThat(inactivity.sinceProgress()).isEqualTo(DAY);
  }

  @Test
  void anAgentThatIsRestartedEveryHourKeepsTheTimeOfAStall() {
    for (int hour = 0; hour < 24; hour++) {
      assertThat(inactivity.verdict()).isEqualTo(Verdict.FINE);
      passInContact(HOUR.minus(SECOND.multipliedBy(30)));
      pass(SECOND.multipliedBy(30));
      restartTheAgent();
      assertThat(inactivity.sinceProgress()).isEqualTo(HOUR.multipliedBy(hour + 1));
    }
    inactivity.contact();
    assertThat(inactivity.verdict()).isEqualTo(Verdict.STALLED);
  }

  @Test
  void anAgentThatIsRestartedEveryDayKeepsTheTimeWithoutThePeer() {
    file.keep(inactivity.activity());
    for (int day = 0; day < 7; day++) {
      assertThat(inactivity.verdict()).isEqualTo(Verdict.FINE);
      pass(DAY);
      restartTheAgent();
    }
    assertThat(inactivity.verdict()).isEqualTo(Verdict.UNREACHABLE);
    assertThat(inactivity.sinceContact()).isEqualTo(WEEK);
  }

  @Test
  void anAgentThatDidNotRunForADayFindsNoStall() {
    passInContact(HOUR);
    pass(DAY);
    restartTheAgent();
    inactivity.contact();
    assertThat(inactivity.verdict()).isEqualTo(Verdict.FINE);
    assertThat(inactivity.sinceProgress()).isZero();
  }

  @Test
  void aMachineThatWakesUpHasNotStalledButHasBeenWithoutItsPeer() {
    passInContact(HOUR);
    pass(WEEK);
    assertThat(inactivity.verdict()).isEqualTo(Verdict.UNREACHABLE);
    inactivity.contact();
    assertThat(inactivity.verdict()).isEqualTo(Verdict.FINE);
    passInContact(DAY);
    assertThat(inactivity.verdict()).isEqualTo(Verdict.STALLED);
  }

  @Test
  void afterARebootTheTimeCountsFromTheBoot() {
    pass(DAY.multipliedBy(6));
    file.keep(inactivity.activity());
    now = HOUR;
    startAnAgentInBoot("second");
    assertThat(inactivity.sinceProgress()).isEqualTo(HOUR);
    assertThat(inactivity.sinceContact()).isEqualTo(HOUR);
    pass(WEEK.minus(HOUR));
    assertThat(inactivity.verdict()).isEqualTo(Verdict.UNREACHABLE);
  }

  @Test
  void aPauseDoesNotCount() {
    passInContact(HOUR);
    pass(WEEK);
    inactivity.beginAnew();
    assertThat(inactivity.verdict()).isEqualTo(Verdict.FINE);
    assertThat(inactivity.sinceProgress()).isZero();
    assertThat(inactivity.sinceContact()).isZero();
  }

  @Test
  void progressGoesNeverBack() {
    inactivity.progress();
    pass(SECOND);
    inactivity.progress(HOUR);
    assertThat(inactivity.sinceProgress()).isEqualTo(SECOND);
  }

  @Test
  void theFileIsWrittenWhenSomethingHasChangedEveryTenSecondsAtMost() throws Exception {
    file.keep(inactivity.activity());
    Activity first = inactivity.activity();
    assertThat(SpoolFile.read(spool.activity(), Activity.class)).hasValue(first);
    pass(SECOND.multipliedBy(9));
    inactivity.contact();
    file.keep(inactivity.activity());
    assertThat(SpoolFile.read(spool.activity(), Activity.class)).hasValue(first);
    pass(SECOND);
    file.keep(inactivity.activity());
    assertThat(SpoolFile.read(spool.activity(), Activity.class)).hasValue(inactivity.activity());
    Files.delete(spool.activity());
    pass(DAY);
    file.keep(inactivity.activity());
    assertThat(spool.activity()).doesNotExist();
  }

  @Test
  void aShortLimitIsKeptMoreOften() throws Exception {
    ActivityFile often =
        new ActivityFile(spool, new SessionLimits(SECOND.multipliedBy(20), DAY), uptime);
    often.keep(inactivity.activity());
    pass(SECOND);
    inactivity.contact();
    often.keep(inactivity.activity());
    assertThat(SpoolFile.read(spool.activity(), Activity.class)).hasValue(inactivity.activity());
  }

  @Test
  void aFileThatCannotBeWrittenIsTriedAgainAndHarmsNothing() throws Exception {
    Files.createDirectories(spool.activity().resolve("in the way"));
    file.keep(inactivity.activity());
    pass(SECOND.multipliedBy(10));
    file.keep(inactivity.activity());
    assertThat(inactivity.sinceProgress()).isEqualTo(SECOND.multipliedBy(10));
    Files.delete(spool.activity().resolve("in the way"));
    Files.delete(spool.activity());
    pass(SECOND.multipliedBy(10));
    file.keep(inactivity.activity());
    assertThat(SpoolFile.read(spool.activity(), Activity.class)).hasValue(inactivity.activity());
  }

  @Test
  void aFileThatCannotBeReadLetsTheLimitsBeginAnew() throws Exception {
    Files.writeString(spool.activity(), "{\"bootId\":\"fir");
    pass(DAY);
    restartTheAgent();
    assertThat(file.kept()).isEqualTo(Optional.empty());
    assertThat(inactivity.sinceProgress()).isZero();
  }
}

package io.longhaul.coordinator.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
  private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

  @ParameterizedTest(name = "{0} in {1} after {2}")
  @CsvSource({
    // plain
    "'0 2 * * *', Europe/Berlin, 2026-06-01T12:00:00Z, 2026-06-02T00:00:00Z",
    "'*/15 * * * *', UTC, 2026-06-01T12:00:00Z, 2026-06-01T12:15:00Z",
    "'*/15 * * * *', UTC, 2026-06-01T12:14:59.999Z, 2026-06-01T12:15:00Z",
    "'30 3 1 1 *', UTC, 2026-06-01T12:00:00Z, 2027-01-01T03:30:00Z",
    "'0 0 * * MON-FRI', UTC, 2026-06-05T12:00:00Z, 2026-06-08T00:00:00Z",
    "'0 0 29 2 *', UTC, 2026-06-01T12:00:00Z, 2028-02-29T00:00:00Z",
    // clocks go forward: 01:00Z, from 02:00 to 03:00
    "'30 2 * * *', Europe/Berlin, 2026-03-28T12:00:00Z, 2026-03-29T01:00:00Z",
    "'30 2 * * *', Europe/Berlin, 2026-03-29T01:00:00Z, 2026-03-30T00:30:00Z",
    "'0 2 * * *', Europe/Berlin, 2026-03-28T12:00:00Z, 2026-03-29T01:00:00Z",
    "'0 3 * * *', Europe/Berlin, 2026-03-28T12:00:00Z, 2026-03-29T01:00:00Z",
    "'*/15 * * * *', Europe/Berlin, 2026-03-29T00:45:00Z, 2026-03-29T01:00:00Z",
    "'*/15 * * * *', Europe/Berlin, 2026-03-29T01:00:00Z, 2026-03-29T01:15:00Z",
    "'0 12 * * *', Europe/Berlin, 2026-03-28T12:00:00Z, 2026-03-29T10:00:00Z",
    // clocks go back: 01:00Z, from 03:00 to 02:00
    "'30 2 * * *', Europe/Berlin, 2026-10-24T12:00:00Z, 2026-10-25T00:30:00Z",
    "'30 2 * * *', Europe/Berlin, 2026-10-25T00:30:00Z, 2026-10-26T01:30:00Z",
    "'30 2 * * *', Europe/Berlin, 2026-10-25T01:10:00Z, 2026-10-26T01:30:00Z",
    "'0 3 * * *', Europe/Berlin, 2026-10-24T12:00:00Z, 2026-10-25T02:00:00Z",
    "'*/30 * * * *', Europe/Berlin, 2026-10-25T00:30:00Z, 2026-10-25T01:00:00Z",
    "'*/30 * * * *', Europe/Berlin, 2026-10-25T01:00:00Z, 2026-10-25T01:30:00Z",
    // half an hour
    "'15 2 * * *', Australia/Lord_Howe, 2026-10-03T00:00:00Z, 2026-10-03T15:30:00Z",
  })
  void cronTimesAreThoseOnTheWall(String line, String zone, String after, String next) {
    assertThat(new Cron(line, ZoneId.of(zone)).next(Instant.parse(after)))
        .isEqualTo(Instant.parse(next));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "* * * *", "0 0 0 * * *", "61 * * * *", "0 0 30 2 *", "daily"})
  void whatIsNoTimeIsRefused(String line) {
    assertThatIllegalArgumentException().isThrownBy(() -> new Cron(line, ZoneId.of("UTC")));
  }

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aDailyRunComesOnceOnEachDay(long seed) {
    var random = new Random(seed);
    List<String> zones = List.of("Europe/Berlin", "America/New_York", "Australia/Lord_Howe");
    ZoneId zone = ZoneId.of(zones.get(random.nextInt(zones.size())));
    var cron = new Cron(random.nextInt(60) + " " + random.nextInt(24) + " * * *", zone);
    Instant at = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(random.nextInt(86_400));
    var days = new ArrayList<>();
    for (int i = 0; i < 366; i++) {
      Instant next = cron.next(at);
      assertThat(next).as("seed %s", seed).isAfter(at);
      days.add(LocalDateTime.ofInstant(next, zone).toLocalDate());
      at = next;
    }
    for (int i = 1; i < days.size(); i++) {
      assertThat(days.get(i))
          .as("seed %s", seed)
          .isEqualTo(((java.time.LocalDate) days.get(i - 1)).plusDays(1));
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatRecursEveryHourKeepsItsDistanceWhateverTheClocksDo(long seed) {
    var random = new Random(seed);
    int minutes = List.of(5, 10, 15, 20, 30).get(random.nextInt(5));
    var cron = new Cron("*/" + minutes + " * * * *", ZoneId.of("Europe/Berlin"));
    Instant change =
        Instant.parse(random.nextBoolean() ? "2026-03-29T01:00:00Z" : "2026-10-25T01:00:00Z");
    Instant at = cron.next(change.minusSeconds(random.nextInt(20_000)));
    for (int i = 0; i < 100; i++) {
      Instant next = cron.next(at);
      assertThat(Duration.between(at, next)).as("seed %s", seed).hasMinutes(minutes);
      at = next;
    }
  }

  @Test
  void anIntervalBeginsAtOnceAndCountsFromStartToStart() {
    var schedule = new Every(Duration.ofMinutes(15));
    assertThat(schedule.due(new LastRun(NOON, Optional.empty(), true), NOON)).isEqualTo(NOON);
    assertThat(schedule.due(ran(NOON), NOON.plusSeconds(60))).isEqualTo(NOON.plusSeconds(900));
  }

  @Test
  void aCronJobThatHasNeverRunWaitsForItsTime() {
    var cron = new Cron("0 2 * * *", ZoneId.of("UTC"));
    var never = new LastRun(NOON, Optional.empty(), true);
    assertThat(cron.due(never, NOON.plusSeconds(5)))
        .isEqualTo(Instant.parse("2026-06-02T02:00:00Z"));
    assertThat(cron.due(never, NOON.plus(Duration.ofDays(3))))
        .as("also if nobody was there at that time")
        .isBefore(NOON.plus(Duration.ofDays(3)));
  }

  @Test
  void anInterruptedRunStartsAtOnce() {
    var schedule = new Every(Duration.ofDays(1));
    Instant now = NOON.plusSeconds(10);
    assertThat(schedule.due(new LastRun(NOON, Optional.of(NOON), false), now)).isEqualTo(now);
  }

  @Test
  void aClockThatWasWrongStopsNothing() {
    var schedule = new Every(Duration.ofDays(1));
    Instant nextYear = NOON.plus(Duration.ofDays(365));
    assertThat(schedule.due(ran(nextYear), NOON)).isEqualTo(NOON);
    assertThat(schedule.due(ran(NOON.plusSeconds(2)), NOON))
        .as("a clock that was set back a little doubles nothing")
        .isAfter(NOON.plus(Duration.ofHours(23)));
    var never = new LastRun(nextYear, Optional.empty(), true);
    assertThat(schedule.due(never, NOON)).isEqualTo(NOON);
    assertThat(new Cron("0 2 * * *", ZoneId.of("UTC")).due(never, NOON)).isEqualTo(NOON);
  }

  /**
   * A daemon that is there at random times only, restarted and suspended: every time of the
   * schedule is followed by a start at the first moment that the daemon is there, and there is
   * never more than one start for a time.
   */
  @ParameterizedTest
  @MethodSource("seeds")
  void noRunIsLostOrDoubled(long seed) {
    var random = new Random(seed);
    Schedule schedule =
        random.nextBoolean()
            ? new Every(Duration.ofMinutes(1 + random.nextInt(600)))
            : new Cron(
                random.nextInt(60)
                    + " "
                    + (random.nextBoolean() ? "*" : random.nextInt(24))
                    + " * * *",
                ZoneId.of("Europe/Berlin"));
    Instant now = Instant.parse("2026-10-20T00:00:00Z").plusSeconds(random.nextInt(86_400));
    var last = new LastRun(now, Optional.empty(), true);
    for (int looks = 0; looks < 500; looks++) {
      Instant due = schedule.due(last, now);
      if (!due.isAfter(now)) {
        Instant expected = last.started().map(schedule::next).orElseGet(() -> due);
        assertThat(expected).as("seed %s: it was time", seed).isBeforeOrEqualTo(now);
        last = ran(now);
        assertThat(schedule.due(last, now)).as("seed %s: once", seed).isAfter(now);
      }
      boolean away = random.nextInt(20) == 0;
      now = now.plusSeconds(1 + random.nextInt(away ? 400_000 : 600));
    }
  }

  private static LastRun ran(Instant at) {
    return new LastRun(NOON.minus(Duration.ofDays(9)), Optional.of(at), true);
  }
}

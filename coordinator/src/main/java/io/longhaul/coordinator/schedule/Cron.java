package io.longhaul.coordinator.schedule;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/*
 * The library is asked for times without a zone only; what a change of the clocks makes of them is decided
 * here, as crontab(5) of Debian describes it.
 */

/**
 * Runs at the times of a crontab(5) line of five fields, by the clock on the wall of a zone. When
 * clocks are put forward, what would have been in the missing hour is done once, at the change.
 * When they are put back, what is in the hour that comes twice is done the first time only, unless
 * it recurs every hour, by an hour field that begins with {@code *}. Immutable.
 */
public final class Cron implements Schedule {
  private static final CronParser PARSER =
      new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

  private final String text;
  private final ZoneId zone;
  private final ExecutionTime times;
  private final boolean hourly;

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException if it is none, or its time never comes
   */
  public Cron(String text, ZoneId zone) {
    this.text = text;
    this.zone = zone;
    this.times = ExecutionTime.forCron(PARSER.parse(text));
    this.hourly = text.strip().split("\\s+", -1)[1].startsWith("*");
    var _ = onTheWall(LocalDateTime.of(2000, 1, 1, 0, 0));
  }

  @Override
  public Instant first(Instant since) {
    return next(since);
  }

  @Override
  public Instant next(Instant after) {
    ZoneRules rules = zone.getRules();
    ZoneOffset offset = rules.getOffset(after);
    LocalDateTime wall = LocalDateTime.ofInstant(after, offset);
    ZoneOffsetTransition change = rules.nextTransition(after);
    while (true) {
      wall = onTheWall(wall);
      if (change == null || wall.isBefore(change.getDateTimeBefore())) {
        if (hourly || !comesAgain(rules, wall, offset)) {
          return wall.toInstant(offset);
        }
        continue;
      }
      boolean skipped = change.isGap() && !wall.isAfter(change.getDateTimeAfter());
      if (skipped) {
        return change.getInstant();
      }
      offset = change.getOffsetAfter();
      wall = change.getDateTimeAfter().minusSeconds(1);
      change = rules.nextTransition(change.getInstant());
    }
  }

  private static boolean comesAgain(ZoneRules rules, LocalDateTime wall, ZoneOffset offset) {
    return rules.getValidOffsets(wall).indexOf(offset) > 0;
  }

  private LocalDateTime onTheWall(LocalDateTime after) {
    return times
        .nextExecution(after.atZone(ZoneOffset.UTC))
        .map(ZonedDateTime::toLocalDateTime)
        .orElseThrow(() -> new IllegalArgumentException("the time of '" + text + "' never comes"));
  }

  /** Returns the line and its zone. */
  @Override
  public String toString() {
    return text + " (" + zone + ")";
  }
}

package io.longhaul.protocol.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A time as people write it: {@code 90s}, {@code 30m}, {@code 24h}, {@code 7d}.
 *
 * @param duration 0 or more
 */
public record TimeSpan(Duration duration) {
  private record Unit(String name, long millis) {}

  private static final List<Unit> UNITS =
      List.of(
          new Unit("d", 86_400_000),
          new Unit("h", 3_600_000),
          new Unit("m", 60_000),
          new Unit("s", 1000),
          new Unit("ms", 1));
  private static final Pattern SYNTAX = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");

  /**
   * @throws IllegalArgumentException if negative
   */
  public TimeSpan {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("a time cannot be negative, was " + duration);
    }
  }

  /**
   * Reads a time.
   *
   * @throws IllegalArgumentException if it is not a whole number with the unit ms, s, m, h or d
   */
  @JsonCreator
  public static TimeSpan parse(String text) {
    Matcher m = SYNTAX.matcher(text.strip());
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "a time is a whole number and ms, s, m, h or d, such as 24h; was '" + text + "'");
    }
    Unit unit = UNITS.stream().filter(u -> u.name().equals(m.group(2))).findFirst().orElseThrow();
    return new TimeSpan(Duration.ofMillis(Long.parseLong(m.group(1)) * unit.millis()));
  }

  /* YAML gives a number without a unit as a number; parsing it says what is missing. */
  @JsonCreator
  private static TimeSpan parse(long number) {
    return parse(Long.toString(number));
  }

  /** Returns a time for people, in its two largest units: {@code 1h 5m}, {@code 12s}. */
  public static String display(Duration time) {
    long seconds = time.toSeconds();
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return seconds / 60 + "m " + seconds % 60 + "s";
    }
    return seconds < 86_400
        ? seconds / 3600 + "h " + seconds / 60 % 60 + "m"
        : seconds / 86_400 + "d " + seconds / 3600 % 24 + "h";
  }

  /** Returns the time in the largest unit that needs no fraction; below a millisecond is cut. */
  @JsonValue
  @Override
  public String toString() {
    long millis = duration.toMillis();
    if (millis == 0) {
      return "0s";
    }
    Unit unit = UNITS.stream().filter(u -> millis % u.millis() == 0).findFirst().orElseThrow();
    return millis / unit.millis() + unit.name();
  }
}

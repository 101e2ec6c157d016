package io.longhaul.protocol.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes as people write it: {@code 65536}, {@code 16MiB}, {@code 1GiB}.
 *
 * @param bytes 0 or more
 */
public record DataSize(long bytes) {
  private static final Pattern SYNTAX = Pattern.compile("(\\d{1,15})\\s*(B|KiB|MiB|GiB|TiB)?");
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
  private static final int STEP_BITS = 10;

  /**
   * @throws IllegalArgumentException if negative
   */
  public DataSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size cannot be negative, was " + bytes);
    }
  }

  /**
   * Reads a size.
   *
   * @throws IllegalArgumentException if it is not a whole number with an optional unit B, KiB, MiB,
   *     GiB or TiB, or is too large
   */
  @JsonCreator
  public static DataSize parse(String text) {
    Matcher m = SYNTAX.matcher(text.strip());
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "a size is a whole number and B, KiB, MiB, GiB or TiB, such as 16MiB; was '"
              + text
              + "'");
    }
    int unit = 0;
    while (m.group(2) != null && !UNITS[unit].equals(m.group(2))) {
      unit++;
    }
    try {
      return new DataSize(Math.multiplyExact(Long.parseLong(m.group(1)), 1L << (unit * STEP_BITS)));
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("a size of '" + text + "' is too large", e);
    }
  }

  /* YAML gives a number without a unit as a number. */
  @JsonCreator
  private static DataSize parse(long number) {
    return parse(Long.toString(number));
  }

  /** Returns a size for people, with three digits: {@code 1.50 GiB}. */
  public static String display(long bytes) {
    if (bytes < 1L << STEP_BITS) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = 0;
    while (value >= 1023.5 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    return String.format(Locale.ROOT, "%." + decimals + "f %s", value, UNITS[unit]);
  }

  /** Returns the size in the largest unit that needs no fraction. */
  @JsonValue
  @Override
  public String toString() {
    int unit = 0;
    long value = bytes;
    while (value != 0 && value % 1024 == 0 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return value + UNITS[unit];
  }
}

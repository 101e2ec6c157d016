package io.longhaul.protocol;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A half-open range of bytes, {@code from} inclusive to {@code to} exclusive, never empty.
 *
 * @param from the first byte, 0 or more
 * @param to one past the last byte, greater than {@code from}
 */
public record ByteRange(long from, long to) {
  /* The digits are bounded so that every match fits a long. */
  private static final Pattern SINGLE =
      Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})", Pattern.CASE_INSENSITIVE);

  /**
   * @throws IllegalArgumentException if the range is empty or begins below 0
   */
  public ByteRange {
    if (from < 0 || to <= from) {
      throw new IllegalArgumentException(
          "a byte range needs 0 <= from < to, was [" + from + ", " + to + ")");
    }
  }

  /** What a {@code Range} header asks of a representation. */
  public sealed interface Asked {
    /** No usable range: the answer is the whole representation with status 200. */
    record Whole() implements Asked {}

    /** One range within the representation: the answer is 206. */
    record Part(ByteRange range) implements Asked {}

    /** A range wholly outside of the representation: the answer is 416. */
    record Unsatisfiable() implements Asked {}
  }

  /**
   * Reads a {@code Range} header for a representation of {@code length} bytes (RFC 9110 section
   * 14.2). A header that is not a single byte range, or has more than 18 digits in a position, is
   * ignored, as the RFC allows.
   *
   * @param length the bytes of the whole representation, 0 or more
   */
  public static Asked parse(String header, long length) {
    Matcher m = SINGLE.matcher(header.strip());
    if (!m.matches() || (m.group(1).isEmpty() && m.group(2).isEmpty())) {
      return new Asked.Whole();
    }
    if (m.group(1).isEmpty()) {
      long suffix = Math.min(Long.parseLong(m.group(2)), length);
      return suffix == 0
          ? new Asked.Unsatisfiable()
          : new Asked.Part(new ByteRange(length - suffix, length));
    }
    long from = Long.parseLong(m.group(1));
    long last = m.group(2).isEmpty() ? Long.MAX_VALUE - 1 : Long.parseLong(m.group(2));
    if (last < from) {
      return new Asked.Whole();
    }
    return from >= length
        ? new Asked.Unsatisfiable()
        : new Asked.Part(new ByteRange(from, Math.min(last + 1, length)));
  }

  /** Returns the number of bytes. */
  public long length() {
    return to - from;
  }

  /** Returns the value of a {@code Range} header that asks for these bytes. */
  public String header() {
    return "bytes=" + from + "-" + (to - 1);
  }

  @Override
  public String toString() {
    return "[" + from + ", " + to + ")";
  }
}

package io.longhaul.protocol;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The {@code Content-Range} of a 206 answer (RFC 9110 section 14.4).
 *
 * @param range the bytes in the body
 * @param length the length of the whole representation, in bytes
 */
public record ContentRange(ByteRange range, long length) {
  private static final Pattern SYNTAX =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})", Pattern.CASE_INSENSITIVE);

  /**
   * @throws IllegalArgumentException if the range reaches beyond the representation
   */
  public ContentRange {
    if (range.to() > length) {
      throw new IllegalArgumentException(range + " reaches beyond " + length + " bytes");
    }
  }

  /** Reads the header's value; empty if it is not {@code bytes first-last/length} in good order. */
  public static Optional<ContentRange> parse(String header) {
    Matcher m = SYNTAX.matcher(header.strip());
    if (!m.matches()) {
      return Optional.empty();
    }
    long first = Long.parseLong(m.group(1));
    long last = Long.parseLong(m.group(2));
    long length = Long.parseLong(m.group(3));
    return last < first || last >= length
        ? Optional.empty()
        : Optional.of(new ContentRange(new ByteRange(first, last + 1), length));
  }

  /** Returns the header's value for a 416 answer about a representation of {@code length} bytes. */
  public static String unsatisfied(long length) {
    return "bytes */" + length;
  }

  /** Returns the header's value. */
  public String header() {
    return "bytes " + range.from() + "-" + (range.to() - 1) + "/" + length;
  }
}

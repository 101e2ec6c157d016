package io.longhaul.protocol.zfs;

import java.util.List;
import java.util.OptionalLong;

/**
 * Reads what {@code zfs send -nP} prints: a line per snapshot and at the end {@code size}, a tab
 * and the bytes.
 */
final class SizeEstimate {

  /** More than any pool holds: an estimate above it is a known bug (openzfs issue 12265). */
  private static final long ABSURD_BYTES = 1L << 60;

  private SizeEstimate() {}

  /**
   * Returns the total in bytes; empty if there is none, or one that cannot be true. Up to ZFS
   * 0.7.12 the number is left out when it is zero.
   */
  static OptionalLong total(List<String> lines) {
    for (String line : lines) {
      String[] fields = line.split("\t", -1);
      if (fields[0].equals("size")) {
        return bytes(fields.length > 1 ? fields[1].strip() : "");
      }
    }
    return OptionalLong.empty();
  }

  private static OptionalLong bytes(String number) {
    if (number.isEmpty()) {
      return OptionalLong.of(0);
    }
    try {
      long bytes = Long.parseLong(number);
      return bytes < 0 || bytes > ABSURD_BYTES ? OptionalLong.empty() : OptionalLong.of(bytes);
    } catch (NumberFormatException e) {
      return OptionalLong.empty(); // 2^63 and above
    }
  }
}

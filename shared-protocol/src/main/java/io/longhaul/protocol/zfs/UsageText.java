package io.longhaul.protocol.zfs;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Reads the one-letter flags out of what {@code zfs send} or {@code zfs receive} prints as usage.
 */
final class UsageText {

  /* Forms in use: "[-vnF]", "[-i|-I snapshot]", "[-[iI] snapshot]", "[-[i|I] snapshot]",
   * "[-d | -e]", "-t <token>", "-A <filesystem>"; long options such as "--saved" are left out.
   */
  private static final Pattern FLAGS =
      Pattern.compile("(?<![\\w<-])-(?:\\[([A-Za-z|]+)]|([A-Za-z]+)\\b)");

  private static final String START = "usage:";

  private UsageText() {}

  static boolean isIn(String text) {
    return text.contains(START);
  }

  /** Returns the flags of the usage in {@code text}: from "usage:" to the first empty line. */
  static Set<Character> flags(String text) {
    String usage = text.substring(text.indexOf(START) + START.length());
    int end = usage.indexOf("\n\n");
    var flags = new TreeSet<Character>();
    var matcher = FLAGS.matcher(end < 0 ? usage : usage.substring(0, end));
    while (matcher.find()) {
      String letters = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
      letters.chars().filter(Character::isLetter).forEach(c -> flags.add((char) c));
    }
    return flags;
  }
}

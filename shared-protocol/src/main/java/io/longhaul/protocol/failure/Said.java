package io.longhaul.protocol.failure;

import java.util.regex.Pattern;

/** Makes a text fit to be kept, logged and shown that a peer, or a command, may have a part in. */
final class Said {
  private static final int MOST_CHARACTERS = 32 * 1024;
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}&&[^\n\t]]");

  private Said() {}

  /** Returns the text, cut if it is long, without characters that could command a terminal. */
  static String fit(String text) {
    String kept =
        text.length() > MOST_CHARACTERS ? text.substring(0, MOST_CHARACTERS) + " (cut)" : text;
    return CONTROL.matcher(kept).replaceAll("\ufffd");
  }
}

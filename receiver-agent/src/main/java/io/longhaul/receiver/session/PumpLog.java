package io.longhaul.receiver.session;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a pump that left no outcome said last. */
final class PumpLog {
  private static final int MOST_CHARACTERS = 2000;

  private PumpLog() {}

  /** Returns the end of the log as the end of a message; empty if there is none. */
  static String tail(Path log) {
    String text;
    try {
      text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "";
    }
    return text.isEmpty()
        ? ""
        : "; it said:\n" + text.substring(Math.max(0, text.length() - MOST_CHARACTERS));
  }
}

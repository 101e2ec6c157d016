package io.longhaul.sender.pump;

import java.io.IOException;

/**
 * Tells a full disk from a broken one. Java gives only the system's text (errno ENOSPC and EDQUOT);
 * our JVMs run in a locale in which it is English.
 */
public final class DiskFull {
  private DiskFull() {}

  /** Returns whether an operation failed because there was no room. */
  public static boolean isCauseOf(IOException e) {
    String text = String.valueOf(e.getMessage());
    return text.contains("No space left on device") || text.contains("Disk quota exceeded");
  }
}

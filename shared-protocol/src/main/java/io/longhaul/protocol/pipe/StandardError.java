package io.longhaul.protocol.pipe;

import java.io.IOException;
import java.nio.file.Path;

/** What this process and its JVM say on the standard error. */
public final class StandardError {
  private static final int DESCRIPTOR = 2;

  private StandardError() {}

  /**
   * Has it appended to an existing file from now on.
   *
   * @throws IOException if the file cannot be opened; then it goes where it went
   */
  public static void appendTo(Path file) throws IOException {
    int opened = Posix.open(file, Posix.O_WRONLY | Posix.O_APPEND);
    try {
      Posix.duplicate(opened, DESCRIPTOR);
    } finally {
      Posix.close(opened);
    }
  }
}

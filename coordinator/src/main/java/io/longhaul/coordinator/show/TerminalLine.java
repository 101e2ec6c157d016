package io.longhaul.coordinator.show;

import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBarConsumer;

/**
 * The last line of a terminal, rewritten in place, with room to say things above it. Thread-safe.
 */
final class TerminalLine implements ProgressBarConsumer {
  private static final String START = "\r";
  private static final String ERASE_REST = "\033[K";

  private final PrintWriter out;
  private final int columns;
  private String shown = "";
  private boolean closed;

  TerminalLine(PrintWriter out, int columns) {
    this.out = out;
    this.columns = columns;
  }

  /* The last column stays free: writing there makes some terminals go to the next line. */
  @Override
  public int getMaxRenderedLength() {
    return columns - 1;
  }

  @Override
  public synchronized void accept(String line) {
    if (!closed) {
      shown = line;
      out.print(START + line + ERASE_REST);
      out.flush();
    }
  }

  /** Prints a line of its own above the rewritten one. */
  synchronized void say(String line) {
    out.println((shown.isEmpty() ? "" : START + ERASE_REST) + line);
    if (!closed) {
      out.print(shown);
    }
    out.flush();
  }

  /** Leaves the line on the screen as it is and goes to the next one. */
  @Override
  public synchronized void close() {
    if (!closed && !shown.isEmpty()) {
      out.println();
      out.flush();
      shown = "";
    }
    closed = true;
  }
}

package io.longhaul.coordinator.show;

import io.longhaul.coordinator.run.Display;
import io.longhaul.coordinator.run.View;
import java.io.PrintWriter;

/** No progress: for scripts, which want the result. What has to be said goes to standard error. */
public final class SilentDisplay implements Display {
  private final PrintWriter err;

  /** Speaks to {@code err}, which stays open. */
  public SilentDisplay(PrintWriter err) {
    this.err = err;
  }

  @Override
  public void say(String line) {
    err.println(line);
    err.flush();
  }

  @Override
  public void show(View view) {}

  @Override
  public void close() {}
}

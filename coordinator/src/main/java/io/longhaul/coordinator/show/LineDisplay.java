package io.longhaul.coordinator.show;

import io.longhaul.coordinator.run.Display;
import io.longhaul.coordinator.run.View;
import io.longhaul.protocol.config.TimeSpan;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Progress as plain lines: one whenever the phase changes, and at most one each ten seconds. */
public final class LineDisplay implements Display {
  private static final long EVERY_NANOS = Duration.ofSeconds(10).toNanos();

  private final PrintWriter out;
  private final Pace pace = new Pace();
  private String phase = "";
  private long shownNanos;
  private boolean closed;

  /** Writes to {@code out}, which stays open. */
  public LineDisplay(PrintWriter out) {
    this.out = out;
  }

  @Override
  public synchronized void say(String line) {
    out.println(line);
    out.flush();
  }

  @Override
  public synchronized void show(View view) {
    pace.note(view.nowNanos(), view.deliveredBytes());
    boolean changed = !view.phase().equals(phase);
    if (!closed && (changed || view.nowNanos() - shownNanos >= EVERY_NANOS)) {
      phase = view.phase();
      shownNanos = view.nowNanos();
      say(line(view));
    }
  }

  private String line(View view) {
    List<String> words = new ArrayList<>();
    words.add(
        view.phaseWithTime() + ": " + Words.progress(view.deliveredBytes(), view.totalBytes()));
    words.add(Words.rate(pace.bytesPerSecond()));
    words.add(pace.remaining(view.totalBytes()).map(t -> "ETA " + TimeSpan.display(t)).orElse(""));
    words.addAll(Words.network(view));
    words.removeIf(String::isEmpty);
    return String.join(", ", words);
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}

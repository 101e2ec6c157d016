package io.longhaul.coordinator.show;

import io.longhaul.coordinator.run.Display;
import io.longhaul.coordinator.run.View;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress as a bar on a terminal. */
public final class BarDisplay implements Display {
  private static final int REDRAW_MILLIS = 250;
  private static final long MEBIBYTE = 1L << 20;

  private final TerminalLine line;
  private final ProgressBar bar;
  private final Pace pace = new Pace();
  private volatile Optional<Duration> remaining = Optional.empty();

  /**
   * Draws on {@code out}, which stays open.
   *
   * @param columns the width of the terminal
   */
  public BarDisplay(PrintWriter out, int columns) {
    line = new TerminalLine(out, columns);
    bar =
        new ProgressBarBuilder()
            .setTaskName("")
            .setStyle(ProgressBarStyle.ASCII)
            .setUnit(" MiB", MEBIBYTE)
            .setEtaFunction(_ -> remaining)
            .setUpdateIntervalMillis(REDRAW_MILLIS)
            .continuousUpdate()
            .setConsumer(line)
            .build();
  }

  @Override
  public void say(String text) {
    line.say(text);
  }

  @Override
  public synchronized void show(View view) {
    long bytes = view.deliveredBytes();
    OptionalLong total = view.totalBytes();
    pace.note(view.nowNanos(), bytes);
    remaining = pace.remaining(total);
    bar.maxHint(total.isPresent() && total.getAsLong() >= bytes ? total.getAsLong() : -1);
    bar.stepTo(bytes);
    bar.setExtraMessage(words(view));
  }

  private String words(View view) {
    List<String> words = new ArrayList<>();
    words.add(Words.rate(pace.bytesPerSecond()));
    words.addAll(Words.network(view));
    if (!view.phase().equals("running")) {
      words.add(view.phaseWithTime());
    }
    words.removeIf(String::isEmpty);
    return String.join(", ", words);
  }

  @Override
  public synchronized void close() {
    bar.refresh();
    bar.close();
    line.close(); // the library's own thread may not have come to it yet
  }
}

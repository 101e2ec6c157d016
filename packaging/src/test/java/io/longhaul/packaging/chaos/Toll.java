package io.longhaul.packaging.chaos;

import io.longhaul.packaging.site.Table;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the faults of one run cost. */
public final class Toll {
  private final int planned;
  private final long streamBytes;
  private final EnumSet<Fault> possible = EnumSet.noneOf(Fault.class);
  private final Map<Fault, List<Duration>> lost = new EnumMap<>(Fault.class);
  private final List<String> wrong = new ArrayList<>();
  private long carriedBytes;

  /**
   * Creates the account of a run.
   *
   * @param planned how many faults it should have
   * @param possible the kinds of fault that this machine lets be brought about
   */
  Toll(int planned, long streamBytes, List<Fault> possible) {
    this.planned = planned;
    this.streamBytes = streamBytes;
    this.possible.addAll(possible);
  }

  /** Notes how long it took from a fault's beginning until more had reached the sink. */
  void add(Fault fault, Duration time) {
    lost.computeIfAbsent(fault, _ -> new ArrayList<>()).add(time);
  }

  /** Notes something that must not be. */
  void wrong(String what) {
    wrong.add(what);
  }

  /** Notes how much the link carried towards the receiver. */
  void carried(long bytes) {
    carriedBytes = bytes;
  }

  /** Returns all that must not be; empty if the transfer survived. */
  public List<String> wrong() {
    return List.copyOf(wrong);
  }

  /** Returns the faults that struck at least once; the stream may be over before the last one. */
  public Set<Fault> struck() {
    return Collections.unmodifiableSet(lost.keySet());
  }

  /** Returns the faults that this machine lets be brought about. */
  public Set<Fault> possible() {
    return Collections.unmodifiableSet(possible);
  }

  /** Returns the other faults. */
  public Set<Fault> leftOut() {
    return EnumSet.complementOf(possible);
  }

  /** Prints the table and the verdict. */
  public void print(PrintStream out) {
    var table = new Table("fault", "times", "seconds until it went on: median", "most");
    lost.forEach((fault, times) -> {
      List<Duration> sorted = times.stream().sorted().toList();
      table.row(
          fault.text(),
          Integer.toString(sorted.size()),
          Table.number(seconds(sorted.get(sorted.size() / 2))),
          Table.number(seconds(sorted.getLast())));
    });
    table.print(out);
    out.printf(
        "%d of %d faults struck%n", lost.values().stream().mapToInt(List::size).sum(), planned);
    leftOut()
        .forEach(fault ->
            out.println("left out, without the right to mount a file system: " + fault.text()));
    out.printf(
        "carried beyond the stream's %.0f MB: %.1f MB (fetched twice, and all that is not stream)%n",
        streamBytes / 1e6, (carriedBytes - streamBytes) / 1e6);
    out.println(wrong.isEmpty() ? "survived: same bytes, same sink" : "NOT survived");
    wrong.forEach(what -> out.println("  " + what));
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1e3;
  }
}

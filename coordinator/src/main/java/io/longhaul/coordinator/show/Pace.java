package io.longhaul.coordinator.show;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;

/** How fast bytes have been delivered lately. Used by one thread. */
final class Pace {
  private static final long WINDOW_NANOS = Duration.ofSeconds(15).toNanos();
  private static final long LEAST_NANOS = Duration.ofSeconds(1).toNanos();
  private static final double NANOS_PER_SECOND = 1e9;

  private record Mark(long nanos, long bytes) {}

  private final Deque<Mark> marks = new ArrayDeque<>();

  /** Takes note of how far the stream was at a moment; moments do not go back. */
  void note(long nanos, long bytes) {
    marks.addLast(new Mark(nanos, bytes));
    while (marks.size() > 2 && nanos - marks.getFirst().nanos() > WINDOW_NANOS) {
      marks.removeFirst();
    }
  }

  /** Returns bytes per second over the last 15 s; empty within the first second. */
  OptionalLong bytesPerSecond() {
    if (marks.isEmpty()) {
      return OptionalLong.empty();
    }
    long nanos = marks.getLast().nanos() - marks.getFirst().nanos();
    long bytes = marks.getLast().bytes() - marks.getFirst().bytes();
    return nanos < LEAST_NANOS
        ? OptionalLong.empty()
        : OptionalLong.of((long) (bytes * NANOS_PER_SECOND / nanos));
  }

  /** Returns the time that the rest takes at this pace; empty if nobody can tell. */
  Optional<Duration> remaining(OptionalLong totalBytes) {
    OptionalLong rate = bytesPerSecond();
    if (rate.isEmpty() || rate.getAsLong() <= 0 || totalBytes.isEmpty()) {
      return Optional.empty();
    }
    long left = totalBytes.getAsLong() - marks.getLast().bytes();
    return left < 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(left / rate.getAsLong()));
  }
}

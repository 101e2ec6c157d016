package io.longhaul.coordinator.drive;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.longhaul.coordinator.plan.Step;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a run has come: what its streams have brought, and what they are expected to. An estimate
 * is corrected by what really moves, and forgotten when the stream has ended. Thread-safe.
 */
final class Progress {
  /** No stream is believed to be longer: ZFS at times estimates 2^64 bytes and a little less. */
  private static final long MOST = 1L << 55;

  /**
   * The sum over all streams.
   *
   * @param streams how many there are
   * @param streamsDone how many have ended
   * @param bytes what the target was given
   * @param expectedBytes how much that will be in the end, as far as it is known
   * @param unknown how many streams have not ended and no estimate
   */
  record Sum(int streams, int streamsDone, long bytes, long expectedBytes, int unknown) {}

  /** A stream: what is planned now and, after a new look, planned again has the same key. */
  sealed interface Key {
    /** Returns the key of a planned stream. */
    static Key of(Step.Replicate stream) {
      return new Planned(stream.receive().target().name(), stream.brings().getLast().guid());
    }

    /** Returns the key of a stream that somebody else began. */
    static Key of(Sides.Running stream) {
      return new Adopted(stream.target().name());
    }
  }

  private record Planned(String target, String guid) implements Key {}

  private record Adopted(String target) implements Key {}

  private static final class Count {
    OptionalLong estimate = OptionalLong.empty();
    long moved;
    Optional<String> silent = Optional.empty();
  }

  @GuardedBy("this")
  private final Map<Key, Count> open = new LinkedHashMap<>();

  @GuardedBy("this")
  private int ended;

  @GuardedBy("this")
  private long endedBytes;

  /** Takes what is planned now in place of what was planned before. */
  synchronized void planned(List<Step.Replicate> streams) {
    var planned = new HashMap<Key, Count>();
    streams.forEach(stream -> planned.put(Key.of(stream), new Count()));
    for (Map.Entry<Key, Count> old : open.entrySet()) {
      if (old.getKey() instanceof Adopted) {
        planned.put(old.getKey(), old.getValue());
      } else if (planned.replace(old.getKey(), old.getValue()) == null) {
        endedBytes += old.getValue().moved; // it broke off
      }
    }
    open.clear();
    open.putAll(planned);
  }

  /** Takes that a stream which somebody else began is waited for. */
  synchronized void adopted(Key stream) {
    open.put(stream, new Count());
  }

  /** Takes an estimate; one that cannot be is as good as none. */
  synchronized void estimated(Key stream, OptionalLong bytes) {
    Count count = open.get(stream);
    if (count != null && bytes.isPresent() && believable(bytes.getAsLong())) {
      count.estimate = bytes;
    }
  }

  static boolean believable(long bytes) {
    return bytes >= 0 && bytes < MOST;
  }

  /** Takes how a stream goes; what is said of it is what a {@link Sides.Meter} hears. */
  synchronized void moved(Key stream, long bytes, OptionalLong expected, Optional<String> silent) {
    Count count = open.get(stream);
    if (count != null) {
      count.moved = bytes;
      count.silent = silent;
    }
    estimated(stream, expected);
  }

  /** Takes that an adopted stream has ended badly. */
  synchronized void brokeOff(Key stream) {
    Count count = open.remove(stream);
    if (count != null) {
      endedBytes += count.moved;
    }
  }

  /** Takes that a stream has ended well. */
  synchronized void ended(Key stream) {
    Count count = open.remove(stream);
    if (count != null) {
      ended++;
      endedBytes += count.moved;
    }
  }

  /** Returns which agent does not answer those who wait for a stream, in words. */
  synchronized Optional<String> silent() {
    return open.values().stream().flatMap(count -> count.silent.stream()).findFirst();
  }

  /** Returns the sum. */
  synchronized Sum sum() {
    long moved = endedBytes;
    long expected = endedBytes;
    int unknown = 0;
    for (Count count : open.values()) {
      moved += count.moved;
      expected += Math.max(count.moved, count.estimate.orElse(0));
      unknown += count.estimate.isEmpty() ? 1 : 0;
    }
    return new Sum(ended + open.size(), ended, moved, expected, unknown);
  }
}

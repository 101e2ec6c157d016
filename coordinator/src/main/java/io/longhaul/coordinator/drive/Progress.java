package io.longhaul.coordinator.drive;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.longhaul.coordinator.plan.Step;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  private record Key(String target, String guid) {
    static Key of(Step.Replicate stream) {
      return new Key(stream.receive().target().name(), stream.brings().getLast().guid());
    }
  }

  private static final class Count {
    OptionalLong estimate = OptionalLong.empty();
    long moved;
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
      if (planned.replace(old.getKey(), old.getValue()) == null) {
        endedBytes += old.getValue().moved; // it broke off
      }
    }
    open.clear();
    open.putAll(planned);
  }

  /** Takes an estimate; one that cannot be is as good as none. */
  synchronized void estimated(Step.Replicate stream, OptionalLong bytes) {
    Count count = open.get(Key.of(stream));
    if (count != null && bytes.isPresent() && believable(bytes.getAsLong())) {
      count.estimate = bytes;
    }
  }

  static boolean believable(long bytes) {
    return bytes >= 0 && bytes < MOST;
  }

  /** Takes how many bytes of a stream the target was given so far, and how many are expected. */
  synchronized void moved(Step.Replicate stream, long bytes, OptionalLong expected) {
    Count count = open.get(Key.of(stream));
    if (count != null) {
      count.moved = bytes;
    }
    estimated(stream, expected);
  }

  /** Takes that a stream has ended well. */
  synchronized void ended(Step.Replicate stream) {
    Count count = open.remove(Key.of(stream));
    if (count != null) {
      ended++;
      endedBytes += count.moved;
    }
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

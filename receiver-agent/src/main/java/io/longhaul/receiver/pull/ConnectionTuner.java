package io.longhaul.receiver.pull;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/*
 * One flow over a link with 80 ms and 0.5 % loss carries 2.6 Mbit/s, so dozens are needed; over a clean
 * link a few fill it, and more only cost processor time. Which of the two it is can be measured: as long
 * as twice the connections carry a fifth more, there is something to gain.
 *
 * A new connection carries more in its first seconds, until it meets its first loss, than it does later.
 * That makes a climb quick, but may end it too early: so the number found is only kept while it goes on
 * to carry what was measured.
 */

/**
 * Finds the number of connections by measuring what they carry. Pure; not thread-safe. Call {@link
 * #look} several times a second.
 */
final class ConnectionTuner {
  /** The number of connections that a transfer begins with. */
  static final int FIRST = 4;

  private static final double WORTH_MORE = 1.2;
  private static final double GOOD_ENOUGH = 0.95;
  private static final double AS_MEASURED = 0.85;
  private static final long RAMP_NANOS = Duration.ofMillis(500).toNanos();
  private static final long MEASURE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long CHECK_NANOS = Duration.ofSeconds(3).toNanos();
  private static final long SETTLED_NANOS = Duration.ofSeconds(30).toNanos();
  private static final int ROUND_TRIPS = 6;

  private final int most;

  /* What each number of connections carried in the present climb, in bytes a second. */
  private final TreeMap<Integer, Double> carried = new TreeMap<>();
  private int connections;
  private boolean climbing = true;
  private long levelSince;
  private long measureSince;
  private long bytesThen;
  private long bytesBefore;

  /**
   * Creates a tuner at the lowest number.
   *
   * @param most the most connections to try
   */
  ConnectionTuner(int most, long nowNanos) {
    this.most = most;
    this.connections = Math.min(FIRST, most);
    this.levelSince = nowNanos;
    this.measureSince = nowNanos;
  }

  /** Returns how many connections to use. */
  int connections() {
    return connections;
  }

  /**
   * Takes in how things stand.
   *
   * @param bytes all bytes that came since the beginning; a time without any is no measure of the
   *     link
   * @param busy whether all connections had something to do, from a healthy peer, since the last
   *     call
   * @param roundTrip the link's round trip time
   */
  void look(long nowNanos, long bytes, boolean busy, Duration roundTrip) {
    long severalRoundTrips = roundTrip.multipliedBy(ROUND_TRIPS).toNanos();
    boolean silent = bytes == bytesBefore;
    bytesBefore = bytes;
    if (!busy || silent || nowNanos - levelSince < Math.max(RAMP_NANOS, severalRoundTrips)) {
      measureSince = nowNanos;
      bytesThen = bytes;
      return;
    }
    long nanos = nowNanos - measureSince;
    if (nanos < Math.max(climbing ? MEASURE_NANOS : CHECK_NANOS, severalRoundTrips)) {
      return;
    }
    double rate = (bytes - bytesThen) * 1e9 / nanos;
    measureSince = nowNanos;
    bytesThen = bytes;
    if (!climbing) {
      boolean asMeasured = rate >= carried.getOrDefault(connections, 0.0) * AS_MEASURED;
      if (asMeasured && nowNanos - levelSince < SETTLED_NANOS) {
        return;
      }
      carried.clear();
      climbing = true;
    }
    climb(nowNanos, rate);
  }

  private void climb(long nowNanos, double rate) {
    Map.Entry<Integer, Double> below = carried.lowerEntry(connections);
    carried.put(connections, rate);
    boolean gained = below == null || rate >= below.getValue() * WORTH_MORE;
    if (gained && connections < most) {
      use(Math.min(connections * 2, most), nowNanos);
    } else {
      settle(nowNanos);
    }
  }

  private void settle(long nowNanos) {
    double best = carried.values().stream().mapToDouble(rate -> rate).max().orElse(0);
    int enough =
        carried.entrySet().stream()
            .filter(level -> level.getValue() >= best * GOOD_ENOUGH)
            .mapToInt(Map.Entry::getKey)
            .min()
            .orElse(connections);
    climbing = false;
    use(enough, nowNanos);
  }

  private void use(int count, long nowNanos) {
    connections = count;
    levelSince = nowNanos;
  }
}

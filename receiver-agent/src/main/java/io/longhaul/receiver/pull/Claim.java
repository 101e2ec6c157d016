package io.longhaul.receiver.pull;

import io.longhaul.protocol.ByteRange;
import io.longhaul.protocol.chunk.ChunkRecord;

/**
 * A piece of a chunk that one connection is fetching. Its end may come nearer while it is under
 * way, when another connection takes over the rest. Guarded by the {@link PullWindow} that it came
 * from.
 */
final class Claim {
  /* For how long a new claim is taken to carry what its connection usually does. */
  private static final double ASSUMED_SECONDS = 1;

  private final ChunkRecord record;
  private final boolean fresh;
  private final long from;
  private final long since;
  private final double usualRate;
  private long at;
  private long to;
  private boolean dropped;

  /**
   * Creates a claim of a connection.
   *
   * @param usualRate what that connection carried before, in bytes a second
   */
  Claim(ChunkRecord record, boolean fresh, ByteRange range, long nowNanos, double usualRate) {
    this.record = record;
    this.fresh = fresh;
    this.from = range.from();
    this.at = range.from();
    this.to = range.to();
    this.since = nowNanos;
    this.usualRate = usualRate;
  }

  /** Returns the chunk that this is a piece of. */
  ChunkRecord record() {
    return record;
  }

  /** Returns whether to use a connection of its own, because the chunk came wrong before. */
  boolean fresh() {
    return fresh;
  }

  /** Returns where the next byte belongs, as an offset in the chunk. */
  long at() {
    return at;
  }

  /** Returns one past the last byte that is still wanted from this connection. */
  long to() {
    return to;
  }

  /** Returns how many bytes are still wanted; 0 once the chunk was dropped. */
  long left() {
    return dropped ? 0 : to - at;
  }

  /** Returns whether the whole chunk is to be fetched again, so that this piece is void. */
  boolean dropped() {
    return dropped;
  }

  void drop() {
    dropped = true;
  }

  void advance(long bytes) {
    at += bytes;
  }

  /** Takes the bytes from {@code cut} on away from this connection. */
  void endAt(long cut) {
    to = cut;
  }

  /** Returns how long the rest will take, in seconds, judged by how it has gone so far. */
  double secondsLeft(long nowNanos) {
    double seconds = (nowNanos - since) / 1e9;
    double rate = seconds < ASSUMED_SECONDS ? usualRate : (at - from) / seconds;
    return left() / Math.max(rate, 1);
  }
}

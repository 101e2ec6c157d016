package io.longhaul.receiver.pull;

import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.spool.HaveFile;
import io.longhaul.protocol.spool.Mark;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/*
 * Which bytes to ask for next. A free connection gets the lowest bytes that nobody fetches, as many as
 * it carries in some two seconds: large enough that the pause of one round trip between two requests is
 * small, small enough that the head of the window does not wait for one slow connection. When all bytes
 * are given out it takes half of what another connection still has to do: of the lowest chunk, because
 * the sink waits for that one, or at the end of the stream of the slowest, because all wait for that.
 */

/**
 * The chunks that may be fetched now, and who fetches which of their bytes. Pure; not thread-safe.
 */
final class PullWindow {
  /** The most chunks in the window, so that memory is bounded also when chunks are tiny. */
  static final int MOST_CHUNKS = 1024;

  private static final long LEAST_FILE_BYTES = 4096;
  private static final double CLAIM_SECONDS = 2;
  private static final double SPLIT_PAYS_SECONDS = 1.5;
  private static final double HEAD_WAITS_SECONDS = 6;
  private static final long LEAST_SPLIT_BYTES = 128 * 1024;
  private static final double UNKNOWN_RATE = 4 << 20;

  private final long limitBytes;
  private final TreeMap<Long, PullChunk> chunks = new TreeMap<>();
  private Mark fed = Mark.NONE;
  private boolean closed;

  /**
   * Creates an empty window.
   *
   * @param limitBytes how far it reaches beyond what is fed
   */
  PullWindow(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** Takes in how far the sink is fed. */
  void fed(Mark mark) {
    fed = mark;
  }

  /**
   * Returns whether a chunk can ever be fetched without taking more of the disk than is granted.
   */
  boolean fits(ChunkRecord record) {
    return record.length() <= limitBytes;
  }

  /**
   * Returns whether a chunk may be fetched: by its position, so that the head always may. A file
   * takes at least a block of the disk, so there are never more of them than blocks in the limit.
   */
  boolean admits(ChunkRecord record) {
    return chunks.size() < MOST_CHUNKS
        && record.chunk() - fed.to() < Math.max(2, limitBytes / LEAST_FILE_BYTES)
        && (record.end() <= fed.bytes() + limitBytes || record.offset() <= fed.bytes());
  }

  /**
   * Adds the next chunk.
   *
   * @param blocks which of its blocks are there
   * @return whether it is whole already
   */
  boolean add(ChunkRecord record, BitSet blocks) {
    PullChunk chunk = new PullChunk(record, blocks);
    chunks.put(record.chunk(), chunk);
    return chunk.whole();
  }

  /** Notes that no chunk will be added: the end of the stream is near. */
  void close() {
    closed = true;
  }

  /** Removes a chunk that is in the manifest. */
  void remove(long number) {
    chunks.remove(number);
  }

  /**
   * Returns a piece for a free connection; empty if there is none that is worth it.
   *
   * @param rate what one connection carries, in bytes a second; 0 if that is not known yet
   */
  Optional<Claim> claim(long nowNanos, double rate) {
    double usual = rate > 0 ? rate : UNKNOWN_RATE;
    return splitHead(nowNanos, usual)
        .or(() -> claimFirst(nowNanos, rate, usual))
        .or(() -> split(nowNanos, usual));
  }

  private Optional<Claim> splitHead(long nowNanos, double rate) {
    for (PullChunk chunk : chunks.values()) {
      if (!chunk.whole()) {
        return chunk
            .slowest(nowNanos, LEAST_SPLIT_BYTES)
            .filter(claim -> claim.secondsLeft(nowNanos) > HEAD_WAITS_SECONDS)
            .map(claim -> chunk.split(claim, nowNanos, rate));
      }
    }
    return Optional.empty();
  }

  private Optional<Claim> claimFirst(long nowNanos, double rate, double usual) {
    for (PullChunk chunk : chunks.values()) {
      if (chunk.hasUnclaimed()) {
        long bytes = Math.max((long) (rate * CLAIM_SECONDS), HaveFile.BLOCK_BYTES);
        return Optional.of(chunk.claimFirst(bytes, nowNanos, usual));
      }
    }
    return Optional.empty();
  }

  private Optional<Claim> split(long nowNanos, double rate) {
    PullChunk owner = null;
    Claim victim = null;
    double longest = SPLIT_PAYS_SECONDS;
    for (PullChunk chunk : chunks.values()) {
      Claim slowest = chunk.slowest(nowNanos, LEAST_SPLIT_BYTES).orElse(null);
      if (slowest != null && slowest.secondsLeft(nowNanos) > longest) {
        longest = slowest.secondsLeft(nowNanos);
        victim = slowest;
        owner = chunk;
        if (!closed) {
          break;
        }
      }
    }
    return victim == null || owner == null
        ? Optional.empty()
        : Optional.of(owner.split(victim, nowNanos, rate));
  }

  /** Returns whether any piece is under way, so that one may be worth a split later. */
  boolean anyUnderWay() {
    return chunks.values().stream().anyMatch(PullChunk::isUnderWay);
  }

  /**
   * What came of some bytes that were written.
   *
   * @param counted how many of them were wanted
   * @param blocks the blocks that are whole by them
   * @param whole whether the chunk is whole by them
   */
  record Written(long counted, List<Integer> blocks, boolean whole) {}

  /**
   * Notes that the next {@code bytes} of a claim are in the part; what exceeds the claim does not
   * count.
   */
  Written written(Claim claim, long bytes) {
    PullChunk chunk = owner(claim);
    if (chunk == null || claim.left() == 0) {
      return new Written(0, List.of(), false);
    }
    long counted = Math.min(bytes, claim.left());
    List<Integer> blocks = chunk.written(claim, counted);
    return new Written(counted, blocks, chunk.whole());
  }

  /** Gives the rest of a claim back to others. */
  void giveBack(Claim claim) {
    PullChunk chunk = owner(claim);
    if (chunk != null) {
      chunk.giveBack(claim);
    }
  }

  private @Nullable PullChunk owner(Claim claim) {
    return claim.dropped() ? null : chunks.get(claim.record().chunk());
  }

  /** Returns how often a chunk was dropped with bytes, or for another record. */
  int losses(long number) {
    PullChunk chunk = chunks.get(number);
    return chunk == null ? 0 : chunk.losses();
  }

  /**
   * Forgets all bytes of a chunk, to fetch them again.
   *
   * @param now its record, which may have other digests than before
   * @return how many bytes are lost by that
   */
  long drop(ChunkRecord now) {
    PullChunk chunk = chunks.get(now.chunk());
    if (chunk == null) {
      return 0;
    }
    long present = chunk.presentBytes();
    chunk.drop(now);
    return present;
  }
}

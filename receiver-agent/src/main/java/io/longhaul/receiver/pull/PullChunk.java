package io.longhaul.receiver.pull;

import io.longhaul.protocol.ByteRange;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.spool.HaveFile;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Which bytes of one chunk are there, are under way, and are missing. Not thread-safe. */
final class PullChunk {
  private static final long BLOCK = HaveFile.BLOCK_BYTES;

  private ChunkRecord record;
  private boolean fresh;
  private int losses;

  /* Segments that nobody fetches, by their beginning; disjoint, and disjoint from the claims. */
  private final TreeMap<Long, Long> unclaimed = new TreeMap<>();
  private final List<Claim> claims = new ArrayList<>();

  /** Creates the state of a chunk of which some blocks are there. */
  PullChunk(ChunkRecord record, BitSet blocks) {
    this.record = record;
    int count = HaveFile.blocks(record.length());
    for (int block = blocks.nextClearBit(0); block < count; ) {
      int end = blocks.nextSetBit(block);
      end = end < 0 || end > count ? count : end;
      unclaimed.put(block * BLOCK, Math.min(end * BLOCK, record.length()));
      block = blocks.nextClearBit(end);
    }
  }

  ChunkRecord record() {
    return record;
  }

  /** Returns how often it was dropped with bytes that were there, or for another record. */
  int losses() {
    return losses;
  }

  /** Returns whether there are bytes that nobody fetches. */
  boolean hasUnclaimed() {
    return !unclaimed.isEmpty();
  }

  /** Returns whether any piece is under way. */
  boolean isUnderWay() {
    return !claims.isEmpty();
  }

  /**
   * Returns the piece under way whose rest will take longest.
   *
   * @param least pieces with fewer bytes left do not count
   */
  Optional<Claim> slowest(long nowNanos, long least) {
    return claims.stream()
        .filter(claim -> claim.left() >= least)
        .max(Comparator.comparingDouble(claim -> claim.secondsLeft(nowNanos)));
  }

  /** Returns whether all bytes are there. */
  boolean whole() {
    return unclaimed.isEmpty() && claims.isEmpty();
  }

  /** Returns how many bytes are there. */
  long presentBytes() {
    long missing = 0;
    for (Map.Entry<Long, Long> segment : unclaimed.entrySet()) {
      missing += segment.getValue() - segment.getKey();
    }
    for (Claim claim : claims) {
      missing += claim.left();
    }
    return record.length() - missing;
  }

  /**
   * Claims about {@code bytes} from the first segment that nobody fetches, up to a block's end.
   *
   * @param rate what the connection carries, in bytes a second
   */
  Claim claimFirst(long bytes, long nowNanos, double rate) {
    Map.Entry<Long, Long> first = unclaimed.pollFirstEntry();
    long from = first.getKey();
    long to = first.getValue();
    long cut = (from + bytes) / BLOCK * BLOCK;
    if (cut > from && cut < to) {
      unclaimed.put(cut, to);
      to = cut;
    }
    return claim(new ByteRange(from, to), nowNanos, rate);
  }

  /**
   * Takes the second half of what is left of {@code victim}; it must have two bytes or more left.
   */
  Claim split(Claim victim, long nowNanos, double rate) {
    long middle = victim.at() + (victim.left() + 1) / 2;
    long boundary = (middle + BLOCK - 1) / BLOCK * BLOCK;
    long cut = boundary < victim.to() ? boundary : middle;
    ByteRange taken = new ByteRange(cut, victim.to());
    victim.endAt(cut);
    return claim(taken, nowNanos, rate);
  }

  private Claim claim(ByteRange range, long nowNanos, double rate) {
    Claim claim = new Claim(record, fresh, range, nowNanos, rate);
    claims.add(claim);
    return claim;
  }

  /**
   * Notes that bytes of a claim were written; returns the blocks that are whole by that.
   *
   * @param bytes at most what is left of the claim
   */
  List<Integer> written(Claim claim, long bytes) {
    long before = claim.at();
    claim.advance(bytes);
    if (claim.left() == 0) {
      claims.remove(claim);
    }
    List<Integer> whole = new ArrayList<>();
    for (long block = before / BLOCK; block * BLOCK < claim.at(); block++) {
      if (isWhole(block)) {
        whole.add((int) block);
      }
    }
    return whole;
  }

  private boolean isWhole(long block) {
    long from = block * BLOCK;
    long to = Math.min(from + BLOCK, record.length());
    Map.Entry<Long, Long> below = unclaimed.lowerEntry(to);
    return (below == null || below.getValue() <= from)
        && claims.stream().noneMatch(claim -> claim.at() < to && claim.to() > from);
  }

  /** Gives the rest of a claim back. */
  void giveBack(Claim claim) {
    if (claims.remove(claim) && claim.left() > 0) {
      long from = claim.at();
      long to = claim.to();
      Map.Entry<Long, Long> below = unclaimed.floorEntry(from);
      if (below != null && below.getValue() == from) {
        from = below.getKey();
      }
      Long after = unclaimed.remove(to);
      unclaimed.put(from, after == null ? to : after);
    }
  }

  /**
   * Forgets all bytes: the chunk is to be fetched again, on new connections, as {@code now} says.
   */
  void drop(ChunkRecord now) {
    if (presentBytes() > 0 || !now.equals(record)) {
      losses++;
    }
    claims.forEach(Claim::drop);
    claims.clear();
    unclaimed.clear();
    unclaimed.put(0L, now.length());
    record = now;
    fresh = true;
  }
}

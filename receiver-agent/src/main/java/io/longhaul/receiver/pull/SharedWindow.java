package io.longhaul.receiver.pull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.spool.Mark;
import java.time.Duration;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** The {@link PullWindow} as all threads of a puller share it. Thread-safe; no call does I/O. */
final class SharedWindow {
  private static final long LOOK_AGAIN_MILLIS = 200;

  private final LongSupplier nanoClock;

  @GuardedBy("this")
  private final PullWindow window;

  @GuardedBy("this")
  private boolean starved;

  SharedWindow(PullWindow window, LongSupplier nanoClock) {
    this.window = window;
    this.nanoClock = nanoClock;
  }

  /**
   * Waits for a piece to fetch.
   *
   * @param rate what the asking connection carries, in bytes a second; 0 if that is not known
   * @param wanted whether the asking connection is still wanted; looked at whenever woken
   * @return empty if it is not
   */
  synchronized Optional<Claim> take(double rate, BooleanSupplier wanted)
      throws InterruptedException {
    while (wanted.getAsBoolean()) {
      Optional<Claim> claim = window.claim(nanoClock.getAsLong(), rate);
      if (claim.isPresent()) {
        return claim;
      }
      starved = true;
      if (window.anyUnderWay()) {
        wait(LOOK_AGAIN_MILLIS);
      } else {
        wait();
      }
    }
    return Optional.empty();
  }

  /** Returns whether a connection found nothing to do since the last call. */
  synchronized boolean wasStarved() {
    boolean was = starved;
    starved = false;
    return was;
  }

  /** Lets the waiting connections look whether they are still wanted. */
  synchronized void wake() {
    notifyAll();
  }

  /** Takes in how far the sink is fed. */
  synchronized void fed(Mark mark) {
    window.fed(mark);
    notifyAll();
  }

  /** Returns whether a chunk can ever be fetched; see {@link PullWindow#fits}. */
  synchronized boolean fits(ChunkRecord record) {
    return window.fits(record);
  }

  /** Waits until a chunk may be fetched, for {@code most}; returns whether it may. */
  synchronized boolean awaitAdmission(ChunkRecord record, Duration most)
      throws InterruptedException {
    long deadline = nanoClock.getAsLong() + most.toNanos();
    while (!window.admits(record)) {
      long millis = TimeUnit.NANOSECONDS.toMillis(deadline - nanoClock.getAsLong());
      if (millis <= 0) {
        return false;
      }
      wait(millis);
    }
    return true;
  }

  /** Adds the next chunk; returns whether its blocks are whole already. */
  synchronized boolean add(ChunkRecord record, BitSet blocks) {
    boolean whole = window.add(record, blocks);
    notifyAll();
    return whole;
  }

  /** Notes that no chunk will be added. */
  synchronized void close() {
    window.close();
    notifyAll();
  }

  /** Removes a chunk that is in the manifest. */
  synchronized void remove(long number) {
    window.remove(number);
    notifyAll();
  }

  /** Returns how many bytes of a claim are still wanted. */
  synchronized long left(Claim claim) {
    return claim.left();
  }

  /** Notes bytes that are in the part. */
  synchronized PullWindow.Written written(Claim claim, long bytes) {
    return window.written(claim, bytes);
  }

  /** Gives the rest of a claim back. */
  synchronized void giveBack(Claim claim) {
    window.giveBack(claim);
    notifyAll();
  }

  /** Returns whether a claim is void because its chunk is fetched again. */
  synchronized boolean dropped(Claim claim) {
    return claim.dropped();
  }

  /** Returns how often a chunk was dropped; see {@link PullWindow#losses}. */
  synchronized int losses(long number) {
    return window.losses(number);
  }

  /** Forgets all bytes of a chunk; returns how many are lost by that. */
  synchronized long drop(ChunkRecord now) {
    long lost = window.drop(now);
    notifyAll();
    return lost;
  }
}

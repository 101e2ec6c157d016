package io.longhaul.packaging.chaos;

import io.longhaul.packaging.site.Keystream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * One transfer with faults spread evenly over its stream.
 *
 * @param seed decides which faults come, in which order, and how long they last
 * @param bytesPerSecond what the link carries
 */
public record ChaosRun(long seed, int faults, Keystream stream, long bytesPerSecond) {
  /*
   * Both spools may hold what is left of the stream; then the source and the send pump are gone. The
   * rest is for what the link carries until a fault that is due is there.
   */
  private static final long AFTER_LAST_FAULT = 64L << 20;

  /** Runs the transfer to its end. */
  public Toll run() throws Exception {
    var random = new Random(seed);
    try (var victim = new Victim(stream, bytesPerSecond)) {
      List<Fault> possible =
          Arrays.stream(Fault.values()).filter(fault -> fault.isPossible(victim)).toList();
      var toll = new Toll(faults, stream.bytes(), possible);
      long apart = Math.max(0, stream.bytes() - AFTER_LAST_FAULT) / (faults + 1);
      int number = 0;
      for (Fault fault : draw(possible, random)) {
        number++;
        if (!victim.awaitFed(apart * number)) {
          break;
        }
        long began = System.nanoTime();
        fault.strike(victim, random);
        boolean goesOn = victim.awaitProgress();
        Duration lost = Duration.ofNanos(System.nanoTime() - began);
        System.err.printf("%4d  %-24s %6.1f s%n", number, fault.text(), lost.toMillis() / 1e3);
        if (!goesOn) {
          break;
        }
        toll.add(fault, lost);
        if (!victim.pipesAreWhole()) {
          toll.wrong("the source or the sink was started again after fault " + number);
        }
      }
      victim.verdict().forEach(toll::wrong);
      toll.carried(victim.link().carriedBytes());
      return toll;
    }
  }

  /** Returns each possible kind of fault in turn, in an order of chance. */
  private List<Fault> draw(List<Fault> possible, Random random) {
    List<Fault> drawn = new ArrayList<>();
    while (drawn.size() < faults) {
      List<Fault> round = new ArrayList<>(possible);
      Collections.shuffle(round, random);
      drawn.addAll(round);
    }
    return drawn.subList(0, faults);
  }
}

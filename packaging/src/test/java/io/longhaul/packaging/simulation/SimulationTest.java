package io.longhaul.packaging.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import okio.AsyncTimeout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs many schedules of faults; each is decided by its seed alone. */
@ExtendWith(Quiet.class)
class SimulationTest {
  private static final String SEED = "longhaul.simulation.seed";
  private static final int SCHEDULES = Integer.getInteger("longhaul.simulation.schedules", 5000);
  private static final int MOST_TOLD = 3;
  private static final int COMPARED = 30;
  private static final Duration IN_THE_MIDDLE = Duration.ofMillis(1080);
  private static final Duration DAY = Duration.ofDays(1);

  @Test
  void whatMustHoldHoldsUnderAllFaults() {
    Long alone = Long.getLong(SEED);
    long from = alone == null ? 1 : alone;
    long to = alone == null ? SCHEDULES : alone;
    Queue<Long> failed = new ConcurrentLinkedQueue<>();
    AtomicInteger delivered = new AtomicInteger();
    long began = System.nanoTime();
    LongStream.rangeClosed(from, to)
        .filter(_ -> failed.size() < MOST_TOLD)
        .forEach(seed -> {
          World world = new World(seed, Set.of(), false);
          if (!world.run().isEmpty()) {
            failed.add(seed);
          }
          delivered.addAndGet(world.judge().isDelivered() ? 1 : 0);
        });
    double seconds = (System.nanoTime() - began) / 1e9;
    Quiet.say(
        "%d schedules in %.1f s, %d delivered".formatted(to - from + 1, seconds, delivered.get()));
    if (alone != null) {
      Quiet.say(told(alone));
    }
    assertThat(failed.stream().sorted().map(SimulationTest::told)).isEmpty();
  }

  /** It does so beside threads of others, which share the lock of OkHttp's time limits. */
  @Test
  void aSeedDecidesAll() throws Exception {
    Thread outsider = Thread.ofPlatform().start(SimulationTest::limitTimes);
    try {
      for (long seed = 1; seed <= COMPARED; seed++) {
        assertThat(trace(seed)).as("seed %d", seed).isEqualTo(trace(seed));
      }
    } finally {
      outsider.interrupt();
      outsider.join();
    }
  }

  private static List<String> trace(long seed) {
    World world = new World(seed, Set.of(), true);
    world.run();
    return world.trace();
  }

  private static void limitTimes() {
    while (!Thread.currentThread().isInterrupted()) {
      AsyncTimeout limit = new AsyncTimeout();
      limit.timeout(1, TimeUnit.SECONDS);
      limit.enter();
      boolean _ = limit.exit();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 3})
  void aDayWithoutNetworkCostsNothing(long seed) {
    World world = new World(seed, Set.of(), true);
    world.cut(IN_THE_MIDDLE, DAY);
    assertThat(world.run()).as("%s", world.trace()).isEmpty();
    assertThat(world.nanos()).isGreaterThan(DAY.toNanos());
    assertThat(world.judge().isDelivered()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void aPlantedFaultIsCaught(Planted fault) {
    for (long seed = 1; seed <= SCHEDULES; seed++) {
      List<String> found = new World(seed, EnumSet.of(fault), false).run();
      if (!found.isEmpty()) {
        Quiet.say("%s is caught by seed %d: %s".formatted(fault, seed, found.getFirst()));
        return;
      }
    }
    assertThat(fault).as("caught by no seed").isNull();
  }

  private static String told(long seed) {
    World world = new World(seed, Set.of(), true);
    List<String> violations = world.run();
    return """
    seed %d: %s
    Run it again: ./mvnw -pl packaging -am test -Dtest=SimulationTest#whatMustHoldHoldsUnderAllFaults \
    -Dsurefire.failIfNoSpecifiedTests=false -D%s=%d
    %s
    """
        .formatted(seed, violations, SEED, seed, String.join("\n", world.trace()));
  }
}

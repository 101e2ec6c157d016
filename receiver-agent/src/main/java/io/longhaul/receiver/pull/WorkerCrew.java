package io.longhaul.receiver.pull;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps as many workers as the {@link ConnectionTuner} finds worth while. */
final class WorkerCrew {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerCrew.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);

  private final PullTasks tasks;
  private final SharedWindow window;
  private final PeerGate gate;
  private final PullCount count;
  private final PullClock clock;
  private final Supplier<ChunkWorker> workers;
  private final ConnectionTuner tuner;

  /* Places from 0; a worker goes when its place is not wanted any more. */
  private final Set<Integer> taken = ConcurrentHashMap.newKeySet();
  private volatile int wanted;

  /**
   * Creates a crew.
   *
   * @param most the most connections
   * @param workers makes a worker
   */
  WorkerCrew(
      PullTasks tasks,
      SharedWindow window,
      PeerGate gate,
      PullCount count,
      PullClock clock,
      int most,
      Supplier<ChunkWorker> workers) {
    this.tasks = tasks;
    this.window = window;
    this.gate = gate;
    this.count = count;
    this.clock = clock;
    this.workers = workers;
    this.tuner = new ConnectionTuner(most, clock.now());
  }

  /** Starts workers, and more or fewer of them as it turns out; ends by interrupt. */
  void lead() throws InterruptedException {
    boolean calm = false;
    while (true) {
      resize();
      clock.sleeper().sleep(LOOK_EVERY);
      boolean starved = window.wasStarved();
      boolean untroubled = gate.isUntroubled();
      tuner.look(
          clock.now(),
          count.fetchedBytes(),
          calm && untroubled && !starved && taken.size() == wanted,
          count.roundTrip());
      calm = untroubled;
    }
  }

  private void resize() {
    if (wanted != tuner.connections()) {
      LOG.atInfo()
          .addKeyValue("from", wanted)
          .addKeyValue("to", tuner.connections())
          .log("number of connections");
      wanted = tuner.connections();
      window.wake();
    }
    for (int place = 0; place < wanted; place++) {
      if (taken.add(place)) {
        start(place);
      }
    }
  }

  private void start(int place) {
    tasks.start(() -> {
      count.connections(1);
      try {
        workers.get().work(() -> place < wanted);
      } finally {
        count.connections(-1);
        taken.remove(place);
      }
    });
  }
}

package io.longhaul.coordinator.daemon;

import io.longhaul.coordinator.drive.Sides;
import io.longhaul.coordinator.job.Job;
import io.longhaul.coordinator.job.StateDirectory;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs all jobs until its thread is interrupted. Streams that run then go on without it. */
public final class Daemon {
  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final StateDirectory state;
  private final List<JobLoop> loops;

  /**
   * Prepares to run jobs.
   *
   * @param state where they are remembered; claimed by us
   * @param sides makes the sides for a run that starts at a moment
   */
  public Daemon(
      List<Job> jobs,
      StateDirectory state,
      BiFunction<Job, Instant, Sides> sides,
      InstantSource clock) {
    this.state = state;
    this.loops = jobs.stream().map(job -> new JobLoop(job, state, sides, clock)).toList();
  }

  /**
   * Runs the jobs.
   *
   * @throws IOException if what is remembered cannot be read or written
   */
  public void run() throws InterruptedException, IOException {
    LOG.atInfo()
        .addKeyValue("jobs", loops.size())
        .addKeyValue("state", state.root())
        .log("started");
    var threads = Executors.newVirtualThreadPerTaskExecutor();
    try (threads) {
      CompletionService<Void> ended = new ExecutorCompletionService<>(threads);
      for (JobLoop loop : loops) {
        ended.submit(() -> {
          loop.run();
          return null;
        });
      }
      try {
        watch(ended);
      } finally {
        threads.shutdownNow();
      }
    }
  }

  private void watch(CompletionService<Void> ended) throws InterruptedException, IOException {
    while (true) {
      Future<Void> broken = ended.poll(LOOK.toNanos(), TimeUnit.NANOSECONDS);
      if (broken != null) {
        throw unforeseen(broken);
      }
      for (JobLoop loop : loops) {
        if (state.takeWakeUp(loop.name())) {
          loop.wakeUp();
        }
      }
    }
  }

  private static IOException unforeseen(Future<Void> broken) throws InterruptedException {
    try {
      broken.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        return io;
      }
      throw new IllegalStateException("a job ended in an unforeseen way", e.getCause());
    }
    throw new IllegalStateException("a job ended by itself");
  }
}

package io.longhaul.coordinator.daemon;

import io.longhaul.coordinator.drive.Driver;
import io.longhaul.coordinator.drive.Sides;
import io.longhaul.coordinator.drive.Standing;
import io.longhaul.coordinator.job.Job;
import io.longhaul.coordinator.job.JobMemory;
import io.longhaul.coordinator.job.StateDirectory;
import io.longhaul.protocol.pipe.Command;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Runs one job whenever it is time, one run at a time, until its thread is interrupted. */
final class JobLoop {
  private static final Logger LOG = LoggerFactory.getLogger(JobLoop.class);

  /* What is forgotten when the power fails: how far the run that then goes on had come. */
  private static final Duration WRITTEN_EVERY = Duration.ofSeconds(5);

  /* A machine that was suspended, or whose clock was set, is noticed after so long. */
  private static final Duration LOOK = Duration.ofSeconds(20);

  private final Job job;
  private final StateDirectory state;
  private final BiFunction<Job, Instant, Sides> sides;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean wanted;
  private @Nullable Driver running;

  /**
   * Prepares to run a job.
   *
   * @param sides makes the sides for a run that starts at a moment
   */
  JobLoop(
      Job job, StateDirectory state, BiFunction<Job, Instant, Sides> sides, InstantSource clock) {
    this.job = job;
    this.state = state;
    this.sides = sides;
    this.clock = clock;
  }

  String name() {
    return job.name();
  }

  /** Ends the waiting of a run, or starts one if none is going on. Thread-safe. */
  void wakeUp() {
    lock.lock();
    try {
      if (running != null) {
        running.wakeUp();
      } else {
        wanted = true;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Runs the job whenever it is time. */
  void run() throws InterruptedException, IOException {
    JobMemory memory = known();
    while (true) {
      awaitTurn(memory);
      memory = runOnce(memory);
    }
  }

  private JobMemory known() throws IOException {
    Optional<JobMemory> known = state.read(job.name());
    if (known.isPresent()) {
      return known.get();
    }
    JobMemory fresh = JobMemory.fresh(clock.instant());
    remember(fresh);
    return fresh;
  }

  /* A full disk here is no reason to stop replicating. What is lost is asked of the agents and ZFS again. */
  private void remember(JobMemory memory) {
    try {
      state.write(job.name(), memory);
    } catch (IOException e) {
      LOG.atError()
          .addKeyValue("job", job.name())
          .log("how it stands cannot be written, so status may show what was: " + e);
    }
  }

  private void awaitTurn(JobMemory memory) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!wanted) {
        Instant now = clock.instant();
        Optional<Instant> due = due(memory, now);
        if (due.isPresent() && !due.get().isAfter(now)) {
          return;
        }
        Duration left = due.map(at -> Duration.between(now, at)).orElse(LOOK);
        var _ = changed.awaitNanos(Math.min(LOOK.toNanos(), left.toNanos()));
      }
    } finally {
      wanted = false;
      lock.unlock();
    }
  }

  private Optional<Instant> due(JobMemory memory, Instant now) {
    return job.schedule().isPresent()
        ? Optional.of(job.schedule().get().due(memory.lastRun(), now))
        : Optional.of(now).filter(_ -> memory.running());
  }

  private JobMemory runOnce(JobMemory before) throws InterruptedException {
    var run = new Run(before.starting(clock.instant()));
    remember(run.memory);
    LOG.atInfo()
        .addKeyValue("job", job.name())
        .log(before.running() ? "goes on with a run that was interrupted" : "starts");
    Optional<String> refused = hook("before", job.hooks().before(), Map.of());
    if (refused.isPresent()) {
      LOG.atError().addKeyValue("job", job.name()).log(refused.get());
      run.memory = run.memory.failed(refused.get(), clock.instant());
    } else {
      driveWhateverHappens(run);
    }
    JobMemory after = run.memory.ended(clock.instant());
    remember(after);
    boolean good = after.good(clock.instant());
    LOG.atLevel(good ? Level.INFO : Level.WARN)
        .addKeyValue("job", job.name())
        .addKeyValue("datasets", after.datasets().size())
        .addKeyValue("streams", after.streamsDone())
        .addKeyValue("bytes", after.bytes())
        .addKeyValue("troubled", after.troubled().size())
        .log(good ? "done" : "ended, and not all is done");
    hook("after", job.hooks().after(), Map.of("LONGHAUL_RESULT", good ? "done" : "failed"))
        .ifPresent(why -> LOG.atWarn().addKeyValue("job", job.name()).log(why));
    return after;
  }

  /* A fault of ours in one job is no reason to stop the others. */
  private void driveWhateverHappens(Run run) throws InterruptedException {
    try {
      drive(run);
    } catch (RuntimeException e) {
      LOG.atError().addKeyValue("job", job.name()).setCause(e).log("a fault of the coordinator");
      run.memory =
          run.memory.failed("a fault of the coordinator, see its log: " + e, clock.instant());
    }
  }

  private void drive(Run run) throws InterruptedException {
    var driver =
        new Driver(
            job::plan,
            job::wants,
            sides.apply(job, run.memory.started().orElseThrow()),
            job.pace(),
            run,
            System::nanoTime,
            () -> ThreadLocalRandom.current().nextDouble());
    set(driver);
    try {
      run.memory = run.memory.with(driver.run(), clock.instant());
    } finally {
      set(null);
    }
  }

  private void set(@Nullable Driver driver) {
    lock.lock();
    try {
      running = driver;
    } finally {
      lock.unlock();
    }
  }

  private Optional<String> hook(String which, List<String> command, Map<String, String> also)
      throws InterruptedException {
    if (command.isEmpty()) {
      return Optional.empty();
    }
    var environment = new HashMap<String, String>(also);
    environment.put("LONGHAUL_JOB", job.name());
    environment.put("LONGHAUL_SOURCE", job.source() + ":" + job.sourceRoot());
    environment.put("LONGHAUL_TARGET", job.target() + ":" + job.targetRoot());
    return new Hook(
            new Command(new ArrayList<>(command), environment),
            state.hookLog(job.name(), which),
            job.hooks().timeout())
        .run();
  }

  /** Writes down how a run stands. */
  private final class Run implements Driver.Listener {
    private JobMemory memory;
    private long writtenNanos = System.nanoTime();

    Run(JobMemory memory) {
      this.memory = memory;
    }

    @Override
    public void said(String line) {
      LOG.atInfo().addKeyValue("job", job.name()).log(line);
    }

    @Override
    public void stands(Standing standing) {
      memory = memory.with(standing, clock.instant());
      if (System.nanoTime() - writtenNanos >= WRITTEN_EVERY.toNanos()) {
        remember(memory);
        writtenNanos = System.nanoTime();
      }
    }
  }
}

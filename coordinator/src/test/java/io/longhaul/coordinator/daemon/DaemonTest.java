package io.longhaul.coordinator.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.coordinator.drive.Sides;
import io.longhaul.coordinator.job.Job;
import io.longhaul.coordinator.job.JobConfig;
import io.longhaul.coordinator.job.JobMemory;
import io.longhaul.coordinator.job.StateDirectory;
import io.longhaul.coordinator.plan.ModelSides;
import io.longhaul.coordinator.plan.Step;
import io.longhaul.coordinator.testing.TestJobs;
import io.longhaul.protocol.config.TimeSpan;
import io.longhaul.protocol.pipe.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

  @TempDir Path directory;

  private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
  private final AtomicInteger runs = new AtomicInteger();
  private StateDirectory state;
  private StateDirectory.Claim claim;

  @SuppressWarnings("NullAway.Init") // before each test
  DaemonTest() {}

  @BeforeEach
  void claim() throws Exception {
    state = new StateDirectory(directory);
    claim = state.claim().orElseThrow();
  }

  @AfterEach
  void letGo() throws IOException {
    claim.close();
  }

  private static Job job(Optional<JobConfig.Times> times, Optional<JobConfig.Hooks> hooks) {
    return TestJobs.job("office:tank/a", "vault:vault/backup/a", times, hooks);
  }

  private static Optional<JobConfig.Times> every(String span) {
    return Optional.of(
        new JobConfig.Times(Optional.of(TimeSpan.parse(span)), Optional.empty(), Optional.empty()));
  }

  private static Optional<JobConfig.Times> cron(String line) {
    return Optional.of(
        new JobConfig.Times(Optional.empty(), Optional.of(line), Optional.of("UTC")));
  }

  private Thread start(Job job, Sides sides) {
    var daemon =
        new Daemon(
            List.of(job),
            state,
            (_, _) -> {
              runs.incrementAndGet();
              return sides;
            },
            (InstantSource) now::get);
    return Thread.ofVirtual()
        .start(() -> {
          try {
            daemon.run();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  private static void end(Thread daemon) throws InterruptedException {
    daemon.interrupt();
    assertThat(daemon.join(PATIENCE)).isTrue();
  }

  private JobMemory await(Predicate<JobMemory> wanted) throws Exception {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Optional<JobMemory> memory = state.read("a").filter(wanted);
      if (memory.isPresent()) {
        return memory.get();
      }
      assertThat(System.nanoTime()).as("still " + state.read("a")).isLessThan(until);
      new Semaphore(0).tryAcquire(20, TimeUnit.MILLISECONDS);
    }
  }

  @Test
  void aJobRunsAtOnceAndThenWhenItIsTimeAgain() throws Exception {
    Thread daemon = start(job(every("1h"), Optional.empty()), new ModelSides(3, 40));
    JobMemory first = await(memory -> memory.ended().isPresent());
    assertThat(first.started()).contains(NOON);
    assertThat(first.datasets()).isNotEmpty();
    end(daemon);

    now.set(NOON.plus(Duration.ofMinutes(59)));
    daemon = start(job(every("1h"), Optional.empty()), new ModelSides(3, 40));
    state.askToWakeUp("a"); // shows that it is there; nothing else makes it run yet
    JobMemory woken = await(memory -> memory.ended().isPresent() && !memory.equals(first));
    assertThat(woken.started()).contains(NOON.plus(Duration.ofMinutes(59)));
    assertThat(runs).hasValue(2);
    end(daemon);

    now.set(NOON.plus(Duration.ofHours(30)));
    daemon = start(job(every("1h"), Optional.empty()), new ModelSides(3, 40));
    await(memory -> memory.ended().equals(Optional.of(NOON.plus(Duration.ofHours(30)))));
    assertThat(runs).as("29 missed runs are made up once").hasValue(3);
    end(daemon);
  }

  @Test
  void aRunThatWasInterruptedGoesOnAtOnce() throws Exception {
    now.set(NOON);
    var begun = new CountDownLatch(1);
    Sides stuck =
        new ModelSides(3, 40) {
          @Override
          public void stream(Step.Replicate stream, Meter meter) throws InterruptedException {
            begun.countDown();
            new CountDownLatch(1).await();
          }
        };
    Job daily = job(cron("0 2 * * *"), Optional.empty());
    Thread daemon = start(daily, stuck);
    state.askToWakeUp("a");
    begun.await();
    end(daemon);
    assertThat(state.read("a").orElseThrow().running()).isTrue();

    now.set(NOON.plusSeconds(60));
    daemon = start(daily, new ModelSides(3, 40));
    JobMemory done = await(memory -> memory.ended().isPresent());
    assertThat(done.started()).contains(NOON.plusSeconds(60));
    end(daemon);
  }

  @Test
  void aHookThatFailsKeepsTheRunFromHappening() throws Exception {
    Path told = directory.resolve("told");
    var hooks =
        new JobConfig.Hooks(
            Optional.of(List.of("sh", "-c", "echo not now; exit 3")),
            Optional.of(List.of("sh", "-c", "echo $LONGHAUL_JOB $LONGHAUL_RESULT > " + told)),
            Optional.empty());
    Thread daemon = start(job(every("1h"), Optional.of(hooks)), new ModelSides(3, 40));
    JobMemory memory = await(it -> it.ended().isPresent());
    assertThat(memory.good(NOON)).isFalse();
    assertThat(memory.problem().orElseThrow()).contains("exited with 3", "a.before.log");
    assertThat(runs).hasValue(0);
    awaitText(told, "a failed\n");
    end(daemon);
  }

  @Test
  void aStateThatCannotBeWrittenStopsNothing() throws Exception {
    Path told = directory.resolve("told");
    var hooks =
        new JobConfig.Hooks(
            Optional.of(List.of("sh", "-c", "rm a.json && mkdir -p a.json/in-the-way")),
            Optional.of(List.of("sh", "-c", "echo $LONGHAUL_RESULT > told; rm -r a.json")),
            Optional.empty());
    Thread daemon = start(job(every("1h"), Optional.of(inDirectory(hooks))), new ModelSides(3, 40));
    awaitText(told, "failed\n"); // the model has conflicts
    Files.delete(told);
    state.askToWakeUp("a");
    awaitText(told, "failed\n");
    assertThat(runs).hasValue(2);
    end(daemon);
  }

  private JobConfig.Hooks inDirectory(JobConfig.Hooks hooks) {
    return new JobConfig.Hooks(
        hooks.before().map(this::inDirectory),
        hooks.after().map(this::inDirectory),
        hooks.timeout());
  }

  private List<String> inDirectory(List<String> command) {
    return List.of("sh", "-c", "cd " + directory + " && { " + command.getLast() + "; }");
  }

  private static void awaitText(Path file, String text) throws Exception {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.exists(file) || !text(file).equals(text)) {
      assertThat(System.nanoTime()).as("no " + file).isLessThan(until);
      new Semaphore(0).tryAcquire(20, TimeUnit.MILLISECONDS);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aHookThatTakesTooLongIsEndedWithAllItHasStarted() throws Exception {
    var hook =
        new Hook(
            Command.of(List.of("sh", "-c", "sleep 1000 & sleep 1000")),
            directory.resolve("log"),
            Duration.ofMillis(300));
    assertThat(hook.run().orElseThrow()).contains("took longer than 300ms");
  }
}

package io.longhaul.coordinator.drive;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.longhaul.coordinator.plan.Conflict;
import io.longhaul.coordinator.plan.PairPlan;
import io.longhaul.coordinator.plan.Side;
import io.longhaul.coordinator.plan.Step;
import io.longhaul.coordinator.plan.TreePlan;
import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.Version;
import io.longhaul.protocol.zfs.ZfsChange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Runs a job once, from the first look to the last dataset. What is decided is decided by {@link
 * Agenda} in the thread of {@link #run}; tasks only tell what came of them.
 */
public final class Driver {
  private static final Duration TICK = Duration.ofSeconds(1);

  /* Each costs a process at the source. A run that is done before needs none. */
  private static final Duration ESTIMATES_AFTER = Duration.ofSeconds(10);

  /* Shared by all runs of a process: what a stream will bring does not change. */
  private static final Cache<String, Long> ESTIMATES =
      Caffeine.newBuilder().maximumSize(20_000).expireAfterAccess(Duration.ofHours(12)).build();

  /** What a run depends on, beside its sides. */
  public interface Listener {
    /** Hears what happens, in words for the log. */
    void said(String line);

    /** Hears how the run stands, about once a second and at its end. */
    void stands(Standing standing);
  }

  private final Function<Facts, TreePlan> planner;
  private final Sides sides;
  private final Agenda agenda;
  private final Listener listener;
  private final LongSupplier nanos;
  private final Semaphore estimates;
  private final Predicate<Version> wanted;
  private final Progress progress = new Progress();
  private final LinkedBlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
  private final Map<DatasetName, Standing.Lag> lags = new HashMap<>();
  private boolean askedForRunning; // and nothing has failed since
  private OptionalLong estimateAtNanos = OptionalLong.empty();

  /**
   * Prepares a run.
   *
   * @param planner decides what is to be done; throws {@link IllegalArgumentException} if a person
   *     has to change something first
   * @param wanted which snapshots the target should have, the newest of them at least
   * @param nanos {@link System#nanoTime}
   * @param random in [0, 1)
   */
  public Driver(
      Function<Facts, TreePlan> planner,
      Predicate<Version> wanted,
      Sides sides,
      Pace pace,
      Listener listener,
      LongSupplier nanos,
      DoubleSupplier random) {
    this.planner = planner;
    this.wanted = wanted;
    this.sides = sides;
    this.agenda = new Agenda(pace, random);
    this.listener = listener;
    this.nanos = nanos;
    this.estimates = new Semaphore(pace.estimates());
  }

  /** Ends all waiting; may be called from any thread. */
  public void wakeUp() {
    events.add(() -> agenda.wakeUp(nanos.getAsLong()));
  }

  /**
   * Runs to the end. An interrupt ends the run, and none of its streams: the next one goes on with
   * them.
   */
  public Standing run() throws InterruptedException {
    ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
    try (tasks) {
      try {
        long shown = nanos.getAsLong();
        while (true) {
          for (Agenda.Task task : agenda.next(nanos.getAsLong())) {
            start(task, tasks);
          }
          if (agenda.over()) {
            Standing end = standing();
            listener.stands(end);
            return end;
          }
          Runnable event = events.poll(pause().toNanos(), TimeUnit.NANOSECONDS);
          if (event != null) {
            event.run();
          }
          if (nanos.getAsLong() - shown >= TICK.toNanos()) {
            shown = nanos.getAsLong();
            estimateIfItIsTime(tasks);
            listener.stands(standing());
          }
        }
      } finally {
        tasks.shutdownNow();
      }
    }
  }

  private Duration pause() {
    OptionalLong due = agenda.dueNanos();
    if (due.isEmpty()) {
      return TICK;
    }
    long nanosLeft = Math.max(0, due.getAsLong() - nanos.getAsLong());
    return Duration.ofNanos(Math.min(nanosLeft, TICK.toNanos()));
  }

  private void start(Agenda.Task task, ExecutorService tasks) {
    switch (task) {
      case Agenda.Task.Plan() -> {
        boolean ask = !askedForRunning;
        askedForRunning = true;
        submit(tasks, () -> look(ask, tasks), this::planFailed);
      }
      case Agenda.Task.Do(DatasetName target, Move move) ->
          submit(
              tasks,
              () -> {
                carryOut(move);
                return () -> {
                  move.stream().ifPresent(stream -> arrived(target, stream));
                  agenda.done(target);
                };
              },
              trouble -> failed(target, trouble));
    }
  }

  private interface Attempt {
    /** Returns what is to happen then, in the thread of the run. */
    Runnable make() throws Trouble, InterruptedException;
  }

  private interface Regret {
    void hear(Trouble trouble);
  }

  private void submit(ExecutorService tasks, Attempt attempt, Regret regret) {
    tasks.execute(() -> {
      try {
        events.add(attempt.make());
      } catch (Trouble trouble) {
        events.add(() -> regret.hear(trouble));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // the run is over
      } catch (RuntimeException e) {
        events.add(() -> {
          throw e; // in the thread of the run
        });
      }
    });
  }

  private Runnable look(boolean askForRunning, ExecutorService tasks)
      throws Trouble, InterruptedException {
    List<Sides.Running> running = askForRunning ? sides.running() : List.of();
    Facts facts = sides.look();
    TreePlan plan = plan(facts);
    return () -> {
      running.forEach(stream -> adopt(stream, tasks));
      agenda.planned(plan).forEach(this::sayWhatMatters);
      compare(facts, plan);
      progress.planned(agenda.streams());
      estimateAtNanos = OptionalLong.of(nanos.getAsLong() + ESTIMATES_AFTER.toNanos());
    };
  }

  private TreePlan plan(Facts facts) throws Trouble {
    try {
      return planner.apply(facts);
    } catch (IllegalArgumentException e) {
      throw Trouble.ofDataset(Trouble.Cure.PERSON, String.valueOf(e.getMessage()));
    }
  }

  private void adopt(Sides.Running stream, ExecutorService tasks) {
    if (!agenda.adopt(stream.target())) {
      return; // it is being done
    }
    listener.said(stream.target() + ": a stream that was begun before still runs; waiting for it");
    Progress.Key key = Progress.Key.of(stream);
    progress.adopted(key);
    submit(
        tasks,
        () -> {
          stream.await((bytes, expected, silent) -> progress.moved(key, bytes, expected, silent));
          return () -> {
            progress.ended(key);
            agenda.done(stream.target());
          };
        },
        trouble -> {
          progress.brokeOff(key);
          failed(stream.target(), trouble);
        });
  }

  private void sayWhatMatters(TreePlan.Item item) {
    switch (item.plan()) {
      case PairPlan.Stopped(Conflict conflict) ->
          listener.said(item.target() + ": " + conflict.code() + ": " + conflict.message());
      case PairPlan.Go(List<Step> steps) -> {
        for (Step step : steps) {
          if (step instanceof Step.Change(Side _, ZfsChange.AbortReceive drop)) {
            listener.said(item.target() + ": dropping the interrupted receive: " + drop.why());
          }
        }
      }
    }
  }

  private void compare(Facts facts, TreePlan plan) {
    var sources = new HashMap<DatasetName, Dataset>();
    facts.sources().forEach(dataset -> sources.put(dataset.name(), dataset));
    var targets = new HashMap<DatasetName, Dataset>();
    facts.targets().forEach(dataset -> targets.put(dataset.name(), dataset));
    for (TreePlan.Item item : plan.items()) {
      Optional<Version> newest = item.source().map(sources::get).flatMap(this::newest);
      newest.ifPresent(version ->
          lags.put(
              item.target(),
              Standing.Lag.of(
                  version, Optional.ofNullable(targets.get(item.target())).flatMap(this::newest))));
    }
  }

  private Optional<Version> newest(Dataset dataset) {
    return dataset.snapshots().reversed().stream().filter(wanted).findFirst();
  }

  private void arrived(DatasetName target, Step.Replicate stream) {
    progress.ended(Progress.Key.of(stream));
    lags.computeIfPresent(target, (_, lag) -> lag.with(stream.brings().getLast()));
    listener.said("%s: has %s now".formatted(target, target.at(stream.brings().getLast().name())));
  }

  private void planFailed(Trouble trouble) {
    askedForRunning = false;
    listener.said("planning failed: " + agenda.planFailed(trouble, nanos.getAsLong()));
  }

  private void failed(DatasetName target, Trouble trouble) {
    listener.said(target + ": " + agenda.failed(target, trouble, nanos.getAsLong()));
    askedForRunning = false; // what was thought to have failed may run
    progress.planned(agenda.streams());
  }

  private void estimateIfItIsTime(ExecutorService tasks) {
    if (estimateAtNanos.isPresent() && nanos.getAsLong() - estimateAtNanos.getAsLong() >= 0) {
      estimateAtNanos = OptionalLong.empty();
      agenda.streams().forEach(stream -> estimate(stream, tasks));
    }
  }

  private void estimate(Step.Replicate stream, ExecutorService tasks) {
    String key = stream.send() + " " + stream.brings().getLast().guid();
    Long known = ESTIMATES.getIfPresent(key);
    if (known != null) {
      progress.estimated(Progress.Key.of(stream), OptionalLong.of(known));
      return;
    }
    submit(
        tasks,
        () -> {
          estimates.acquire();
          try {
            OptionalLong bytes = sides.estimate(stream);
            return () -> {
              progress.estimated(Progress.Key.of(stream), bytes);
              bytes.ifPresent(it -> ESTIMATES.put(key, it));
            };
          } finally {
            estimates.release();
          }
        },
        _ -> {}); // it only costs the estimate
  }

  private void carryOut(Move move) throws Trouble, InterruptedException {
    var changes = new ArrayList<ZfsChange>();
    Side side = Side.SOURCE;
    for (Step step : move.steps()) {
      switch (step) {
        case Step.Replicate stream -> {
          change(side, changes);
          Progress.Key key = Progress.Key.of(stream);
          sides.stream(
              stream, (bytes, expected, silent) -> progress.moved(key, bytes, expected, silent));
        }
        case Step.Change(Side where, ZfsChange change) -> {
          if (where != side) {
            change(side, changes);
            side = where;
          }
          changes.add(change);
        }
      }
    }
    change(side, changes);
  }

  private void change(Side side, List<ZfsChange> changes) throws Trouble, InterruptedException {
    if (!changes.isEmpty()) {
      sides.change(side, List.copyOf(changes));
      changes.clear();
    }
  }

  private Standing standing() {
    Progress.Sum sum = progress.sum();
    return new Standing(
        agenda.outcomes(nanos.getAsLong()),
        Map.copyOf(lags),
        sum.streams(),
        sum.streamsDone(),
        sum.bytes(),
        sum.expectedBytes(),
        sum.unknown(),
        agenda.away().or(progress::silent),
        agenda.fatal());
  }
}

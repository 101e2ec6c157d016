package io.longhaul.coordinator.drive;

import io.longhaul.coordinator.plan.Conflict;
import io.longhaul.coordinator.plan.PairPlan;
import io.longhaul.coordinator.plan.Side;
import io.longhaul.coordinator.plan.Step;
import io.longhaul.coordinator.plan.TreePlan;
import io.longhaul.protocol.config.TimeSpan;
import io.longhaul.protocol.retry.Backoff;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.ResumeToken;
import io.longhaul.protocol.zfs.ZfsChange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;

/*
 * A dataset is never retried from the middle of its plan: whatever failed may have been done, so both sides
 * are looked at and its plan is made anew. The whole tree is looked at, because that costs no more than one
 * dataset; only those whose turn it is take their new plan.
 */

/**
 * Decides what a run does next. It has no threads and no clock: somebody asks it for tasks, and
 * tells it what came of them. One broken dataset never stops another; an agent that does not answer
 * is asked by one task at a time, however many datasets wait for it. Used by one thread.
 */
final class Agenda {
  private static final Backoff DATASET =
      new Backoff(Duration.ofSeconds(4), Duration.ofMinutes(10), Duration.ofSeconds(1));
  private static final Backoff PEER =
      new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(60), Duration.ofSeconds(1));
  private static final int MOST_KNOTS = 3;
  private static final Comparator<Work> ORDER =
      Comparator.<Work>comparingInt(work -> work.failures)
          .thenComparing(work -> work.moves.getFirst().age())
          .thenComparing(work -> work.target.name());

  /** What is to be done now. */
  sealed interface Task {
    /** To look at both sides and plan; {@link #planned} or {@link #planFailed} follows. */
    record Plan() implements Task {}

    /** To do something for a dataset; {@link #done} or {@link #failed} follows. */
    record Do(DatasetName target, Move move) implements Task {}
  }

  private enum Stage {
    UNPLANNED,
    BEING_PLANNED,
    READY,
    RUNNING,
    WAITING,
    DONE,
    STOPPED
  }

  private static final class Work {
    final DatasetName target;
    Optional<DatasetName> source = Optional.empty();
    Set<DatasetName> after = Set.of();
    List<Move> moves = List.of();
    Stage stage = Stage.UNPLANNED;
    long dueNanos; // while it is WAITING
    int failures;
    int heals;
    boolean planAfter; // when its moves are done
    boolean standsIn; // its placeholder is there, although it is stopped
    Optional<ResumeToken> suspect = Optional.empty(); // failed for no reason that was told
    Outcome.State end = Outcome.State.DONE;
    Optional<Conflict> conflict = Optional.empty();
    Optional<String> code = Optional.empty();
    Optional<String> message = Optional.empty();

    Work(DatasetName target) {
      this.target = target;
    }

    void stop(Outcome.State end, String code, String message) {
      stage = Stage.STOPPED;
      moves = List.of();
      this.end = end;
      this.code = Optional.of(code);
      this.message = Optional.of(message);
    }

    boolean over() {
      return stage == Stage.DONE || stage == Stage.STOPPED;
    }
  }

  private record Away(long sinceNanos, long dueNanos, int failures, String why) {}

  private final Pace pace;
  private final DoubleSupplier random;
  private final Map<DatasetName, Work> works =
      new TreeMap<>(Comparator.comparing(DatasetName::name));
  private boolean looked;
  private boolean planning;
  private int running;
  private int knots;
  private Optional<Away> away = Optional.empty();
  private Optional<Standing.Fatal> fatal = Optional.empty();

  /**
   * Begins a run.
   *
   * @param random in [0, 1)
   */
  Agenda(Pace pace, DoubleSupplier random) {
    this.pace = pace;
    this.random = random;
  }

  /**
   * Says that a stream to {@code target} already runs. If it returns true, {@link #done} or {@link
   * #failed} follows; else something is being done for that target and will end by itself.
   */
  boolean adopt(DatasetName target) {
    Work work = works.computeIfAbsent(target, Work::new);
    if (work.stage == Stage.RUNNING) {
      return false;
    }
    work.stage = Stage.RUNNING;
    work.moves = List.of();
    work.planAfter = true;
    running++;
    return true;
  }

  /** Returns what is to be started at {@code now}; each is returned once. */
  List<Task> next(long now) {
    var tasks = new ArrayList<Task>();
    if (away.isPresent()) {
      if (running == 0
          && !planning
          && now - away.get().sinceNanos() > pace.unreachable().toNanos()) {
        giveUp(Outcome.UNREACHABLE, away.get().why());
      } else if (now - away.get().dueNanos() >= 0) {
        plan(tasks);
      }
      return tasks;
    }
    for (Work work : works.values()) {
      if (work.stage == Stage.WAITING && now - work.dueNanos >= 0) {
        work.stage = Stage.UNPLANNED;
      }
    }
    stopThoseAfterStopped();
    if (!looked || any(Stage.UNPLANNED)) {
      plan(tasks);
    }
    start(tasks);
    if (tasks.isEmpty() && running == 0 && !planning && any(Stage.READY) && !any(Stage.WAITING)) {
      untie(tasks);
    }
    return tasks;
  }

  private boolean any(Stage stage) {
    return works.values().stream().anyMatch(work -> work.stage == stage);
  }

  private void plan(List<Task> tasks) {
    if (planning || fatal.isPresent()) {
      return;
    }
    planning = true;
    move(Stage.UNPLANNED, Stage.BEING_PLANNED);
    tasks.add(new Task.Plan());
  }

  private void move(Stage from, Stage to) {
    works.values().stream().filter(work -> work.stage == from).forEach(work -> work.stage = to);
  }

  private void start(List<Task> tasks) {
    List<Work> ready =
        works.values().stream()
            .filter(work -> work.stage == Stage.READY)
            .filter(work -> work.after.stream().allMatch(this::finished))
            .sorted(ORDER)
            .toList();
    for (Work work : ready) {
      if (running >= pace.streams()) {
        return;
      }
      work.stage = Stage.RUNNING;
      running++;
      tasks.add(new Task.Do(work.target, work.moves.getFirst()));
    }
  }

  private boolean finished(DatasetName target) {
    Work work = works.get(target);
    return work == null
        || work.stage == Stage.DONE
        || (work.stage == Stage.STOPPED && work.standsIn);
  }

  private void stopThoseAfterStopped() {
    boolean more = true;
    while (more) {
      more = false;
      for (Work work : works.values()) {
        Optional<DatasetName> first = work.after.stream().filter(this::stopped).findFirst();
        if (work.stage == Stage.READY && first.isPresent()) {
          work.stop(
              Outcome.State.FAILED,
              "waits-for-other",
              first.get() + " must be replicated first, and that failed");
          more = true;
        }
      }
    }
  }

  private boolean stopped(DatasetName target) {
    Work work = works.get(target);
    return work != null && work.stage == Stage.STOPPED && !work.standsIn;
  }

  /* Plans that were made at different times may wait for each other; one plan for all does not. */
  private void untie(List<Task> tasks) {
    if (++knots > MOST_KNOTS) {
      works.values().stream()
          .filter(work -> work.stage == Stage.READY)
          .forEach(work ->
              work.stop(
                  Outcome.State.FAILED,
                  "waits-for-other",
                  work.after + " must be replicated first, which waits for it in turn"));
    } else {
      move(Stage.READY, Stage.UNPLANNED);
      plan(tasks);
    }
  }

  /** Takes the plan of a {@link Task.Plan}; returns what of it is followed. */
  List<TreePlan.Item> planned(TreePlan plan) {
    var followed = new ArrayList<TreePlan.Item>();
    planning = false;
    away = Optional.empty();
    boolean first = !looked;
    looked = true;
    for (TreePlan.Item item : plan.items()) {
      Work known = works.get(item.target());
      if (known != null && isPlaceholderOfEmpty(known, item)) {
        standIn(known, item);
        followed.add(item);
        continue;
      }
      boolean takes =
          known == null
              ? first || item.source().isEmpty()
              : known.stage == Stage.BEING_PLANNED
                  || (known.stage == Stage.DONE && item.source().isEmpty());
      if (takes) {
        take(works.computeIfAbsent(item.target(), Work::new), item);
        followed.add(item);
      }
    }
    works.values().stream()
        .filter(work -> work.stage == Stage.BEING_PLANNED)
        .forEach(work -> work.stage = Stage.DONE); // its source is gone
    return followed;
  }

  /* A parent without snapshots has two items: that it cannot be sent, and what stands in for it. */
  private static boolean isPlaceholderOfEmpty(Work known, TreePlan.Item item) {
    return item.source().isEmpty()
        && known.stage == Stage.STOPPED
        && known.conflict.filter(Conflict.NoSnapshots.class::isInstance).isPresent();
  }

  private static void standIn(Work work, TreePlan.Item item) {
    if (item.plan() instanceof PairPlan.Go go) {
      work.after = item.after();
      work.moves = Move.of(go);
      work.stage = Stage.READY;
    }
  }

  private void take(Work work, TreePlan.Item item) {
    work.source = item.source();
    work.standsIn = false;
    work.after = item.after();
    work.planAfter = false;
    work.conflict = Optional.empty();
    switch (item.plan()) {
      case PairPlan.Stopped stopped -> {
        work.conflict = Optional.of(stopped.conflict());
        work.stop(Outcome.State.CONFLICT, stopped.conflict().code(), stopped.conflict().message());
      }
      case PairPlan.Go go -> {
        work.moves = Move.of(go);
        work.stage = work.moves.isEmpty() ? Stage.DONE : Stage.READY;
      }
    }
  }

  /** Takes that a {@link Task.Plan} failed; returns what becomes of it, in words. */
  String planFailed(Trouble trouble, long now) {
    planning = false;
    move(Stage.BEING_PLANNED, Stage.UNPLANNED);
    if (trouble.cure() == Trouble.Cure.PERSON) {
      giveUp(trouble.code(), trouble.text());
      return trouble.text();
    }
    return awayBecause(trouble, now, true);
  }

  private String awayBecause(Trouble trouble, long now, boolean probed) {
    if (away.isPresent() && !probed) {
      return trouble.text();
    }
    int failures = away.map(Away::failures).orElse(0) + 1;
    Duration pause = PEER.after(failures, random.getAsDouble(), Duration.ZERO);
    long since = away.map(Away::sinceNanos).orElse(now);
    away = Optional.of(new Away(since, now + pause.toNanos(), failures, trouble.text()));
    return trouble.text() + "; asking again in " + TimeSpan.display(pause);
  }

  private void giveUp(String code, String why) {
    away = Optional.empty();
    if (works.isEmpty() || !looked) {
      fatal = Optional.of(new Standing.Fatal(code, why));
    }
    for (Work work : works.values()) {
      if (!work.over() && work.stage != Stage.RUNNING) {
        work.stop(Outcome.State.FAILED, code, why);
      }
    }
  }

  /** Takes that a {@link Task.Do} was done, or that an adopted stream ended well. */
  void done(DatasetName target) {
    Work work = ended(target);
    away = Optional.empty();
    work.failures = 0;
    work.moves = work.moves.isEmpty() ? List.of() : work.moves.subList(1, work.moves.size());
    if (!work.moves.isEmpty()) {
      work.stage = Stage.READY;
    } else if (work.planAfter) {
      work.stage = Stage.UNPLANNED;
    } else {
      work.stage = Stage.DONE;
    }
    work.code = Optional.empty();
    work.message = Optional.empty();
    if (work.stage == Stage.DONE && work.conflict.isPresent()) {
      Conflict conflict = work.conflict.get();
      work.stop(Outcome.State.CONFLICT, conflict.code(), conflict.message());
      work.standsIn = true;
    }
    works.values().stream()
        .filter(other -> other.stage == Stage.STOPPED)
        .filter(other ->
            other
                .conflict
                .filter(it -> it instanceof Conflict.Waits waits && waits.first().equals(target))
                .isPresent())
        .forEach(other -> other.stage = Stage.UNPLANNED);
  }

  private Work ended(DatasetName target) {
    running--;
    Work work = works.get(target);
    if (work == null || work.stage != Stage.RUNNING) {
      throw new IllegalStateException("nothing was being done for " + target);
    }
    return work;
  }

  /** Takes that a {@link Task.Do} failed; returns what becomes of it, in words. */
  String failed(DatasetName target, Trouble trouble, long now) {
    Work work = ended(target);
    work.code = Optional.of(trouble.code());
    work.message = Optional.of(trouble.text());
    if (trouble.isOfPeer()) {
      return failedWithPeer(work, trouble, now);
    }
    Optional<ResumeToken> token =
        work.moves.stream()
            .findFirst()
            .flatMap(Move::stream)
            .flatMap(stream -> stream.send().token());
    work.failures++;
    work.moves = List.of();
    work.planAfter = true;
    if (trouble.cure() == Trouble.Cure.PERSON) {
      work.stop(Outcome.State.FAILED, trouble.code(), trouble.text());
      return trouble.text() + "; left to a person";
    }
    if (work.failures >= pace.failures()) {
      return leave(work, trouble);
    }
    boolean dead = token.isPresent() && isDead(token.get(), work, trouble);
    if (dead || trouble.cure() == Trouble.Cure.PLAN) {
      return heal(work, dead, trouble, now);
    }
    return later(work, trouble, now);
  }

  /* A token that brought the stream on is another afterwards. */
  private static boolean isDead(ResumeToken token, Work work, Trouble trouble) {
    boolean suspect = trouble.cure() == Trouble.Cure.SUSPECT_PARTIAL;
    boolean again = suspect && work.suspect.filter(token::equals).isPresent();
    work.suspect = Optional.of(token).filter(_ -> suspect);
    return again || trouble.cure() == Trouble.Cure.DROP_PARTIAL;
  }

  /* Only the first to notice counts it; where it is always the same one, it is not the agent's fault. */
  private String failedWithPeer(Work work, Trouble trouble, long now) {
    work.moves = List.of();
    work.stage = Stage.UNPLANNED;
    if (away.isEmpty() && ++work.failures >= pace.failures()) {
      return leave(work, trouble);
    }
    return awayBecause(trouble, now, false);
  }

  private static String leave(Work work, Trouble trouble) {
    work.stop(
        Outcome.State.FAILED,
        trouble.code(),
        "%d times in a row, lastly: %s".formatted(work.failures, trouble.text()));
    return trouble.text() + "; left to the next run after failure " + work.failures;
  }

  private String heal(Work work, boolean dead, Trouble trouble, long now) {
    if (work.heals >= pace.heals()) {
      return later(work, trouble, now);
    }
    work.heals++;
    String count = " (%d of %d)".formatted(work.heals, pace.heals());
    if (dead) {
      var drop = new ZfsChange.AbortReceive(work.target, trouble.text());
      work.moves = List.of(new Move(List.of(new Step.Change(Side.TARGET, drop))));
      work.stage = Stage.READY;
      return trouble.text() + "; dropping the interrupted receive, then a new plan" + count;
    }
    work.stage = Stage.UNPLANNED;
    return trouble.text() + "; making a new plan" + count;
  }

  private String later(Work work, Trouble trouble, long now) {
    Duration pause = DATASET.after(work.failures, random.getAsDouble(), Duration.ZERO);
    work.stage = Stage.WAITING;
    work.dueNanos = now + pause.toNanos();
    return "%s; failure %d, again in %s"
        .formatted(trouble.text(), work.failures, TimeSpan.display(pause));
  }

  /** Ends all waiting. */
  void wakeUp(long now) {
    for (Work work : works.values()) {
      if (work.stage == Stage.WAITING) {
        work.dueNanos = now;
      }
    }
    away = away.map(it -> new Away(it.sinceNanos(), now, it.failures(), it.why()));
  }

  /** Returns when there may be something to start although nothing was told; empty for never. */
  OptionalLong dueNanos() {
    if (away.isPresent()) {
      return planning ? OptionalLong.empty() : OptionalLong.of(away.get().dueNanos());
    }
    return works.values().stream()
        .filter(work -> work.stage == Stage.WAITING)
        .mapToLong(work -> work.dueNanos)
        .reduce((a, b) -> a - b < 0 ? a : b);
  }

  /** Returns whether nothing is left to do and nothing is being done. */
  boolean over() {
    return running == 0
        && !planning
        && (fatal.isPresent() || (looked && works.values().stream().allMatch(Work::over)));
  }

  /** Returns why nothing could be done at all. */
  Optional<Standing.Fatal> fatal() {
    return fatal;
  }

  /** Returns why both agents are not being asked at present, if one does not answer. */
  Optional<String> away() {
    return away.map(Away::why);
  }

  /** Returns the streams that are planned and not done, in no certain order. */
  List<Step.Replicate> streams() {
    return works.values().stream()
        .flatMap(work -> work.moves.stream())
        .flatMap(move -> move.stream().stream())
        .toList();
  }

  /** Returns how each dataset stands at {@code now}, by its place on the target. */
  List<Outcome> outcomes(long now) {
    return works.values().stream().map(work -> outcome(work, now)).toList();
  }

  /* It is planned again when that is done. */
  private boolean waitsForOther(Work work) {
    return work.conflict
        .filter(Conflict.Waits.class::isInstance)
        .map(waits -> works.get(((Conflict.Waits) waits).first()))
        .filter(first -> !first.over())
        .isPresent();
  }

  private Optional<Duration> again(Work work, long now) {
    Optional<Long> due =
        away.isPresent()
            ? away.map(Away::dueNanos)
            : Optional.of(work.dueNanos).filter(_ -> work.stage == Stage.WAITING);
    return due.map(at -> Duration.ofNanos(Math.max(0, at - now)));
  }

  private Outcome outcome(Work work, long now) {
    Outcome.State state =
        switch (work.stage) {
          case UNPLANNED, BEING_PLANNED, READY, WAITING -> Outcome.State.WAITING;
          case RUNNING -> Outcome.State.RUNNING;
          case DONE -> Outcome.State.DONE;
          case STOPPED -> waitsForOther(work) ? Outcome.State.WAITING : work.end;
        };
    boolean done = state == Outcome.State.DONE;
    return new Outcome(
        work.source,
        work.target,
        state,
        work.failures,
        done ? Optional.empty() : work.code,
        done ? Optional.empty() : work.message,
        state == Outcome.State.WAITING ? again(work, now) : Optional.empty());
  }
}

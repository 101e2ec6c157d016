package io.longhaul.coordinator.drive;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.coordinator.plan.ModelSides;
import io.longhaul.coordinator.plan.PairPlan;
import io.longhaul.coordinator.plan.Side;
import io.longhaul.coordinator.plan.Step;
import io.longhaul.coordinator.plan.TreePlan;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.ZfsChange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs over random histories, in which any call may fail, agents come and go, snapshots vanish and
 * tokens die: a run always ends, does a dataset's steps in their order, and asks an agent that does
 * not answer once at a time. A failure names its seed.
 */
class AgendaPropertiesTest {
  private static final int RUNS = 3000;
  private static final int BLOCK = 300;
  private static final int MOST_EVENTS = 20_000;

  /** What was decided; the runs are worth nothing if something never was. */
  private static final Set<String> SEEN = ConcurrentHashMap.newKeySet();

  private static final List<String> WORDS =
      List.of(
          "dropping the interrupted receive",
          "making a new plan",
          "again in",
          "asking again in",
          "left to a person",
          "left to the next run",
          "waits-for-other",
          "unreachable");

  private static void saw(String said) {
    WORDS.stream().filter(said::contains).forEach(SEEN::add);
  }

  @AfterAll
  static void everythingCameUp() {
    if (BLOCK > 1) { // not when one is replayed
      assertThat(SEEN).containsAll(WORDS);
    }
  }

  static LongStream blocks() {
    return LongStream.iterate(0, from -> from < RUNS, from -> from + BLOCK);
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void aRunEndsAndDoesWhatCanBeDone(long block) throws Exception {
    for (long seed = block; seed < block + BLOCK; seed++) {
      try {
        new Simulation(seed).run();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  /** One run whose tasks are advanced in a random order, step by step, by a clock that it makes. */
  private static final class Simulation {
    private final Random random;
    private final ModelSides sides;
    private final Agenda agenda;
    private final Pace pace;
    private final boolean prunes;
    private final List<Active> active = new ArrayList<>();
    private final Map<DatasetName, List<Step>> left = new HashMap<>();
    private final Map<DatasetName, Set<DatasetName>> after = new HashMap<>();
    private final Set<DatasetName> broken = new HashSet<>();
    private long now = -5;
    private boolean awayIsKnown;

    private static final class Active {
      final Agenda.Task task;
      final List<Step> steps;

      Active(Agenda.Task task) {
        this.task = task;
        this.steps =
            task instanceof Agenda.Task.Do work ? new ArrayList<>(work.move().steps()) : List.of();
      }
    }

    Simulation(long seed) {
      random = new Random(seed);
      sides = new ModelSides(seed, 10 + random.nextInt(40));
      pace =
          new Pace(
              1 + random.nextInt(4),
              1,
              1 + random.nextInt(12),
              Duration.ofMinutes(1 + random.nextInt(60)),
              random.nextInt(4));
      agenda = new Agenda(pace, random::nextDouble);
      prunes = random.nextInt(3) == 0;
      sides.trouble(random.nextInt(4) == 0 ? 0 : random.nextInt(40));
    }

    void run() throws InterruptedException {
      boolean outages = random.nextBoolean();
      boolean calm = false;
      for (int events = 0; !agenda.over(); events++) {
        assertThat(events).as("events").isLessThan(MOST_EVENTS);
        if (outages && random.nextInt(25) == 0) {
          sides.down(random.nextInt(3) > 0);
        }
        if (prunes && random.nextInt(10) == 0) {
          sides.somebodyPrunes();
        }
        if (!calm && events > 300) {
          calm = true; // so that what can be done can be told from what cannot
          outages = false;
          sides.down(false);
          sides.trouble(0);
        }
        for (Agenda.Task task : agenda.next(now)) {
          begin(task);
        }
        assertThat(active.stream().filter(it -> it.task instanceof Agenda.Task.Do).count())
            .isLessThanOrEqualTo(pace.streams());
        if (!active.isEmpty() && random.nextInt(5) > 0) {
          advance(active.get(random.nextInt(active.size())));
        } else if (active.isEmpty()) {
          assertThat(
                  agenda.over() || agenda.dueNanos().isPresent() || !agenda.outcomes(now).isEmpty())
              .isTrue();
          agenda.dueNanos().ifPresent(due -> now = Math.max(now, due));
        }
        now += random.nextInt(2_000_000_000);
        if (random.nextInt(30) == 0) {
          agenda.wakeUp(now);
        }
      }
      assertThat(active).isEmpty();
      agenda.outcomes(now).forEach(outcome -> outcome.code().ifPresent(AgendaPropertiesTest::saw));
      assertThat(agenda.outcomes(now))
          .allMatch(outcome ->
              outcome.state() != Outcome.State.RUNNING && outcome.state() != Outcome.State.WAITING);
      if (agenda.fatal().isEmpty() && !prunes) {
        whatIsDoneIsDone();
      }
    }

    private void begin(Agenda.Task task) {
      if (task instanceof Agenda.Task.Plan) {
        assertThat(active).as("plans").noneMatch(it -> it.task instanceof Agenda.Task.Plan);
      }
      if (task instanceof Agenda.Task.Do(DatasetName target, Move move)) {
        assertThat(awayIsKnown).as("nothing is done while an agent is away").isFalse();
        assertThat(active)
            .as("tasks of " + target)
            .noneMatch(
                it -> it.task instanceof Agenda.Task.Do other && other.target().equals(target));
        List<Step> planned = left.getOrDefault(target, List.of());
        int size = move.steps().size();
        if (planned.size() >= size && planned.subList(0, size).equals(move.steps())) {
          left.put(target, List.copyOf(planned.subList(size, planned.size())));
          for (DatasetName first : after.getOrDefault(target, Set.of())) {
            assertThat(left.getOrDefault(first, List.of()))
                .as(first + " before " + target)
                .isEmpty();
          }
        } else {
          assertThat(move.steps()).as("a token is dropped").hasSize(1);
          assertThat(move.steps().getFirst())
              .matches(step ->
                  step instanceof Step.Change(Side _, ZfsChange change)
                      && change instanceof ZfsChange.AbortReceive);
        }
      }
      active.add(new Active(task));
    }

    private void advance(Active it) throws InterruptedException {
      switch (it.task) {
        case Agenda.Task.Plan() -> {
          active.remove(it);
          plan();
        }
        case Agenda.Task.Do(DatasetName target, Move _) -> {
          try {
            if (it.steps.isEmpty()) {
              active.remove(it);
              awayIsKnown = false;
              agenda.done(target);
              return;
            }
            Step step = it.steps.removeFirst();
            if (step instanceof Step.Replicate stream) {
              sides.stream(stream, (_, _, _) -> {});
            } else {
              sides.change(((Step.Change) step).side(), List.of(((Step.Change) step).change()));
            }
          } catch (Trouble trouble) {
            active.remove(it);
            awayIsKnown |= trouble.isOfPeer() && agenda.away().isPresent();
            saw(agenda.failed(target, trouble, now));
            awayIsKnown = agenda.away().isPresent();
          }
        }
      }
    }

    private void plan() {
      try {
        Facts facts = sides.look();
        TreePlan plan = sides.plan(facts);
        List<TreePlan.Item> followed = agenda.planned(plan);
        awayIsKnown = false;
        for (TreePlan.Item item : followed) {
          if (item.plan() instanceof PairPlan.Go go) {
            left.put(item.target(), go.steps());
            after.put(item.target(), item.after());
            maybeBreak(item.target());
          }
        }
      } catch (Trouble trouble) {
        saw(agenda.planFailed(trouble, now));
        awayIsKnown = agenda.away().isPresent();
      }
    }

    private void maybeBreak(DatasetName target) {
      if (random.nextInt(60) == 0) {
        sides.breakDown(target);
        broken.add(target);
      }
    }

    /** Only what failed for good, or too often, and what waits for that, may be left. */
    private void whatIsDoneIsDone() {
      Map<DatasetName, Outcome> outcomes = new HashMap<>();
      agenda.outcomes(now).forEach(outcome -> outcomes.put(outcome.target(), outcome));
      for (DatasetName target : sides.unfinished()) {
        assertThat(outcomes).containsKey(target);
        assertThat(outcomes.get(target)).matches(outcome -> outcome != null && outcome.bad());
      }
    }
  }
}

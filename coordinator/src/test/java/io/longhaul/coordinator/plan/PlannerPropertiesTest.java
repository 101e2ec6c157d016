package io.longhaul.coordinator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.ModelPool;
import io.longhaul.protocol.zfs.ModelPool.Fs;
import io.longhaul.protocol.zfs.ModelPool.Refused;
import io.longhaul.protocol.zfs.ModelPool.Snap;
import io.longhaul.protocol.zfs.ZfsChange;
import io.longhaul.protocol.zfs.ZfsSend;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories of two pools with rounds of replication between, run in a model of ZFS: a plan
 * that is carried out brings the target where an oracle says it should be, and a conflict is one
 * that the oracle finds, too. A failure names its seed; to replay it, let {@link #blocks} begin
 * there and {@link #BLOCK} be 1.
 */
class PlannerPropertiesTest {
  private static final int HISTORIES = 10_000;
  private static final int BLOCK = 500;

  static LongStream blocks() {
    return LongStream.iterate(0, from -> from < HISTORIES, from -> from + BLOCK);
  }

  static LongStream someBlocks() {
    return blocks().limit(6);
  }

  /** Conflicts and steps that came up; the histories are worth nothing if some never do. */
  private static final Set<Class<?>> SEEN = ConcurrentHashMap.newKeySet();

  private static final Set<String> SENT = ConcurrentHashMap.newKeySet();

  private interface History {
    void run(long seed) throws Refused;
  }

  @AfterAll
  static void theHistoriesLedEverywhere() {
    if (BLOCK > 1) { // not when one is replayed
      assertThat(SEEN).containsAll(kinds(ZfsChange.class));
      assertThat(SENT).contains("full", "increment", "clone", "rest");
      var conflicts = new HashSet<>(kinds(Conflict.class));
      conflicts.remove(Conflict.Unsupported.class); // PlannerTest has the ones about the job
      conflicts.remove(Conflict.NoParent.class);
      assertThat(SEEN).containsAll(conflicts);
    }
  }

  private static void saw(Step step) {
    switch (step) {
      case Step.Change(_, ZfsChange change) -> SEEN.add(change.getClass());
      case Step.Replicate stream -> {
        ZfsSend send = stream.send();
        boolean full = send.base().isEmpty() && send.origin().isEmpty();
        SENT.add(
            send.token().isPresent()
                ? "rest"
                : full ? "full" : send.origin().isPresent() ? "clone" : "increment");
      }
    }
  }

  private static Set<Class<?>> kinds(Class<?> sealed) {
    return Set.of(sealed.getPermittedSubclasses());
  }

  private static void eachSeed(long block, History history) {
    for (long seed = block; seed < block + BLOCK; seed++) {
      try {
        history.run(seed);
      } catch (Refused | RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void aPlanDoesWhatItSaysOrTheConflictIsReal(long block) {
    eachSeed(
        block,
        seed -> {
          var world = new World(seed);
          int rounds = 2 + world.random.nextInt(3);
          for (int round = 0; round < rounds; round++) {
            int events = world.random.nextInt(15);
            for (int i = 0; i < events; i++) {
              world.somethingHappens();
            }
            round(world);
          }
        });
  }

  private static void round(World world) throws Refused {
    var oracle = new Oracle(world);
    Map<String, Set<String>> targetBefore = World.allGuids(world.target);
    Map<String, Set<String>> sourceBefore = World.allGuids(world.source);
    Set<String> foreign = new HashSet<>(World.foreign(world.source));
    Set<String> foreignOnTarget = World.foreign(world.target);

    TreePlan plan = world.plan();
    for (TreePlan.Item item : plan.items()) {
      if (item.plan() instanceof PairPlan.Go go) {
        go.steps().forEach(PlannerPropertiesTest::saw);
      }
      if (item.plan() instanceof PairPlan.Stopped stopped) {
        SEEN.add(stopped.conflict().getClass());
        assertThat(oracle.wrong(stopped.conflict())).as(stopped.conflict().message()).isEmpty();
        assertThat(stopped.conflict().message()).doesNotContain("Optional", "null");
      }
    }
    var done = new HashSet<TreePlan.Item>();
    carryOut(world, plan, done);
    boolean brokenOff =
        plan.items().stream()
            .anyMatch(item -> item.plan() instanceof PairPlan.Go && !done.contains(item));

    assertThat(World.allGuids(world.source)).isEqualTo(sourceBefore);
    assertThat(World.foreign(world.source)).isEqualTo(foreign);
    copiesAreTrue(world);
    for (TreePlan.Item item : done) {
      if (item.source().isPresent() && item.plan() instanceof PairPlan.Go go) {
        Set<String> expected = oracle.expected(item.source().get(), item.target(), go);
        assertThat(World.guids(world.target, item.target()))
            .as("%s after %s", item.target(), text(go))
            .isEqualTo(expected);
        tidy(world, item, go, brokenOff);
      }
    }
    nothingElseWasDestroyed(world, plan, targetBefore);
    if (!world.rules.rollback()) {
      assertThat(World.foreign(world.target)).isEqualTo(foreignOnTarget);
    }
    nothingIsLeftToDo(world, done, brokenOff);
  }

  /** Runs items in any order that the plan allows; some break off, and those after them wait. */
  private static void carryOut(World world, TreePlan plan, Set<TreePlan.Item> done) throws Refused {
    var waiting = new ArrayList<>(plan.items());
    waiting.removeIf(item -> item.plan() instanceof PairPlan.Stopped);
    var missing = new HashSet<DatasetName>();
    waiting.forEach(item -> missing.add(item.target()));
    int trouble = world.chance(50) ? 25 : 0;
    while (true) {
      List<TreePlan.Item> ready =
          waiting.stream()
              .filter(item -> item.after().stream().noneMatch(missing::contains))
              .toList();
      if (ready.isEmpty()) {
        return;
      }
      TreePlan.Item item = ready.get(world.random.nextInt(ready.size()));
      waiting.remove(item);
      if (carryOut(world, (PairPlan.Go) item.plan(), trouble)) {
        done.add(item);
        missing.remove(item.target());
      }
    }
  }

  private static boolean carryOut(World world, PairPlan.Go go, int trouble) throws Refused {
    for (Step step : go.steps()) {
      if (world.random.nextInt(100) < trouble / 3) {
        return false;
      }
      boolean cut = world.random.nextInt(100) < trouble;
      try {
        if (world.run(step, cut)) {
          return false;
        }
        if (world.chance(10) && step instanceof Step.Change) {
          world.run(step, false);
        }
      } catch (Refused refused) {
        if (isOf(step, ZfsChange.DestroySnapshot.class) && !world.listsTags) {
          return false; // nobody could know that the hold was another's
        }
        throw new AssertionError(
            refused.getMessage() + " at " + step + " of\n" + text(go), refused);
      }
    }
    return true;
  }

  private static boolean isOf(Step step, Class<? extends ZfsChange> kind) {
    return step instanceof Step.Change(Side _, ZfsChange change) && kind.isInstance(change);
  }

  private static String text(PairPlan.Go go) {
    var text = new StringBuilder();
    go.steps().forEach(step -> text.append(step).append('\n'));
    return text.toString();
  }

  private static void copiesAreTrue(World world) {
    Map<String, Long> source = world.source.contents();
    world
        .target
        .contents()
        .forEach(
            (guid, content) -> assertThat(source.getOrDefault(guid, content)).isEqualTo(content));
  }

  private static void nothingElseWasDestroyed(
      World world, TreePlan plan, Map<String, Set<String>> before) {
    var destroyed = new HashSet<String>();
    for (TreePlan.Item item : plan.items()) {
      if (item.plan() instanceof PairPlan.Go go) {
        for (Step step : go.steps()) {
          if (isOf(step, ZfsChange.Rollback.class)) {
            assertThat(world.rules.rollback()).isTrue();
          }
          if (isOf(step, ZfsChange.DestroySnapshot.class)) {
            assertThat(world.rules.rollback()).isTrue();
            destroyed.add(item.target().name());
          }
        }
      }
    }
    before.forEach((name, guids) -> {
      if (!destroyed.contains(name)) {
        assertThat(World.guids(world.target, DatasetName.parse(name))).as(name).containsAll(guids);
      }
    });
  }

  /** What the job leaves is what its guarantee says, and no more. */
  private static void tidy(World world, TreePlan.Item item, PairPlan.Go go, boolean brokenOff)
      throws Refused {
    if (go.steps().isEmpty()) {
      return;
    }
    DatasetName from = item.source().orElseThrow();
    Fs copy = world.target.get(item.target());
    assertThat(copy.placeholder).isFalse();
    Snap newest = copy.snaps.getLast();
    List<String> onSource = World.ours(world.source, from);
    if (brokenOff) {
      onSource.removeIf(PlannerPropertiesTest::holdsAnOrigin);
    }
    List<String> onTarget = World.ours(world.target, item.target());
    boolean sent = go.streams().findAny().isPresent();
    if (!sent) {
      return;
    }
    assertThat(copy.content).isEqualTo(newest.content);
    if (world.rules.incremental() == Guarantee.NOTHING) {
      assertThat(onTarget).isEmpty();
      assertThat(onSource).isEmpty();
    } else {
      assertThat(onTarget).containsExactly("longhaul_LAST_RECEIVED_J_job @" + newest.guid);
      assertThat(onSource)
          .containsExactly(
              world.features.bookmarks()
                  ? "#longhaul_CURSOR_G_" + newest.guid + "_J_job"
                  : "longhaul_CURSOR_J_job @" + newest.guid);
    }
  }

  /** Whether it is about what a clone that broke off holds, in another dataset. */
  private static boolean holdsAnOrigin(String text) {
    return text.contains("longhaul_STEP_J_job");
  }

  private static void nothingIsLeftToDo(World world, Set<TreePlan.Item> done, boolean brokenOff) {
    for (TreePlan.Item item : world.plan().items()) {
      boolean same =
          done.stream()
              .anyMatch(before ->
                  before.target().equals(item.target()) && before.source().equals(item.source()));
      if (same) {
        assertThat(item.plan()).as(item.target().name()).isInstanceOf(PairPlan.Go.class);
        var steps = new ArrayList<>(((PairPlan.Go) item.plan()).steps());
        if (brokenOff) {
          steps.removeIf(step -> holdsAnOrigin(step.toString()));
        }
        assertThat(steps).as(item.target().name()).isEmpty();
      }
    }
  }

  /**
   * As long as nobody touches the target's data, pruning of everything that is not held never makes
   * a conflict, wherever a plan was interrupted; and what was interrupted can be gone on with, if
   * that is the guarantee.
   */
  @ParameterizedTest
  @MethodSource("someBlocks")
  void protectedBasesSurvivePruning(long block) {
    eachSeed(
        block,
        seed -> {
          var world = new World(seed, Guarantee.RESUMABILITY, Guarantee.INCREMENTAL);
          String copy = World.TARGET_ROOT;
          for (int round = 0; round < 5; round++) {
            for (int i = world.random.nextInt(3); i >= 0; i--) {
              try {
                world.takeSnapshot(world.source, World.SOURCE_ROOT);
              } catch (Refused nameTaken) {
                // another time
              }
            }
            prunedRound(world, DatasetName.parse(copy));
            prune(world, world.source, World.SOURCE_ROOT);
            prune(world, world.target, copy);
          }
        });
  }

  private static void prunedRound(World world, DatasetName copy) throws Refused {
    boolean partial = new Oracle(world).partial(copy);
    TreePlan.Item item = world.plan().items().getFirst();
    switch (item.plan()) {
      case PairPlan.Stopped stopped -> {
        boolean early =
            stopped.conflict() instanceof Conflict.NoSnapshots
                || stopped.conflict() instanceof Conflict.KeyNotLoaded
                || stopped.conflict() instanceof Conflict.NameTaken;
        assertThat(early).as(stopped.conflict().message()).isTrue();
      }
      case PairPlan.Go go -> {
        Guarantee now =
            World.guids(world.target, copy).isEmpty()
                ? world.rules.initial()
                : world.rules.incremental();
        if (partial && now == Guarantee.RESUMABILITY) {
          assertThat(go.streams().findFirst().flatMap(stream -> stream.send().token()))
              .as(text(go))
              .isPresent();
        }
        carryOut(world, go, 30);
      }
    }
  }

  private static void prune(World world, ModelPool pool, String name) {
    Fs fs = pool.datasets.get(name);
    if (fs == null) {
      return;
    }
    for (Snap snap : List.copyOf(fs.snaps)) {
      boolean received = pool == world.target && snap == fs.newest(); // not held for an instant
      if (!received && world.chance(70)) {
        try {
          pool.destroySnapshot(DatasetName.parse(name).at(snap.name));
        } catch (Refused held) {
          // that is the point
        }
      }
    }
  }
}

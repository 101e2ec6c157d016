package io.longhaul.coordinator.plan;

import io.longhaul.coordinator.drive.Facts;
import io.longhaul.coordinator.drive.Sides;
import io.longhaul.coordinator.drive.Trouble;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.ModelPool.Refused;
import io.longhaul.protocol.zfs.ZfsChange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;

/** Both sides of a job in memory, after a random history, with everything that can go wrong. */
public class ModelSides implements Sides {
  private final World world;
  private final Set<DatasetName> broken = new HashSet<>();
  private int troublePercent;
  private boolean down;
  private int asksWhileDown;

  /**
   * Makes two pools.
   *
   * @param events how much has happened to them
   */
  public ModelSides(long seed, int events) {
    try {
      world = new World(seed);
    } catch (Refused e) {
      throw new AssertionError(e);
    }
    for (int i = 0; i < events; i++) {
      world.somethingHappens();
    }
  }

  /** Returns the random numbers of this world. */
  public Random random() {
    return world.random;
  }

  /** Lets this share of all calls fail from now on. */
  public synchronized void trouble(int percent) {
    troublePercent = percent;
  }

  /** Lets everything about a dataset of the target fail for good. */
  public synchronized void breakDown(DatasetName target) {
    broken.add(target);
  }

  /** Lets both agents be out of reach, or back. */
  public synchronized void down(boolean now) {
    down = now;
  }

  /** Returns how often they were asked while they were out of reach. */
  public synchronized int asksWhileDown() {
    return asksWhileDown;
  }

  /** Somebody prunes the source, or its tokens are lost. */
  public synchronized void somebodyPrunes() {
    String name = world.random.nextBoolean() ? World.SOURCE_ROOT : World.SOURCE_ROOT + "/c";
    try {
      world.destroySnapshot(world.source, name);
    } catch (Refused | RuntimeException e) {
      // it is held, or there is none
    }
    if (world.chance(10)) {
      world.tokens.clear();
    }
  }

  /** Returns what the planner makes of what it was told. */
  public TreePlan plan(Facts facts) {
    return new TreePlanner(
            world.planner(),
            DatasetName.parse(World.SOURCE_ROOT),
            DatasetName.parse(World.TARGET_ROOT),
            dataset -> !dataset.name().endsWith("x"))
        .plan(facts.sources(), facts.targets());
  }

  @Override
  public synchronized Facts look() throws Trouble {
    fail("look");
    return new Facts(world.sources(), world.targets(), world.features, world.features);
  }

  @Override
  public synchronized void change(Side side, List<ZfsChange> changes) throws Trouble {
    for (ZfsChange change : changes) {
      if (change instanceof ZfsChange.AbortReceive abort && broken.contains(abort.target())) {
        throw Trouble.ofDataset(Trouble.Cure.PERSON, "permission denied");
      }
      fail("change");
      try {
        world.run(new Step.Change(side, change), false);
      } catch (Refused e) {
        throw Trouble.ofDataset(Trouble.Cure.PLAN, String.valueOf(e.getMessage()));
      }
    }
    fail("answer");
  }

  @Override
  public void stream(Step.Replicate stream, Meter meter) throws Trouble, InterruptedException {
    receive(stream, meter);
  }

  private synchronized void receive(Step.Replicate stream, Meter meter) throws Trouble {
    fail("stream");
    if (broken.contains(stream.receive().target())) {
      throw Trouble.ofDataset(Trouble.Cure.PERSON, "permission denied");
    }
    boolean cut = world.random.nextInt(100) < troublePercent;
    try {
      if (world.run(stream, cut)) {
        throw Trouble.ofDataset(Trouble.Cure.LATER, "the stream broke");
      }
    } catch (Refused e) {
      String why = String.valueOf(e.getMessage());
      boolean dead = why.contains("token") || why.contains("resume");
      throw Trouble.ofDataset(dead ? Trouble.Cure.DROP_PARTIAL : Trouble.Cure.PLAN, why);
    }
    meter.shows(1, OptionalLong.of(1), Optional.empty());
    fail("answer");
  }

  private void fail(String what) throws Trouble {
    if (down) {
      asksWhileDown++;
      throw Trouble.ofPeer("nobody answers");
    }
    if (world.random.nextInt(100) < troublePercent / 4) {
      throw Trouble.ofDataset(Trouble.Cure.LATER, what + " failed");
    }
  }

  @Override
  public OptionalLong estimate(Step.Replicate stream) {
    return OptionalLong.of(1);
  }

  @Override
  public List<Running> running() {
    return List.of();
  }

  /** Returns the datasets of the target that still lack something that they could get. */
  public synchronized List<DatasetName> unfinished() {
    var unfinished = new ArrayList<DatasetName>();
    for (TreePlan.Item item : world.plan().items()) {
      if (item.source().isPresent()
          && item.plan() instanceof PairPlan.Go go
          && go.streams().findAny().isPresent()) {
        unfinished.add(item.target());
      }
    }
    return unfinished;
  }
}

package io.longhaul.coordinator.job;

import io.longhaul.coordinator.drive.Facts;
import io.longhaul.coordinator.drive.Pace;
import io.longhaul.coordinator.plan.Guarantee;
import io.longhaul.coordinator.plan.Intermediates;
import io.longhaul.coordinator.plan.Planner;
import io.longhaul.coordinator.plan.Rules;
import io.longhaul.coordinator.plan.TreePlan;
import io.longhaul.coordinator.plan.TreePlanner;
import io.longhaul.coordinator.schedule.Schedule;
import io.longhaul.protocol.grant.DatasetFilter;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.Version;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A job that makes sense.
 *
 * @param source the machine of the source
 * @param sourceRoot what is replicated with all below it
 * @param target the machine of the target
 * @param targetRoot where the copy belongs
 * @param filter which datasets of the source are sent; all without it
 * @param rules what each of them is replicated by; they carry the job's name
 * @param schedule when it runs; by hand only without it
 * @param pace how much at the same time, and how often again
 * @param inactivity how long a stream may stand still
 * @param hooks what is run here around it
 */
public record Job(
    String source,
    DatasetName sourceRoot,
    String target,
    DatasetName targetRoot,
    Optional<DatasetFilter> filter,
    Rules rules,
    Optional<Schedule> schedule,
    Pace pace,
    SessionLimits inactivity,
    Hooks hooks) {

  /**
   * Local commands around a run; an empty list is none.
   *
   * @param timeout how long each may take
   */
  public record Hooks(List<String> before, List<String> after, Duration timeout) {
    /** No commands. */
    public static final Hooks NONE = new Hooks(List.of(), List.of(), Duration.ofMinutes(5));

    public Hooks {
      before = List.copyOf(before);
      after = List.copyOf(after);
    }
  }

  /** Returns the name. */
  public String name() {
    return rules.job();
  }

  /** Returns whether a dataset of the source is sent. */
  public boolean chooses(DatasetName dataset) {
    return filter.isEmpty() || filter.get().passes(dataset);
  }

  /** Returns whether a snapshot is sent, of a dataset that is. */
  public boolean wants(Version snapshot) {
    return rules.snapshots().passes(snapshot);
  }

  /** Decides what is to be done. */
  public TreePlan plan(Facts facts) {
    var planner = new Planner(rules, facts.sender(), facts.receiver());
    return new TreePlanner(planner, sourceRoot, targetRoot, this::chooses)
        .plan(facts.sources(), facts.targets());
  }

  /** Returns both ends for people. */
  public String route() {
    return source + ":" + sourceRoot + " → " + target + ":" + targetRoot;
  }

  /** What is protected when nothing is said. */
  static final Guarantee USUAL = Guarantee.RESUMABILITY;

  /** What is sent when nothing is said. */
  static final Intermediates USUALLY = Intermediates.ALL;
}

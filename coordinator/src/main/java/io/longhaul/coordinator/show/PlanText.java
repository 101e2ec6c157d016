package io.longhaul.coordinator.show;

import io.longhaul.coordinator.drive.Facts;
import io.longhaul.coordinator.drive.Trouble;
import io.longhaul.coordinator.job.Job;
import io.longhaul.coordinator.plan.Command;
import io.longhaul.coordinator.plan.Conflict;
import io.longhaul.coordinator.plan.PairPlan;
import io.longhaul.coordinator.plan.Side;
import io.longhaul.coordinator.plan.Step;
import io.longhaul.coordinator.plan.TreePlan;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.ZfsChange;
import io.longhaul.protocol.zfs.ZfsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * A plan for people and, as JSON, for programs.
 *
 * @param job whose holds and bookmarks it uses
 * @param source the machine and root of the source
 * @param target the same of the target
 * @param datasets in the order in which they can be done
 * @param onlyOnTarget datasets of the target that the source has not got; they are left alone
 * @param streams how many streams there are
 * @param expectedBytes how long they will be altogether, as far as that is known
 * @param unknown how many have no estimate
 * @param conflicts how many datasets cannot be replicated
 */
public record PlanText(
    String job,
    String source,
    String target,
    List<Item> datasets,
    List<String> onlyOnTarget,
    int streams,
    long expectedBytes,
    int unknown,
    int conflicts) {
  private static final long MOST_BYTES = 1L << 55;

  /** Asks how long streams will be. */
  @FunctionalInterface
  public interface Sizes {
    /** Returns one answer for each stream; empty if the source cannot tell. */
    List<OptionalLong> of(List<Step.Replicate> streams) throws Trouble, InterruptedException;
  }

  /** Asks nobody. */
  public static final Sizes NO_SIZES =
      streams -> streams.stream().map(_ -> OptionalLong.empty()).toList();

  /**
   * What is to be done for one dataset.
   *
   * @param source empty for a placeholder
   * @param steps none if there is nothing to do, or a conflict
   * @param conflict why nothing is done
   */
  public record Item(
      Optional<String> source, String target, List<Line> steps, Optional<Problem> conflict) {}

  /**
   * A step.
   *
   * @param commands those of a stream run at the same time
   * @param snapshots what a stream brings, oldest first
   * @param expectedBytes how long it will be
   * @param why why something is dropped
   */
  public record Line(
      List<On> commands,
      List<String> snapshots,
      OptionalLong expectedBytes,
      Optional<String> why) {}

  /** A command and the machine that it runs on. */
  public record On(String machine, String command) {}

  /** A conflict. */
  public record Problem(String code, String message) {}

  /** Puts a plan into words. */
  public static PlanText of(Job job, Facts facts, TreePlan plan, Sizes sizes)
      throws Trouble, InterruptedException {
    List<Step.Replicate> streams =
        plan.items().stream()
            .flatMap(item -> item.plan() instanceof PairPlan.Go go ? go.streams() : null)
            .toList();
    List<OptionalLong> lengths = sizes.of(streams);
    var items = new ArrayList<Item>();
    int stream = 0;
    for (TreePlan.Item item : plan.items()) {
      var lines = new ArrayList<Line>();
      Optional<Problem> problem = Optional.empty();
      switch (item.plan()) {
        case PairPlan.Stopped(Conflict conflict) ->
            problem = Optional.of(new Problem(conflict.code(), conflict.message()));
        case PairPlan.Go(List<Step> steps) -> {
          for (Step step : steps) {
            boolean sends = step instanceof Step.Replicate;
            lines.add(line(job, facts, step, sends ? lengths.get(stream) : OptionalLong.empty()));
            stream += sends ? 1 : 0;
          }
        }
      }
      items.add(
          new Item(
              item.source().map(DatasetName::toString), item.target().toString(), lines, problem));
    }
    return new PlanText(
        job.name(),
        job.source() + ":" + job.sourceRoot(),
        job.target() + ":" + job.targetRoot(),
        List.copyOf(items),
        plan.onlyOnTarget().stream().map(DatasetName::toString).toList(),
        streams.size(),
        lengths.stream().map(PlanText::believed).mapToLong(length -> length.orElse(0)).sum(),
        (int) lengths.stream().map(PlanText::believed).filter(OptionalLong::isEmpty).count(),
        (int) items.stream().filter(item -> item.conflict().isPresent()).count());
  }

  private static Line line(Job job, Facts facts, Step step, OptionalLong length) {
    List<String> snapshots =
        step instanceof Step.Replicate stream
            ? stream.brings().stream().map(version -> version.name()).toList()
            : List.of();
    return new Line(
        commands(facts, step).stream()
            .map(command ->
                new On(
                    command.side() == Side.SOURCE ? job.source() : job.target(),
                    command.toString()))
            .toList(),
        snapshots,
        believed(length),
        step instanceof Step.Change(Side _, ZfsChange.AbortReceive drop)
            ? Optional.of(drop.why())
            : Optional.empty());
  }

  private static List<Command> commands(Facts facts, Step step) {
    try {
      return step.commands(facts.sender(), facts.receiver());
    } catch (ZfsException e) {
      throw new IllegalStateException("a step was planned that ZFS cannot do", e);
    }
  }

  private static OptionalLong believed(OptionalLong bytes) {
    return bytes.isPresent() && bytes.getAsLong() >= 0 && bytes.getAsLong() < MOST_BYTES
        ? bytes
        : OptionalLong.empty();
  }

  /** Returns it for people. */
  public List<String> lines() {
    var lines = new ArrayList<String>();
    for (Item item : datasets) {
      String name = item.source().map(from -> from + " → ").orElse("") + item.target();
      if (item.conflict().isPresent()) {
        lines.add(name + ": CONFLICT " + item.conflict().get().code());
        lines.add("  " + item.conflict().get().message());
      } else if (!item.steps().isEmpty()) {
        lines.add(name + ":");
        item.steps().forEach(step -> addLines(step, lines));
      }
    }
    onlyOnTarget.forEach(name -> lines.add(name + ": only on the target; left alone"));
    lines.add(summary());
    return lines;
  }

  private static void addLines(Line step, List<String> lines) {
    for (On on : step.commands()) {
      lines.add("  " + on.machine() + ": " + on.command());
    }
    step.why().ifPresent(why -> lines.add("    because " + why));
    if (!step.snapshots().isEmpty()) {
      String brings =
          step.snapshots().stream().map(it -> "@" + it).collect(Collectors.joining(" "));
      String size =
          step.expectedBytes().isPresent()
              ? DataSize.display(step.expectedBytes().getAsLong())
              : "size unknown";
      lines.add("    brings " + brings + ", " + size);
    }
  }

  private String summary() {
    long idle =
        datasets.stream()
            .filter(item -> item.steps().isEmpty() && item.conflict().isEmpty())
            .count();
    return "%d datasets, %d with nothing to do, %d with a conflict; %d streams, %s%s"
        .formatted(
            datasets.size(),
            idle,
            conflicts,
            streams,
            DataSize.display(expectedBytes),
            unknown == 0 ? "" : " and " + unknown + " of unknown size");
  }
}

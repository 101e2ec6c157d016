package io.longhaul.coordinator.drive;

import io.longhaul.coordinator.plan.PairPlan;
import io.longhaul.coordinator.plan.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is done for a dataset before another may have its place: a stream, and the steps around it.
 *
 * @param steps with one stream at most
 */
record Move(List<Step> steps) {
  Move {
    steps = List.copyOf(steps);
  }

  /** Cuts a plan before each stream but the first. */
  static List<Move> of(PairPlan.Go plan) {
    var moves = new ArrayList<Move>();
    var steps = new ArrayList<Step>();
    for (Step step : plan.steps()) {
      if (step instanceof Step.Replicate && hasStream(steps)) {
        moves.add(new Move(steps));
        steps.clear();
      }
      steps.add(step);
    }
    if (!steps.isEmpty()) {
      moves.add(new Move(steps));
    }
    return List.copyOf(moves);
  }

  private static boolean hasStream(List<Step> steps) {
    return steps.stream().anyMatch(Step.Replicate.class::isInstance);
  }

  /** Returns its stream. */
  Optional<Step.Replicate> stream() {
    return steps.stream()
        .filter(Step.Replicate.class::isInstance)
        .map(Step.Replicate.class::cast)
        .findFirst();
  }

  /** Returns when the oldest snapshot that it brings was made; long ago if it brings none. */
  Instant age() {
    return stream().map(stream -> stream.brings().getFirst().creation()).orElse(Instant.MIN);
  }
}

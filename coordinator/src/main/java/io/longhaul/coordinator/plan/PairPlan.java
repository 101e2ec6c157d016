package io.longhaul.coordinator.plan;

import java.util.List;
import java.util.stream.Stream;

/** What is to be done for one dataset. */
public sealed interface PairPlan {
  /**
   * These steps, in this order.
   *
   * @param steps none if the target has what it should have
   */
  record Go(List<Step> steps) implements PairPlan {
    public Go {
      steps = List.copyOf(steps);
    }

    /** Returns the streams alone. */
    public Stream<Step.Replicate> streams() {
      return steps.stream()
          .filter(Step.Replicate.class::isInstance)
          .map(Step.Replicate.class::cast);
    }
  }

  /** Nothing, until somebody has resolved this. */
  record Stopped(Conflict conflict) implements PairPlan {}
}

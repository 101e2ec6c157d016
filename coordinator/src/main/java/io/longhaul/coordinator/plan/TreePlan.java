package io.longhaul.coordinator.plan;

import io.longhaul.protocol.zfs.DatasetName;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is to be done for a dataset and those below it.
 *
 * @param items in an order in which they can be done: parents first, and what was cloned before its
 *     clones
 * @param onlyOnTarget datasets of the target that the source has not got; nothing is done about
 *     them
 */
public record TreePlan(List<Item> items, List<DatasetName> onlyOnTarget) {
  public TreePlan {
    items = List.copyOf(items);
    onlyOnTarget = List.copyOf(onlyOnTarget);
  }

  /**
   * What is to be done for one dataset.
   *
   * @param source empty for a placeholder
   * @param after targets whose steps must be done before these
   */
  public record Item(
      Optional<DatasetName> source, DatasetName target, Set<DatasetName> after, PairPlan plan) {
    public Item {
      after = Set.copyOf(after);
    }
  }
}

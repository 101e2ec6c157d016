package io.longhaul.coordinator.plan;

import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import java.util.List;
import java.util.function.Predicate;

/**
 * Decides what is to be done for a dataset and those below it. Immutable.
 *
 * @param planner decides for each dataset
 * @param sourceRoot the dataset that is replicated, with those below it
 * @param targetRoot where its copy belongs; those below it keep their names below that
 * @param chosen which datasets of the source are sent
 */
public record TreePlanner(
    Planner planner,
    DatasetName sourceRoot,
    DatasetName targetRoot,
    Predicate<DatasetName> chosen) {

  /**
   * Returns what is to be done.
   *
   * @param sources {@code sourceRoot} and all datasets below it, chosen or not
   * @param targets what there is of {@code targetRoot}, all datasets below it, and the dataset
   *     above it
   * @throws IllegalArgumentException if the name of a copy would not be one; the message says which
   */
  public TreePlan plan(List<Dataset> sources, List<Dataset> targets) {
    return new TreePlanning(this, sources, targets).run();
  }

  /** Returns where the copy of a dataset at or below the source's root belongs. */
  DatasetName copyOf(DatasetName source) {
    String copy = targetRoot + source.name().substring(sourceRoot.name().length());
    try {
      return DatasetName.parse(copy);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Tried to find a place for the copy of %s but %s; exclude it, or use a target with a shorter name"
              .formatted(source, e.getMessage()),
          e);
    }
  }

  boolean covers(DatasetName source) {
    return source.equals(sourceRoot) || source.isBelow(sourceRoot);
  }
}

package io.longhaul.coordinator.plan;

import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.SnapshotName;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;

/**
 * The order in which datasets are sent: parents first, and before a clone what it was cloned from,
 * where both can be had. After renames they cannot always: a clone may have become the parent of
 * its origin.
 */
final class SendOrder {
  private final Map<DatasetName, Dataset> datasets = new LinkedHashMap<>();
  private final SequencedSet<DatasetName> sorted = new LinkedHashSet<>();
  private final SequencedSet<DatasetName> begun = new LinkedHashSet<>();

  private SendOrder(Collection<Dataset> datasets) {
    datasets.forEach(dataset -> this.datasets.put(dataset.name(), dataset));
  }

  static List<Dataset> of(Collection<Dataset> datasets) {
    var order = new SendOrder(datasets);
    datasets.forEach(dataset -> order.visit(dataset.name()));
    return order.sorted.stream().map(order.datasets::get).toList();
  }

  private void visit(DatasetName name) {
    if (!begun.add(name)) {
      return;
    }
    ancestor(name).ifPresent(this::visit);
    Dataset dataset = datasets.get(name);
    if (dataset == null) {
      return;
    }
    dataset.origin().map(SnapshotName::dataset).filter(this::mayComeFirst).ifPresent(this::visit);
    sorted.add(name);
  }

  /** Whether neither it nor anything above it still waits for its own turn. */
  private boolean mayComeFirst(DatasetName origin) {
    for (Optional<DatasetName> at = Optional.of(origin); at.isPresent(); at = at.get().parent()) {
      if (begun.contains(at.get())
          && datasets.containsKey(at.get())
          && !sorted.contains(at.get())) {
        return false;
      }
    }
    return true;
  }

  /** The nearest dataset above that is sent, too. */
  private Optional<DatasetName> ancestor(DatasetName name) {
    Optional<DatasetName> above = name.parent();
    while (above.isPresent() && !datasets.containsKey(above.get())) {
      above = above.get().parent();
    }
    return above;
  }
}

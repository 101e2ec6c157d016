package io.longhaul.coordinator.plan;

import io.longhaul.protocol.zfs.Version;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Which snapshots a job sends, by what stands after the {@code @}. It says nothing about what a
 * stream starts from.
 *
 * @param include regular expressions, found anywhere in the name; none means all
 * @param exclude regular expressions that win over {@code include}
 */
public record SnapshotFilter(List<Pattern> include, List<Pattern> exclude) {

  /** All snapshots. */
  public static final SnapshotFilter ALL = new SnapshotFilter(List.of(), List.of());

  public SnapshotFilter {
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
  }

  /** Returns whether a job sends a snapshot. */
  public boolean passes(Version snapshot) {
    Predicate<Pattern> found = pattern -> pattern.matcher(snapshot.name()).find();
    return (include.isEmpty() || include.stream().anyMatch(found))
        && exclude.stream().noneMatch(found);
  }
}

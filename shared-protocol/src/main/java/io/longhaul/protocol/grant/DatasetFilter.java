package io.longhaul.protocol.grant;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.longhaul.protocol.zfs.DatasetName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which datasets are meant, in the language of zrepl's filesystem filters: a map from pattern to
 * true or false. {@code tank/vm} is that dataset alone, {@code tank/vm<} it and all below, {@code
 * <} all there are. The pattern with the most components decides, at the same dataset the one
 * without {@code <}; a dataset that no pattern matches is not meant. Immutable.
 */
public final class DatasetFilter {
  private static final String BELOW = "<";

  private final Map<String, Boolean> patterns;
  private final Map<DatasetName, Boolean> alone = new HashMap<>();
  private final Map<DatasetName, Boolean> subtrees = new HashMap<>();
  private final boolean everything;

  /**
   * Reads the patterns.
   *
   * @throws IllegalArgumentException if one is neither {@code <}, nor the name of a dataset with or
   *     without {@code <} after it
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public DatasetFilter(Map<String, Boolean> patterns) {
    this.patterns = Map.copyOf(patterns);
    this.everything = patterns.getOrDefault(BELOW, false);
    patterns.forEach((pattern, means) -> {
      if (!pattern.endsWith(BELOW)) {
        alone.put(DatasetName.parse(pattern), means);
      } else if (!pattern.equals(BELOW)) {
        subtrees.put(
            DatasetName.parse(pattern.substring(0, pattern.length() - BELOW.length())), means);
      }
    });
  }

  /** Returns whether {@code dataset} is meant. */
  public boolean passes(DatasetName dataset) {
    Boolean exactly = alone.get(dataset);
    return exactly == null ? subtreePasses(dataset) : exactly;
  }

  /** Returns whether {@code dataset} and everything that can be below it is meant. */
  public boolean passesWhole(DatasetName dataset) {
    return passes(dataset)
        && subtreePasses(dataset)
        && !hasException(alone, dataset)
        && !hasException(subtrees, dataset);
  }

  /** Returns whether {@code dataset} is meant, or anything that can be below it. */
  public boolean meansAnyOf(DatasetName dataset) {
    return passes(dataset)
        || subtreePasses(dataset)
        || named().stream().anyMatch(name -> name.isBelow(dataset));
  }

  private static boolean hasException(Map<DatasetName, Boolean> patterns, DatasetName above) {
    return patterns.entrySet().stream()
        .anyMatch(pattern -> !pattern.getValue() && pattern.getKey().isBelow(above));
  }

  private boolean subtreePasses(DatasetName dataset) {
    for (Optional<DatasetName> at = Optional.of(dataset); at.isPresent(); at = at.get().parent()) {
      Boolean means = subtrees.get(at.get());
      if (means != null) {
        return means;
      }
    }
    return everything;
  }

  /** Returns the datasets that patterns with true name, and so for {@code <} none. */
  public Set<DatasetName> named() {
    return Stream.of(alone, subtrees)
        .flatMap(patterns -> patterns.entrySet().stream())
        .filter(Map.Entry::getValue)
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Returns the patterns. */
  @JsonValue
  Map<String, Boolean> patterns() {
    return patterns;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DatasetFilter filter && patterns.equals(filter.patterns);
  }

  @Override
  public int hashCode() {
    return patterns.hashCode();
  }

  @Override
  public String toString() {
    return patterns.toString();
  }
}

package io.longhaul.packaging.bench;

import io.longhaul.packaging.site.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measurements of several contestants, taken in turns so that the machine's moods strike all alike.
 */
final class Samples {
  private final Map<String, List<Double>> values = new LinkedHashMap<>();

  /** Something that is measured once per round. */
  @FunctionalInterface
  interface Measurement {
    /** Returns the figure of one run. */
    double take() throws Exception;
  }

  /** Takes one measurement per contestant and round, and says so on standard error. */
  static Samples interleaved(int rounds, Map<String, Measurement> contestants) throws Exception {
    var samples = new Samples();
    for (int round = 1; round <= rounds; round++) {
      for (Map.Entry<String, Measurement> contestant : contestants.entrySet()) {
        double value = contestant.getValue().take();
        samples.add(contestant.getKey(), value);
        System.err.printf("round %d  %-28s %10.1f%n", round, contestant.getKey(), value);
      }
    }
    return samples;
  }

  private void add(String contestant, double value) {
    values.computeIfAbsent(contestant, _ -> new ArrayList<>()).add(value);
  }

  /** Returns who was measured, in order. */
  List<String> contestants() {
    return List.copyOf(values.keySet());
  }

  /** Returns the median of a contestant's figures. */
  double median(String contestant) {
    List<Double> sorted = sorted(contestant);
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  /** Returns the least and the greatest figure, for people. */
  String spread(String contestant) {
    List<Double> sorted = sorted(contestant);
    return Table.number(sorted.getFirst()) + "-" + Table.number(sorted.getLast());
  }

  private List<Double> sorted(String contestant) {
    List<Double> sorted = new ArrayList<>(values.getOrDefault(contestant, List.of()));
    Collections.sort(sorted);
    return sorted;
  }
}

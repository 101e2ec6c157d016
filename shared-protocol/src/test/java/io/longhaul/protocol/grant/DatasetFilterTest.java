package io.longhaul.protocol.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.zfs.DatasetName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetFilterTest {
  private static final DatasetFilter FILTER =
      new DatasetFilter(
          Map.of(
              "tank<",
              true,
              "tank/tmp<",
              false,
              "tank/tmp/keep",
              true,
              "tank/vm",
              false,
              "zroot",
              true));

  @ParameterizedTest
  @CsvSource({
    "tank, true",
    "tank/a/b/c, true",
    "tank/tmp, false",
    "tank/tmp/a, false",
    "tank/tmp/keep, true",
    "tank/tmp/keep/below, false",
    "tank/tmp2, true",
    "tank/vm, false",
    "tank/vm/disk, true",
    "zroot, true",
    "zroot/ROOT, false",
    "tank2, false",
    "other, false"
  })
  void theMostSpecificPatternDecides(String dataset, boolean passes) {
    assertThat(FILTER.passes(DatasetName.parse(dataset))).isEqualTo(passes);
  }

  @ParameterizedTest
  @CsvSource({
    "tank, false",
    "tank/a, true",
    "tank/tmp, false",
    "tank/tmp/keep, false",
    "tank/vm, false",
    "tank/vm/disk, true",
    "zroot, false",
    "other, false"
  })
  void aWholeSubtreeHasNoExceptionBelow(String dataset, boolean passes) {
    assertThat(FILTER.passesWhole(DatasetName.parse(dataset))).isEqualTo(passes);
  }

  @Test
  void withoutPatternsNothingPasses() {
    assertThat(new DatasetFilter(Map.of()).passes(DatasetName.parse("tank"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "tank/", "tank/<", "<<", "tank<<", "tank@a", "../tank<", "tank/*"})
  void aPatternIsTheNameOfADataset(String pattern) {
    assertThatThrownBy(() -> new DatasetFilter(Map.of(pattern, true)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Tried to use");
  }

  static LongStream seeds() {
    return LongStream.range(0, 300);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void itDecidesAsTheRulesRead(long seed) {
    Random random = new Random(seed);
    List<DatasetName> universe = below(DatasetName.parse("t"), 3);
    Map<String, Boolean> patterns = patterns(random, universe);
    DatasetFilter filter = new DatasetFilter(patterns);

    for (DatasetName dataset : universe) {
      assertThat(filter.passes(dataset))
          .as("%s %s", patterns, dataset)
          .isEqualTo(reference(patterns, dataset));
      assertThat(filter.passesWhole(dataset))
          .as("whole %s %s", patterns, dataset)
          .isEqualTo(below(dataset, 4).stream().allMatch(filter::passes));
    }
  }

  /** Up to six patterns, none deeper than the universe. */
  private static Map<String, Boolean> patterns(Random random, List<DatasetName> universe) {
    Map<String, Boolean> patterns = new HashMap<>();
    for (int i = random.nextInt(7); i > 0; i--) {
      DatasetName dataset = universe.get(random.nextInt(universe.size()));
      String pattern = random.nextInt(8) == 0 ? "<" : dataset + (random.nextBoolean() ? "<" : "");
      patterns.put(pattern, random.nextBoolean());
    }
    return patterns;
  }

  /** The dataset and all below it that the components a and b can make, in so many levels. */
  private static List<DatasetName> below(DatasetName top, int levels) {
    List<DatasetName> found = new ArrayList<>(List.of(top));
    if (levels > 0) {
      for (String component : List.of("a", "b")) {
        found.addAll(below(DatasetName.parse(top + "/" + component), levels - 1));
      }
    }
    return found;
  }

  private static boolean reference(Map<String, Boolean> patterns, DatasetName dataset) {
    Boolean alone = patterns.get(dataset.toString());
    if (alone != null) {
      return alone;
    }
    String at = dataset.toString();
    while (!at.isEmpty()) {
      Boolean subtree = patterns.get(at + "<");
      if (subtree != null) {
        return subtree;
      }
      at = at.contains("/") ? at.substring(0, at.lastIndexOf('/')) : "";
    }
    return patterns.getOrDefault("<", false);
  }
}

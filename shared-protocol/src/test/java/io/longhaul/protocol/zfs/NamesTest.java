package io.longhaul.protocol.zfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NamesTest {

  private static final String FIRST = "abcxyzABCXYZ";
  private static final String ALLOWED = FIRST + "0189-_.: ";

  static Stream<String> acceptedDatasets() {
    return Stream.of(
        "tank",
        "t",
        "Tank-1_2.3:4",
        "tank/vm/disk 0",
        "tank/ leading and trailing ",
        "tank/...",
        "tank/.hidden",
        "tank/-x",
        "tank/0",
        "tank/mirror",
        "tank/log",
        "logs",
        "c0t0d0",
        "amirror",
        "p".repeat(239),
        "tank/" + "x".repeat(250),
        "p" + "/d".repeat(49));
  }

  /** Names that no {@code zfs} command takes. */
  static Stream<String> malformedDatasets() {
    return Stream.of(
        "",
        "/",
        "/tank",
        "tank/",
        "tank//vm",
        "tank/.",
        "tank/./vm",
        "tank/..",
        "tank/../vm",
        "tank/a+b",
        "tank/a\tb",
        "tank/a\nb",
        "tank/a*",
        "tank/a;b",
        "tank/a'b",
        "tank/a$(b)",
        "tank/" + "x".repeat(251));
  }

  /** Names that no dataset can have, or none that we may touch. */
  static Stream<String> impossibleDatasets() {
    return Stream.of(
        "tank/a%b",
        "tank/a@b",
        "tank/a#b",
        "tank/a\0b",
        "tank/é",
        "0tank",
        "-tank",
        " tank",
        ".tank",
        "mirror",
        "mirror/vm",
        "mirrortank",
        "raidz",
        "raidz2",
        "draid",
        "draid1",
        "spare",
        "spares/x",
        "log",
        "log/x",
        "p".repeat(240),
        "p" + "/d".repeat(50));
  }

  @ParameterizedTest
  @MethodSource("acceptedDatasets")
  void acceptsDatasetsThatOpenZfsAccepts(String name) {
    assertThat(DatasetName.parse(name)).hasToString(name);
  }

  @ParameterizedTest
  @MethodSource({"malformedDatasets", "impossibleDatasets"})
  void refusesDatasetsThatOpenZfsRefuses(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DatasetName.parse(name))
        .withMessageStartingWith("Tried to use '" + name + "' as the name of a dataset but ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tank@daily", "tank/vm@2026-01-01 00:00", "tank@-", "tank@..."})
  void acceptsSnapshotsThatOpenZfsAccepts(String name) {
    assertThat(SnapshotName.parse(name)).hasToString(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tank",
        "@daily",
        "tank@",
        "tank@a@b",
        "tank@a#b",
        "tank@a/b",
        "tank@.",
        "tank@..",
        "tank/@a",
        "tank/.@a",
        "tank#a",
        "tank@a%b",
        "mirror@a",
        "tank@a\nb"
      })
  void refusesSnapshotsThatOpenZfsRefuses(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> SnapshotName.parse(name));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "tank/a+b | '+' (U+002B) is not allowed",
        "tank//vm | a component is empty",
        "tank/.. | a component is '..'",
        "0tank | its pool does not begin with a letter",
        "spare/x | no pool can have the reserved name 'spare'",
      })
  void saysWhyADatasetIsRefused(String name, String reason) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DatasetName.parse(name))
        .withMessageContaining(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"@daily", "#daily", "@a b", "#2026-01-01_00:00"})
  void acceptsBases(String base) {
    assertThat(SendBase.parse(base)).hasToString(base);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "@", "#", "daily", "tank@daily", "@a@b", "@a/b", "#.", "-i", "@a%b"})
  void refusesBases(String base) {
    assertThatIllegalArgumentException().isThrownBy(() -> SendBase.parse(base));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 250})
  void countsTheWholeSnapshotNameAgainstTheLimit(int datasetLength) {
    var dataset = DatasetName.parse("p/" + "x".repeat(datasetLength));
    int room = 255 - dataset.toString().length() - 1;
    assertThat(dataset.at("s".repeat(room)).toString()).hasSize(255);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> dataset.at("s".repeat(room + 1)))
        .withMessageContaining("256 characters");
  }

  static LongStream seeds() {
    return LongStream.range(0, 500);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyNameMadeByTheRulesSurvivesParsing(long seed) {
    var random = new SplittableRandom(seed);
    String dataset = dataset(random);
    String snapshot = component(random);
    assertThat(DatasetName.parse(dataset)).hasToString(dataset).isEqualTo(new DatasetName(dataset));
    var parsed = SnapshotName.parse(dataset + "@" + snapshot);
    assertThat(parsed).isEqualTo(DatasetName.parse(dataset).at(snapshot));
    assertThat(SnapshotName.parse(parsed.toString())).isEqualTo(parsed);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyNameWithOneFaultIsRefused(long seed) {
    var random = new SplittableRandom(seed);
    String good = dataset(random);
    int place = random.nextInt(good.length() + 1);
    char bad = badCharacter(random);
    List<String> faults =
        List.of(
            good.substring(0, place) + bad + good.substring(place),
            "/" + good,
            good + "/",
            good + "//x",
            good + "/.",
            good + "/../x",
            "%d".formatted(random.nextInt(10)) + good,
            good + "/" + "x".repeat(256),
            good + "/x".repeat(50));
    for (String fault : faults) {
      assertThatIllegalArgumentException()
          .as(fault)
          .isThrownBy(() -> DatasetName.parse(fault))
          .withMessageStartingWith("Tried to use ");
    }
  }

  private static String dataset(SplittableRandom random) {
    /* "mirror…" cannot come up: the alphabet has no m, r, d, s or l. */
    String pool = FIRST.charAt(random.nextInt(FIRST.length())) + component(random);
    return Stream.concat(
            Stream.of(pool), Stream.generate(() -> component(random)).limit(random.nextInt(8)))
        .collect(Collectors.joining("/"));
  }

  private static String component(SplittableRandom random) {
    String text =
        random
            .ints(1 + random.nextInt(20), 0, ALLOWED.length())
            .mapToObj(i -> ALLOWED.substring(i, i + 1))
            .collect(Collectors.joining());
    return text.matches("[.]{1,2}") ? "x" + text : text;
  }

  private static char badCharacter(SplittableRandom random) {
    char c = (char) random.nextInt(random.nextBoolean() ? 128 : 0xD800);
    boolean allowed = (c < 128 && Character.isLetterOrDigit(c)) || "-_.: /".indexOf(c) >= 0;
    return allowed ? '%' : c;
  }
}

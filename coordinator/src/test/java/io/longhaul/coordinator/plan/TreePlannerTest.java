package io.longhaul.coordinator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.SendBase;
import io.longhaul.protocol.zfs.SendFlags;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.Version;
import io.longhaul.protocol.zfs.ZfsException;
import io.longhaul.protocol.zfs.ZfsFeatures;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds between datasets: order, parents, clones, names. */
class TreePlannerTest {
  private static final ZfsFeatures ZFS =
      new ZfsFeatures("", Set.of('i', 'I', 't'), Set.of('s', 'u', 'o'), true, true, true);

  private static Dataset dataset(String name, String origin, String... snapshots) {
    return new Dataset(
        DatasetName.parse(name),
        Dataset.Kind.FILESYSTEM,
        Optional.of(origin).filter(of -> !of.isEmpty()).map(SnapshotName::parse),
        Optional.empty(),
        false,
        0,
        Optional.empty(),
        Stream.of(snapshots).map(TreePlannerTest::snapshot).toList());
  }

  /** Reads a name and the number that is GUID and createtxg, such as {@code a1}. */
  private static Version snapshot(String text) {
    String number = text.replaceAll("[^0-9]", "");
    return new Version(
        SendBase.parse("@" + text),
        number,
        Long.parseLong(number),
        Instant.ofEpochSecond(Long.parseLong(number)),
        0,
        Set.of(),
        Set.of(),
        Optional.empty());
  }

  private static TreePlan plan(
      Predicate<DatasetName> chosen, List<Dataset> sources, List<Dataset> targets) {
    var rules =
        new Rules(
            "nightly",
            Intermediates.ALL,
            SnapshotFilter.ALL,
            SendFlags.NONE,
            ReceiveOptions.SAFE,
            false,
            Guarantee.NOTHING,
            Guarantee.NOTHING);
    return new TreePlanner(
            new Planner(rules, ZFS, ZFS),
            DatasetName.parse("tank/vm"),
            DatasetName.parse("backup/vm"),
            chosen)
        .plan(sources, targets);
  }

  private static String command(Step step) {
    try {
      return step.commands(ZFS, ZFS).getFirst().toString();
    } catch (ZfsException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> text(TreePlan plan) {
    return plan.items().stream()
        .map(item ->
            item.target()
                + ": "
                + switch (item.plan()) {
                  case PairPlan.Stopped stopped -> stopped.conflict().code();
                  case PairPlan.Go go ->
                      String.join(", ", go.steps().stream().map(TreePlannerTest::command).toList());
                }
                + " after "
                + item.after().stream().map(DatasetName::name).sorted().toList())
        .toList();
  }

  private static final Dataset POOL = dataset("backup", "");

  @Test
  void parentsComeFirstAndOriginsBeforeTheirClones() {
    assertThat(
            text(
                plan(
                    _ -> true,
                    List.of(
                        dataset("tank/vm/a", "tank/vm/z@o3", "a4"),
                        dataset("tank/vm/z", "", "o3"),
                        dataset("tank/vm", "", "r1")),
                    List.of(POOL))))
        .containsExactly(
            "backup/vm: zfs send tank/vm@r1 after []",
            "backup/vm/z: zfs send tank/vm/z@o3 after [backup/vm]",
            "backup/vm/a: zfs send -i tank/vm/z@o3 tank/vm/a@a4 after [backup/vm, backup/vm/z]");
  }

  @Test
  void aCloneStartsFromTheCopyOfItsOrigin() {
    Dataset origin = dataset("tank/vm/z", "", "3");
    assertThat(
            text(
                plan(
                    _ -> true,
                    List.of(
                        dataset("tank/vm", "", "1"),
                        dataset("tank/vm/a", "tank/vm/z@3", "4"),
                        origin),
                    List.of(POOL, dataset("backup/vm", "", "1"), dataset("backup/vm/z", "", "3")))))
        .containsExactly(
            "backup/vm:  after []",
            "backup/vm/z:  after []",
            "backup/vm/a: zfs send -i tank/vm/z@3 tank/vm/a@4 after []");
  }

  @Test
  void parentsThatAreNotSentArePlaceholders() {
    Predicate<DatasetName> leaves = name -> name.name().endsWith("x");
    assertThat(
            text(
                plan(
                    leaves,
                    List.of(
                        dataset("tank/vm", "", "1"),
                        dataset("tank/vm/a", "", "2"),
                        dataset("tank/vm/a/x", "", "3")),
                    List.of(POOL))))
        .hasSize(3)
        .satisfies(items -> {
          assertThat(items.get(0))
              .startsWith("backup/vm: zfs create ")
              .endsWith("backup/vm after []");
          assertThat(items.get(1)).endsWith("backup/vm/a after [backup/vm]");
          assertThat(items.get(2))
              .isEqualTo("backup/vm/a/x: zfs send tank/vm/a/x@3 after [backup/vm/a]");
        });
  }

  @Test
  void nothingIsCreatedAboveTheTargetsRoot() {
    assertThat(text(plan(_ -> true, List.of(dataset("tank/vm", "", "1")), List.of())))
        .containsExactly("backup/vm: no-parent after []");
  }

  @Test
  void oneBrokenDatasetStopsOnlyWhatIsBelowIt() {
    assertThat(
            text(
                plan(
                    _ -> true,
                    List.of(
                        dataset("tank/vm", "", "1"),
                        dataset("tank/vm/a", "", "2"),
                        dataset("tank/vm/b", "", "3")),
                    List.of(POOL, dataset("backup/vm", "", "1"), dataset("backup/vm/a", "", "9")))))
        .containsExactly(
            "backup/vm:  after []",
            "backup/vm/a: no-common-base after []",
            "backup/vm/b: zfs send tank/vm/b@3 after []");
  }

  @Test
  void aRenamedDatasetIsSaidToBeThat() {
    TreePlan plan =
        plan(
            _ -> true,
            List.of(dataset("tank/vm", "", "1"), dataset("tank/vm/new", "", "2", "3")),
            List.of(POOL, dataset("backup/vm", "", "1"), dataset("backup/vm/old", "", "2")));
    assertThat(text(plan))
        .containsExactly("backup/vm:  after []", "backup/vm/new: renamed after []");
    assertThat(((PairPlan.Stopped) plan.items().getLast().plan()).conflict().message())
        .contains("zfs rename backup/vm/old backup/vm/new");
    assertThat(plan.onlyOnTarget()).containsExactly(DatasetName.parse("backup/vm/old"));
  }

  @Test
  void whatTheSourceHasNoMoreIsNamedAndLeftAlone() {
    TreePlan plan =
        plan(
            _ -> true,
            List.of(dataset("tank/vm", "", "1")),
            List.of(POOL, dataset("backup/vm", "", "1"), dataset("backup/vm/gone", "", "7")));
    assertThat(text(plan)).containsExactly("backup/vm:  after []");
    assertThat(plan.onlyOnTarget()).containsExactly(DatasetName.parse("backup/vm/gone"));
  }

  @Test
  void aNameThatIsTooLongForTheTargetIsToldToAPerson() {
    List<Dataset> sources = List.of(dataset("tank/vm/" + "x".repeat(246), "", "a1"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan(_ -> true, sources, List.of(dataset("backup", ""))))
        .withMessageContaining("a place for the copy of tank/vm/xxx")
        .withMessageContaining("a target with a shorter name");
    assertThat(plan(_ -> false, sources, List.of(dataset("backup", ""))).items()).isEmpty();
  }
}

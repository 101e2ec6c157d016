package io.longhaul.coordinator.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.coordinator.drive.Outcome;
import io.longhaul.coordinator.drive.Standing;
import io.longhaul.protocol.zfs.DatasetName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
  private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
  private static final DatasetName TARGET = DatasetName.parse("backup/vm");

  @TempDir Path directory;

  private StateDirectory state() {
    return new StateDirectory(directory.resolve("state"));
  }

  private static Standing standing(Outcome.State how, String newestOnTarget) {
    var source = new Standing.Newest("b", "2", NOON);
    return new Standing(
        List.of(
            new Outcome(
                Optional.of(DatasetName.parse("tank/vm")),
                TARGET,
                how,
                0,
                Optional.of("failed").filter(_ -> how == Outcome.State.FAILED),
                Optional.of("it broke").filter(_ -> how == Outcome.State.FAILED),
                Optional.of(Duration.ofSeconds(8)).filter(_ -> how == Outcome.State.WAITING))),
        Map.of(
            TARGET,
            new Standing.Lag(
                source,
                Optional.of(
                    newestOnTarget.equals("2")
                        ? source
                        : new Standing.Newest("a", "1", NOON.minusSeconds(3600))))),
        1,
        how == Outcome.State.DONE ? 1 : 0,
        1000,
        2000,
        0,
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void whatIsWrittenIsRead() throws Exception {
    try (var _ = state().claim().orElseThrow()) {
      assertThat(state().read("vm")).isEmpty();
      JobMemory memory =
          JobMemory.fresh(NOON)
              .starting(NOON.plusSeconds(5))
              .with(standing(Outcome.State.FAILED, "1"), NOON.plusSeconds(6));
      state().write("vm", memory);
      assertThat(state().read("vm")).contains(memory);
      assertThat(memory.running()).isTrue();
      assertThat(memory.lag()).contains(Duration.ofHours(1));
      assertThat(Files.size(directory.resolve("state/vm.json"))).isLessThan(1000);
    }
  }

  @Test
  void aSuccessIsRememberedUntilTheNext() {
    JobMemory good =
        JobMemory.fresh(NOON)
            .starting(NOON)
            .with(standing(Outcome.State.DONE, "2"), NOON.plusSeconds(1))
            .ended(NOON.plusSeconds(2));
    assertThat(good.good(NOON)).isTrue();
    assertThat(good.lastSuccess()).contains(NOON.plusSeconds(2));
    assertThat(good.lag()).contains(Duration.ZERO);
    JobMemory bad =
        good.starting(NOON.plusSeconds(100))
            .with(standing(Outcome.State.FAILED, "2"), NOON.plusSeconds(101))
            .ended(NOON.plusSeconds(102));
    assertThat(bad.good(NOON)).isFalse();
    assertThat(bad.lastSuccess()).contains(NOON.plusSeconds(2));
    assertThat(bad.datasets().getFirst().lastSuccess()).contains(NOON.plusSeconds(1));
    assertThat(bad.troubled()).hasSize(1);
  }

  @Test
  void aRunWithNothingToDoIsASuccessOfEachDataset() {
    JobMemory first =
        JobMemory.fresh(NOON)
            .starting(NOON)
            .with(standing(Outcome.State.DONE, "2"), NOON.plusSeconds(1))
            .with(standing(Outcome.State.DONE, "2"), NOON.plusSeconds(2))
            .ended(NOON.plusSeconds(3));
    assertThat(first.datasets().getFirst().lastSuccess()).contains(NOON.plusSeconds(1));
    JobMemory second =
        first
            .starting(NOON.plusSeconds(100))
            .with(standing(Outcome.State.DONE, "2"), NOON.plusSeconds(101));
    assertThat(second.datasets().getFirst().lastSuccess()).contains(NOON.plusSeconds(101));
  }

  @Test
  void whatFailedIsNoBetterWhileItIsTriedAgain() {
    JobMemory again =
        JobMemory.fresh(NOON)
            .starting(NOON)
            .with(standing(Outcome.State.FAILED, "1"), NOON)
            .ended(NOON)
            .starting(NOON.plusSeconds(100));
    assertThat(again.good(NOON)).isFalse();
    JobMemory waiting = again.with(standing(Outcome.State.WAITING, "1"), NOON.plusSeconds(101));
    assertThat(waiting.good(NOON)).isFalse();
    assertThat(waiting.datasets().getFirst().next()).contains(NOON.plusSeconds(109));
    assertThat(waiting.with(standing(Outcome.State.DONE, "2"), NOON).ended(NOON).good(NOON))
        .isTrue();
  }

  @Test
  void aRunMayWaitForAnAgentButNotForever() {
    Standing waits =
        new Standing(
            List.of(),
            Map.of(),
            0,
            0,
            0,
            0,
            0,
            Optional.of("vault does not answer"),
            Optional.empty());
    JobMemory memory =
        JobMemory.fresh(NOON)
            .starting(NOON)
            .with(waits, NOON.plusSeconds(1))
            .with(waits, NOON.plusSeconds(3000));
    assertThat(memory.good(NOON.plusSeconds(3001))).isTrue();
    assertThat(memory.good(NOON.plusSeconds(3700))).isFalse();
    JobMemory back = memory.with(standing(Outcome.State.DONE, "2"), NOON.plusSeconds(3700));
    assertThat(back.good(NOON.plusSeconds(9999))).isTrue();
  }

  @Test
  void whatIsNotSentAnyMoreIsNotBehind() {
    Standing none =
        new Standing(
            List.of(outcome(TARGET)), Map.of(), 0, 0, 0, 0, 0, Optional.empty(), Optional.empty());
    JobMemory memory =
        JobMemory.fresh(NOON).starting(NOON).with(standing(Outcome.State.DONE, "1"), NOON);
    assertThat(memory.lag()).isPresent();
    assertThat(memory.with(none, NOON).datasets().getFirst().newest()).isEmpty();
  }

  @Test
  void aDatasetWithoutACopyIsNotNearlyUpToDate() {
    var lags = new HashMap<>(standing(Outcome.State.DONE, "2").lags());
    lags.put(
        DatasetName.parse("backup/new"),
        new Standing.Lag(new Standing.Newest("b", "2", NOON), Optional.empty()));
    Standing both =
        new Standing(
            List.of(outcome(TARGET), outcome(DatasetName.parse("backup/new"))),
            lags,
            0,
            0,
            0,
            0,
            0,
            Optional.empty(),
            Optional.empty());
    assertThat(JobMemory.fresh(NOON).starting(NOON).with(both, NOON).lag()).isEmpty();
  }

  private static Outcome outcome(DatasetName target) {
    return new Outcome(
        Optional.empty(),
        target,
        Outcome.State.WAITING,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void whatCannotBeReadIsForgotten() throws Exception {
    try (var _ = state().claim().orElseThrow()) {
      Files.writeString(directory.resolve("state/vm.json"), "{\"format\": 1, \"knownS");
      assertThat(state().read("vm")).isEmpty();
    }
  }

  @Test
  void whatTheFirstDaemonWroteIsRead() throws Exception {
    try (var _ = state().claim().orElseThrow()) {
      Files.writeString(
          directory.resolve("state/vm.json"),
          """
          {"format":1,"knownSince":"2026-06-01T12:00:00Z","started":"2026-06-01T12:00:00Z",
           "ended":"2026-06-01T12:00:01Z","lastSuccess":"2026-06-01T12:00:01Z","streams":1,
           "streamsDone":1,"bytes":10,"expectedBytes":10,"datasets":[{"source":"tank/vm",
           "target":"backup/vm","state":"done","failures":0,"lastSuccess":"2026-06-01T12:00:01Z"}]}
          """);
      JobMemory memory = state().read("vm").orElseThrow();
      assertThat(memory.lastSuccess()).contains(NOON.plusSeconds(1));
      assertThat(memory.good(NOON)).isTrue();
    }
  }

  @Test
  void oneDaemonAtATime() throws Exception {
    assertThat(state().claimed()).isFalse();
    try (var _ = state().claim().orElseThrow()) {
      assertThat(state().claim()).isEmpty();
      assertThat(state().claimed()).isTrue();
    }
    assertThat(state().claimed()).isFalse();
  }

  @Test
  void aWakeUpIsTakenOnce() throws Exception {
    try (var _ = state().claim().orElseThrow()) {
      assertThat(state().takeWakeUp("vm")).isFalse();
      state().askToWakeUp("vm");
      assertThat(state().takeWakeUp("vm")).isTrue();
      assertThat(state().takeWakeUp("vm")).isFalse();
    }
  }
}

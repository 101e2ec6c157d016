package io.longhaul.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.coordinator.drive.Outcome;
import io.longhaul.coordinator.drive.Standing;
import io.longhaul.coordinator.job.JobMemory;
import io.longhaul.coordinator.job.StateDirectory;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.zfs.DatasetName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands that show what the daemon remembers, with what it would have written. */
class JobCommandsTest {
  private static final DatasetName TARGET = DatasetName.parse("backup/vm");

  @TempDir Path directory;

  private StateDirectory state;
  private StateDirectory.Claim claim;
  private Path config;

  @SuppressWarnings("NullAway.Init") // before each test
  JobCommandsTest() {}

  @BeforeEach
  void configure() throws Exception {
    config =
        Files.writeString(
            directory.resolve("c.yaml"),
            """
            agents:
              office: {sender: {url: http://127.0.0.1:1}}
              vault: {receiver: {url: http://127.0.0.1:1}}
            state-directory: %s
            jobs:
              nightly: {source: office:tank/vm, target: vault:backup/vm, schedule: {every: 1d}}
            """
                .formatted(directory.resolve("state")));
    state = new StateDirectory(directory.resolve("state"));
    claim = state.claim().orElseThrow();
  }

  @AfterEach
  void letGo() throws Exception {
    claim.close();
  }

  private Run run(String... words) {
    var all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--config", config.toString()));
    return Run.of(all.toArray(String[]::new));
  }

  private void ran(Outcome.State how, Duration behind) throws Exception {
    Instant end = Instant.now().minusSeconds(90);
    var source = new Standing.Newest("new", "2", end);
    var target = new Standing.Newest("old", "1", end.minus(behind));
    state.write(
        "nightly",
        JobMemory.fresh(end)
            .starting(end.minusSeconds(10))
            .with(
                new Standing(
                    List.of(
                        new Outcome(
                            Optional.of(DatasetName.parse("tank/vm")),
                            TARGET,
                            how,
                            0,
                            Optional.of("no-common-base"),
                            Optional.of("nothing in common"),
                            Optional.empty())),
                    Map.of(TARGET, new Standing.Lag(source, Optional.of(target))),
                    1,
                    0,
                    1 << 20,
                    1 << 21,
                    0,
                    Optional.empty(),
                    Optional.empty()),
                end)
            .ended(end));
  }

  @Test
  void aJobThatHasNeverRunIsShown() {
    Run jobs = run("jobs");
    assertThat(jobs.out()).contains("nightly", "office:tank/vm", "every 1d", "never", "now");
    assertThat(jobs.exit()).isZero();
    assertThat(run("status", "nightly").out()).contains("last success  never");
  }

  @Test
  void aConflictIsShownAndSaidByTheExitCode() throws Exception {
    ran(Outcome.State.CONFLICT, Duration.ofHours(3));
    Run status = run("status", "nightly");
    assertThat(status.exit()).isEqualTo(1);
    assertThat(status.out())
        .contains("conflict (no-common-base)", "nothing in common", "@new", "@old", "3h 0m")
        .contains("1.00 MiB of 2.00 MiB");
    assertThat(run("jobs").exit()).isEqualTo(1);
    JsonNode job = Json.STRICT.readTree(run("jobs", "--json").out()).get("jobs").get(0);
    assertThat(job.get("good").asBoolean()).isFalse();
    assertThat(job.get("lag").asText()).isEqualTo("PT3H");
    assertThat(job.get("datasets").get(0).get("dataset").get("code").asText())
        .isEqualTo("no-common-base");
  }

  @Test
  void beingBehindIsAnExitCodeIfThatIsAsked() throws Exception {
    ran(Outcome.State.DONE, Duration.ofHours(3));
    assertThat(run("status", "nightly").exit()).isZero();
    assertThat(run("status", "nightly", "--most-behind", "4h").exit()).isZero();
    assertThat(run("status", "nightly", "--most-behind", "2h").exit()).isEqualTo(1);
  }

  @Test
  void aWakeUpNeedsADaemon() throws Exception {
    assertThat(run("wakeup", "nightly").exit()).isZero();
    assertThat(state.takeWakeUp("nightly")).isTrue();
    claim.close();
    Run alone = run("wakeup", "nightly");
    assertThat(alone.exit()).isEqualTo(1);
    assertThat(alone.err()).contains("no daemon runs");
    assertThat(run("jobs").exit()).as("no daemon is no good state").isEqualTo(1);
  }

  @Test
  void withoutADaemonNoJobStandsWell() throws Exception {
    ran(Outcome.State.DONE, Duration.ZERO);
    assertThat(run("status", "nightly").exit()).isZero();
    claim.close();
    Run status = run("status", "nightly");
    assertThat(status.exit()).isEqualTo(1);
    assertThat(status.err()).contains("the daemon does not run");
    assertThat(status.out()).contains("last success");
    JsonNode told = Json.STRICT.readTree(run("status", "nightly", "--json").out());
    assertThat(told.get("daemon").asBoolean()).isFalse();
    assertThat(told.get("name").asText()).isEqualTo("nightly");
  }

  @Test
  void aJobIsStartedByHandOnlyIfNoDaemonRunsIt() throws Exception {
    Run refused = run("start", "nightly");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains("coordinator wakeup nightly");
    claim.close();
    Run alone = run("start", "nightly");
    assertThat(alone.exit()).isEqualTo(1);
    assertThat(alone.err()).contains("Nothing was started: ", "127.0.0.1:1");
    assertThat(run("start", "nightli").exit()).isEqualTo(2);
    assertThat(run("start", "office:tank/vm").err()).contains("no TARGET is named");
  }

  @ParameterizedTest
  @CsvSource({
    "plan nightly --raw, --raw",
    "plan nightly --set a=b, --set",
    "start nightly --streams 3, --streams",
    "start nightly --stalled 3h, --stalled",
    "start nightly --label a=b, --label",
    "start office:tank/vm vault:backup/vm --chunk-size 1MiB, --chunk-size",
    "start office:tank/vm vault:backup/vm --digests md5, --digests",
    "start office:tank/vm vault:backup/vm --label a=b, --label",
    "start office:tank/vm vault:backup/vm --from x, --from",
    "start office:tank/vm@x vault:backup/vm --rollback, --rollback",
    "start office:tank/vm@x vault:backup/vm --job a, --job",
    "start office::a vault::b --filter tank=true, --filter",
  })
  void noOptionIsIgnored(String words, String option) {
    Run run = run(words.split(" "));
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("but " + option + " is for");
  }

  @Test
  void aNameThatIsNoJobIsSaid() {
    Run run = run("status", "nonsense");
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("no", "'nonsense'", "nightly");
  }

  @Test
  void anAgentThatIsAwayIsSaidByThePlan() {
    Run run = run("plan", "nightly");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("127.0.0.1:1");
  }

  @Test
  void aSecondDaemonIsRefused() {
    Run run = run("daemon");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("another daemon, or");
  }
}

package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.Eventually;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Tools;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.testing.Requirements;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.TestPools;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Ten datasets are replicated with a real ZFS, round after round, whatever is killed meanwhile. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReplicationIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int FILE_BYTES = 400_000;
  private static final List<String> NAMES =
      List.of("", "/a", "/a/a", "/a/b", "/b", "/b/a", "/c", "/d", "/e", "/f");

  private final Random random = new Random(5);
  private final Site site;
  private TestPools pools;
  private DatasetName source;
  private DatasetName target;
  private int rounds;

  @SuppressWarnings("NullAway.Init") // before all tests
  ReplicationIT() throws Exception {
    site = new Site();
  }

  @BeforeAll
  void makePools() throws Exception {
    Tools.need("curl");
    Requirements.need(TestPools.available(), "a ZFS at work and the rights of root");
    pools = TestPools.create();
    source = DatasetName.parse(pools.source() + "/tree");
    target = DatasetName.parse(pools.target() + "/tree");
    for (String name : NAMES) {
      pools.create(DatasetName.parse(source + name));
    }
    site.agents()
        .set(
            Map.of(
                "source",
                "office:" + source,
                "target",
                "vault:" + target,
                "schedule",
                Map.of("every", "1d")),
            "jobs",
            "tree");
    site.agents().set(site.file("state").toString(), "state-directory");
    site.start();
  }

  @AfterAll
  void destroyPools() throws Exception {
    site.close();
    if (pools != null) {
      pools.close();
    }
  }

  @Test
  @Order(1)
  void thePlanIsShownAndChangesNothing() throws Exception {
    round();
    JsonNode plan = json(run("plan", "tree", "--json"));
    assertThat(plan.get("datasets")).hasSize(NAMES.size());
    assertThat(plan.get("streams").asInt()).isEqualTo(NAMES.size());
    assertThat(plan.get("conflicts").asInt()).isZero();
    CommandResult text = run("plan", "office:" + source, "vault:" + target, "--no-sizes");
    assertThat(text.out())
        .contains("office: zfs send " + source + "@r1", "vault: zfs receive", "10 datasets");
    assertThat(pools.exists(target)).isFalse();
  }

  @Test
  @Order(2)
  void allIsReplicatedOnceAndThenThereIsNothingToDo() throws Exception {
    succeed("start", "office:" + source, "vault:" + target, "--job", "tree");
    same();
    JsonNode plan = json(run("plan", "tree", "--json"));
    assertThat(plan.get("streams").asInt()).isZero();
    assertThat(plan.findValuesAsText("command")).isEmpty();
    assertThat(run("artifacts", "list", "office:" + source, "vault:" + target).exit()).isZero();
  }

  @Test
  @Order(3)
  void roundsGoOnAlthoughSnapshotsAreDestroyedAndAgentsKilled() throws Exception {
    for (int i = 0; i < 2; i++) {
      round();
      round();
      pruneByHand();
      try (var running =
          CommandResult.RunningCommand.start(
              site.coordinatorCommand(
                  "start", "office:" + source, "vault:" + target, "--job", "tree"))) {
        awaitASession();
        site.sender().kill();
        site.sender().start();
        awaitASession();
        site.receiver().kill();
        site.receiver().start();
        CommandResult result = running.await(PATIENCE);
        assertThat(result.exit()).as(result.toString()).isZero();
      }
      same();
    }
  }

  @Test
  @Order(4)
  void theDaemonRunsTheJobAndMayBeKilled() throws Exception {
    round();
    List<String> command = site.coordinatorCommand("daemon");
    try (var _ = CommandResult.RunningCommand.start(command)) {
      awaitASession();
    } // killed
    assertThat(run("jobs").exit()).as("the daemon does not run").isEqualTo(1);
    try (var _ = CommandResult.RunningCommand.start(command)) {
      Eventually.holds(
          "the end of the run",
          PATIENCE,
          () -> json(run("status", "tree", "--json")).has("lastSuccess"));
      same();
      assertThat(run("status", "tree", "--most-behind", "1s").exit()).isZero();
      assertThat(run("jobs").exit()).isZero();
      round();
      succeed("wakeup", "tree");
      Eventually.holds(
          "another run",
          PATIENCE,
          () -> pools.guid(target.at(newest())).equals(pools.guid(source.at(newest()))) && idle());
      same();
    }
  }

  private boolean idle() throws Exception {
    return !json(run("status", "tree", "--json")).get("running").asBoolean();
  }

  private String newest() {
    return "r" + rounds;
  }

  /** Writes something into every dataset, and takes a snapshot of each. */
  private void round() throws Exception {
    rounds++;
    for (String name : NAMES) {
      DatasetName dataset = DatasetName.parse(source + name);
      var content = new byte[FILE_BYTES];
      random.nextBytes(content);
      Files.write(pools.mountpoint(dataset).resolve("file" + rounds), content);
      pools.snapshot(SnapshotName.parse(dataset + "@" + newest()));
    }
  }

  /** What is not protected goes. */
  private void pruneByHand() throws Exception {
    for (String name : NAMES) {
      int round = 1 + random.nextInt(rounds - 1);
      var _ = CommandResult.of(List.of("zfs", "destroy", source + name + "@r" + round));
    }
  }

  private void awaitASession() {
    int known = rounds;
    Eventually.holds(
        "a session of round " + known,
        PATIENCE,
        () -> site.receives().stream().anyMatch(status -> !status.state().ended()));
  }

  private void same() throws Exception {
    for (String name : NAMES) {
      assertThat(pools.guid(DatasetName.parse(target + name).at(newest())))
          .as(target + name)
          .isEqualTo(pools.guid(DatasetName.parse(source + name).at(newest())));
    }
  }

  private static JsonNode json(CommandResult result) throws Exception {
    return Json.TOLERANT.readTree(result.out());
  }

  private void succeed(String... arguments) throws Exception {
    CommandResult result = run(arguments);
    assertThat(result.exit()).as(result.toString()).isZero();
  }

  private CommandResult run(String... arguments) throws Exception {
    return site.coordinator(new ArrayList<>(List.of(arguments)).toArray(String[]::new));
  }
}

package io.longhaul.coordinator.remote;

import static io.longhaul.coordinator.testing.Statuses.reached;
import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.coordinator.CoordinatorConfig;
import io.longhaul.coordinator.agent.Agents;
import io.longhaul.coordinator.drive.Sides;
import io.longhaul.coordinator.testing.FakeAgent;
import io.longhaul.coordinator.testing.Statuses;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.config.ConfigFile;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.wire.AgentInfo;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which sessions a job takes for its own, with agents that follow a script. */
@Timeout(60)
class AgentSidesTest {
  private static final Map<String, String> OURS =
      Map.of(
          "job",
          "nightly",
          "source-machine",
          "office",
          "source-root",
          "tank/vm",
          "target-root",
          "backup/vm",
          "target",
          "backup/vm/a");

  @TempDir Path directory;
  private FakeAgent<SendStatus> office;
  private FakeAgent<ReceiveStatus> vault;
  private AgentSides sides;

  @SuppressWarnings("NullAway.Init") // before each test
  AgentSidesTest() {}

  @BeforeEach
  void startAgents() throws Exception {
    office = new FakeAgent<>(Role.SEND, "office");
    office.introducesItselfAs(withFilesystems(office.info()));
    vault = new FakeAgent<ReceiveStatus>(Role.RECEIVE, "vault").sees(reached("office"));
    vault.introducesItselfAs(withFilesystems(vault.info()));
    Path file =
        Files.writeString(
            directory.resolve("c.yaml"),
            """
            agents:
              office: {sender: {url: %s}}
              vault: {receiver: {url: %s}}
            jobs:
              nightly: {source: office:tank/vm, target: vault:backup/vm}
            """
                .formatted(office.url(), vault.url()));
    CoordinatorConfig config = ConfigFile.read(file, CoordinatorConfig.class);
    sides = new AgentSides(new Agents(file, config), config.jobList().getFirst(), Instant.now());
  }

  @AfterEach
  void stopAgents() {
    office.close();
    vault.close();
  }

  private static AgentInfo withFilesystems(AgentInfo plain) {
    return new AgentInfo(
        plain.name(),
        plain.role(),
        plain.software(),
        plain.protocol(),
        List.of("filesystems"),
        plain.identity(),
        plain.spoolLimitBytes(),
        plain.zfs(),
        plain.certificateExpires(),
        plain.warnings());
  }

  private static SessionId created(Duration ago) {
    return SessionId.create(Clock.offset(Clock.systemUTC(), ago.negated()));
  }

  private static Map<String, String> but(String label, String value) {
    var labels = new HashMap<>(OURS);
    labels.put(label, value);
    return labels;
  }

  private void runs(SessionId id, Map<String, String> labels) {
    sends(id, labels, "vault-reader");
    ReceiveStatus plain = Statuses.receiving(SessionState.RUNNING).status(id);
    vault.lists(
        new ReceiveStatus(
            id,
            plain.state(),
            plain.peer(),
            plain.sink(),
            plain.sinkPid(),
            plain.verifiedTo(),
            plain.verifiedBytes(),
            plain.fedTo(),
            plain.fedBytes(),
            plain.estimateBytes(),
            plain.transfer(),
            plain.sinceProgress(),
            plain.sinceContact(),
            plain.limits(),
            labels,
            plain.end(),
            plain.sinkExit(),
            plain.failure()));
  }

  private void sends(SessionId id, Map<String, String> labels, String reader) {
    SendStatus plain = Statuses.sending(id, SessionState.RUNNING, Duration.ZERO, Optional.empty());
    office.lists(
        new SendStatus(
            id,
            plain.state(),
            plain.source(),
            reader,
            plain.chunkBytes(),
            plain.sealedTo(),
            plain.sealedBytes(),
            plain.releasedTo(),
            plain.releasedBytes(),
            plain.spoolLimitBytes(),
            plain.estimateBytes(),
            plain.attempt(),
            plain.replayedBytes(),
            plain.sinceProgress(),
            plain.sinceContact(),
            plain.limits(),
            labels,
            plain.end(),
            plain.failure()));
  }

  @Test
  void aStreamOfAnEarlierRunIsFound() throws Exception {
    runs(created(Duration.ofHours(1)), OURS);
    assertThat(sides.running())
        .extracting(Sides.Running::target)
        .extracting(Object::toString)
        .containsExactly("backup/vm/a");
    assertThat(office.calls()).isEmpty();
  }

  @Test
  void streamsOfOthersAreLeftAlone() throws Exception {
    Duration old = Duration.ofHours(1);
    runs(created(old), but("job", "hourly"));
    runs(created(old), but("source-root", "tank/db"));
    runs(created(old), but("target-root", "backup/other"));
    runs(created(old), but("source-machine", "branch"));
    runs(created(old), Map.of("job", "nightly"));
    sends(created(old), OURS, "another-vault");
    sends(created(old), but("target-root", "backup/other"), "vault-reader");
    assertThat(sides.running()).isEmpty();
    assertThat(office.calls()).isEmpty();
  }

  @Test
  void whatNobodyWillReadIsEnded() throws Exception {
    SessionId orphan = created(Duration.ofHours(1));
    sends(orphan, OURS, "vault-reader");
    assertThat(sides.running()).isEmpty();
    assertThat(office.calls()).containsExactly("abort " + orphan);
  }
}

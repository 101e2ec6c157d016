package io.longhaul.coordinator.cli;

import static io.longhaul.coordinator.testing.Statuses.ID;
import static io.longhaul.coordinator.testing.Statuses.delivered;
import static io.longhaul.coordinator.testing.Statuses.info;
import static io.longhaul.coordinator.testing.Statuses.reached;
import static io.longhaul.coordinator.testing.Statuses.receiving;
import static io.longhaul.coordinator.testing.Statuses.sending;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.coordinator.testing.FakeAgent;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.ProtocolVersion;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.wire.Abort;
import io.longhaul.protocol.wire.AgentInfo;
import io.longhaul.protocol.wire.PauseRequest;
import io.longhaul.protocol.wire.PeerInfo;
import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.protocol.wire.SweepReport;
import io.longhaul.protocol.wire.SweepRequest;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands against agents that follow a script, over real HTTP. */
@Timeout(60)
class CommandsTest {
  private static final String[] START = {"start", "office::tree", "vault::tree"};

  @TempDir Path directory;
  private FakeAgent<SendStatus> office;
  private FakeAgent<ReceiveStatus> vault;
  private Path config;

  @BeforeEach
  void startAgents() throws Exception {
    office = new FakeAgent<>(Role.SEND, "office");
    vault = new FakeAgent<ReceiveStatus>(Role.RECEIVE, "vault").sees(reached("office"));
    config =
        Files.writeString(
            directory.resolve("coordinator.yaml"),
            """
            agents:
              office: {sender: {url: %s}}
              vault: {receiver: {url: %s}}
            """
                .formatted(office.url(), vault.url()));
  }

  @AfterEach
  void stopAgents() {
    office.close();
    vault.close();
  }

  private Run run(String[] command, String... more) {
    List<String> words = new ArrayList<>(List.of(command));
    words.addAll(List.of(more));
    words.addAll(List.of("--config", config.toString()));
    return Run.of(words.toArray(String[]::new));
  }

  private Run run(String... command) {
    return run(command, new String[0]);
  }

  private static SendStatus running(SessionId id) {
    return sending(id, SessionState.RUNNING, Duration.ZERO, Optional.empty());
  }

  private static JsonNode json(Run run) throws Exception {
    return Json.STRICT.readTree(run.out());
  }

  private void willDeliver() {
    office.says(CommandsTest::running);
    vault.says(receiving(SessionState.RUNNING)::status).says(delivered()::status);
  }

  private void nothingWasStarted(Run run, String... why) {
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("Nothing was started: ").contains(why).doesNotContain("\tat ");
  }

  @Test
  void startFollowsToTheEndAndSumsUp() {
    willDeliver();
    Run run = run(START, "--label", "job=nightly", "--chunk-size", "1MiB", "--stalled", "2h");
    assertThat(run.err()).isEmpty();
    assertThat(run.exit()).isZero();
    assertThat(run.out()).contains("done: office::tree → vault::tree").contains("64.0 MiB");
    assertThat(office.calls()).hasSize(1);
    assertThat(vault.calls()).isEqualTo(office.calls());
    SendRequest send = office.body(SendRequest.class);
    assertThat(send.reader()).isEqualTo("vault-reader");
    assertThat(send.chunkBytes()).isEqualTo(1 << 20);
    ReceiveRequest receive = vault.body(ReceiveRequest.class);
    assertThat(receive.peer()).isEqualTo("office");
    assertThat(receive.limits().stalled()).isEqualTo(Duration.ofHours(2));
    assertThat(receive.labels()).containsEntry("job", "nightly");
  }

  @Test
  void startInJsonPrintsOneObjectAndNothingElse() throws Exception {
    willDeliver();
    JsonNode report = json(run(START, "--json"));
    assertThat(report.get("state").asText()).isEqualTo("done");
    assertThat(report.get("refetchedChunks").asInt()).isEqualTo(1);
    assertThat(report.get("target").asText()).isEqualTo("vault::tree");
  }

  @Test
  void startDetachedReturnsAtOnceAndSaysHowToLook() throws Exception {
    office.says(CommandsTest::running);
    vault.says(receiving(SessionState.RUNNING)::status);
    Run run = run(START, "--detach");
    assertThat(run.exit()).isZero();
    assertThat(run.out()).contains("coordinator status --follow ").contains("coordinator abort ");
    String id = json(run(START, "--detach", "--json")).get("id").asText();
    assertThat(vault.calls()).contains("PUT " + id);
  }

  @Test
  void aFailedTransferTellsTheAgentsReasonAndEndsWithOne() {
    office.says(CommandsTest::running);
    var why = Failure.permanent(FailureKind.SINK_FAILED, "tar exited with 2\ntar: disk full");
    vault.says(receiving(SessionState.FAILED).failure(why)::status);
    Run run = run(START);
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).contains("sink-failed").contains("tar: disk full").contains("next");
  }

  @Test
  void anInactivityLimitOfAnAgentEndsWithThree() {
    office.says(CommandsTest::running);
    var why = Failure.resumable(FailureKind.STALLED, "nothing moved for 24h");
    vault.says(receiving(SessionState.FAILED).failure(why)::status);
    assertThat(run(START).exit()).isEqualTo(3);
  }

  @Test
  void aReceiverThatRefusesLeavesNothingBehindAtTheSender() {
    office.says(CommandsTest::running);
    vault.refuses(ProblemType.CONFLICT, "backup/vm exists; use --force");
    nothingWasStarted(run(START), "receiver-agent of vault", "backup/vm exists; use --force");
    assertThat(office.calls()).hasSize(2).last().asString().startsWith("abort ");
    assertThat(office.body(Abort.class).failure().message()).contains("backup/vm exists");
  }

  @Test
  void aSenderThatRefusesEndsItBeforeTheReceiverIsAsked() {
    office.refuses(ProblemType.UNAVAILABLE_HERE, "there is no command tar");
    nothingWasStarted(run(START), "sender-agent of office", "there is no command tar");
    assertThat(vault.calls()).noneMatch(call -> call.startsWith("PUT"));
  }

  @Test
  void anAgentThatDoesNotRunIsNamed() {
    vault.stop();
    nothingWasStarted(run(START), vault.url(), "receiver-agent of vault", config.toString());
    assertThat(office.calls()).isEmpty();
  }

  @Test
  void anUnknownAgentIsAnsweredWithThoseThereAre() {
    Run run = run("start", "home::tree", "vault::tree");
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("'home'").contains("names no such agent").contains("office");
    Run swapped = run("start", "office::tree", "office::tree");
    assertThat(swapped.exit()).isEqualTo(2);
    assertThat(swapped.err()).contains("gives no receiver address").contains("vault");
  }

  @Test
  void anAddressOfTheOtherRoleIsRecognised() {
    office.introducesItselfAs(info(Role.RECEIVE, "office"));
    nothingWasStarted(run(START), "is the receiver-agent of 'office'");
  }

  @Test
  void anAgentOfAnotherTimeIsNotUsed() {
    vault.introducesItselfAs(speaking(vault.info(), new ProtocolVersion(7, 9)));
    nothingWasStarted(
        run(START),
        "receiver-agent of vault (longhaul 9.0)",
        "speaks protocol 7 to 9 and this coordinator protocol 1; upgrade this coordinator");
  }

  private static AgentInfo speaking(AgentInfo now, ProtocolVersion protocol) {
    return new AgentInfo(
        now.name(),
        now.role(),
        "longhaul 9.0",
        protocol,
        now.capabilities(),
        now.identity(),
        now.spoolLimitBytes(),
        now.zfs(),
        now.certificateExpires(),
        now.warnings());
  }

  @Test
  void chunksThatNoSpoolHoldsTwiceAreRefused() {
    nothingWasStarted(run(START, "--chunk-size", "768MiB"), "spool limit", "1GiB", "--chunk-size");
  }

  @Test
  void aSenderThatTheReceiverDoesNotKnowIsExplained() {
    office.says(CommandsTest::running);
    Path home = config;
    FakeAgent<ReceiveStatus> known = vault;
    try (FakeAgent<ReceiveStatus> stranger = new FakeAgent<>(Role.RECEIVE, "vault")) {
      vault = stranger;
      config =
          Files.writeString(
              directory.resolve("other.yaml"),
              Files.readString(home).replace(known.url(), stranger.url()));
      nothingWasStarted(run(START), "peers.office", "no peer 'office'");
    } catch (Exception e) {
      throw new AssertionError(e);
    } finally {
      vault = known;
    }
  }

  @Test
  void aSenderThatTheReceiverCannotReachIsExplained() {
    vault.sees(
        new PeerInfo(
            "office",
            URI.create("http://10.9.9.9:7401"),
            Optional.empty(),
            Optional.of("connection refused")));
    nothingWasStarted(run(START), "http://10.9.9.9:7401", "connection refused", "ssh -R");
    assertThat(office.calls()).isEmpty();
  }

  @Test
  void twoDifferentAgentsUnderOneNameAreNoticed() {
    PeerInfo other = reached("elsewhere");
    vault.sees(new PeerInfo("office", other.url(), other.agent(), Optional.empty()));
    nothingWasStarted(run(START), "'elsewhere'", "make both files mean the same");
  }

  @Test
  void statusShowsBothSidesAndWhatIsLeftOfTheLimits() {
    office.says(CommandsTest::running);
    vault.says(receiving(SessionState.RUNNING).still(Duration.ofHours(3))::status);
    AgentInfo plain = vault.info();
    vault.introducesItselfAs(
        new AgentInfo(
            plain.name(),
            plain.role(),
            plain.software(),
            plain.protocol(),
            plain.capabilities(),
            plain.identity(),
            plain.spoolLimitBytes(),
            plain.zfs(),
            plain.certificateExpires(),
            List.of("plain HTTP on 0.0.0.0: nothing is encrypted")));
    Run run = run("status", ID.text());
    assertThat(run.exit()).isZero();
    assertThat(run.out())
        .contains("office::tree", "vault::tree", "sink pid 4711", "job=nightly")
        .contains("receiver: 21h 0m until stalled")
        .contains("the receiver-agent of vault: plain HTTP on 0.0.0.0");
  }

  @Test
  void statusOfOneSideIsShownWithoutTheOther() throws Exception {
    vault.says(receiving(SessionState.RUNNING)::status);
    office.stop();
    Run run = run("status", ID.text());
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).contains("office:?").contains("vault::tree");
    assertThat(run.err()).contains("sender-agent of office cannot be asked");
    JsonNode item = json(run("status", ID.text(), "--json")).get("sessions").get(0);
    assertThat(item.has("send")).isFalse();
    assertThat(item.get("receive").get("state").asText()).isEqualTo("running");
  }

  @Test
  void aSessionThatNobodyKnowsIsNotFound() {
    Run run = run("status", ID.text());
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains(ID.text()).contains("coordinator list");
  }

  @Test
  void statusFollowsToTheEnd() {
    willDeliver();
    Run run = run("status", ID.text(), "--follow");
    assertThat(run.exit()).isZero();
    assertThat(run.out()).contains("done: office::tree → vault::tree");
  }

  @Test
  void statusWithoutASessionShowsThoseThatRun() {
    var ended = new SessionId("01jd3v8x6m0000000000000001");
    vault.lists(receiving(SessionState.RUNNING).status()).lists(delivered().status(ended));
    Run run = run("status");
    assertThat(run.out()).contains(ID.text()).doesNotContain(ended.text());
  }

  @Test
  void listJoinsBothSidesOfEachSession() throws Exception {
    var failed = new SessionId("01jd3v8x6m0000000000000001");
    var why = Failure.permanent(FailureKind.SOURCE_FAILED, "tar exited with 2");
    office
        .lists(running(ID))
        .lists(sending(failed, SessionState.FAILED, Duration.ZERO, Optional.of(why)));
    vault.lists(receiving(SessionState.RUNNING).fed(16 << 20).status());
    Run run = run("list");
    assertThat(run.exit()).isZero();
    assertThat(run.out().lines()).hasSize(3);
    assertThat(run.out())
        .contains("office::tree → vault::tree", "16.0 MiB of 64.0 MiB (25%)")
        .contains("office::tree → ?", "failed (source-failed)");
    JsonNode sessions = json(run("list", "--json")).get("sessions");
    assertThat(sessions).hasSize(2);
    assertThat(sessions.get(0).get("id").asText()).isEqualTo(failed.text());
    assertThat(sessions.get(1).has("send")).isTrue();
    assertThat(sessions.get(1).has("receive")).isTrue();
  }

  @Test
  void listSaysWhoDidNotAnswer() {
    office.stop();
    Run run = run("list");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).contains("no sessions");
    assertThat(run.err()).contains("sender-agent of office cannot be asked");
  }

  @Test
  void abortTellsBothSidesTheReason() {
    office.says(CommandsTest::running);
    vault.says(receiving(SessionState.RUNNING)::status);
    Run run = run("abort", ID.text(), "--reason", "wrong tree");
    assertThat(run.exit()).isZero();
    assertThat(run.out().lines())
        .containsExactly(
            "aborted at the receiver-agent of vault", "aborted at the sender-agent of office");
    Failure told = office.body(Abort.class).failure();
    assertThat(told.kind()).isEqualTo(FailureKind.ABORTED);
    assertThat(told.message()).contains("wrong tree");
  }

  @Test
  void pauseTellsBothSidesTheReason() {
    office.says(CommandsTest::running);
    vault.says(receiving(SessionState.RUNNING)::status);
    Run run = run("pause", ID.text(), "--reason", "office hours");
    assertThat(run.exit()).isZero();
    assertThat(run.out().lines())
        .containsExactly(
            "paused at the receiver-agent of vault", "paused at the sender-agent of office");
    assertThat(vault.body(PauseRequest.class).reason()).isEqualTo("office hours");
  }

  @Test
  void resumeTellsBothSidesAndFollowsToTheEnd() {
    office.says(CommandsTest::running);
    vault.says(receiving(SessionState.PAUSED)::status).says(delivered()::status);
    Run run = run("resume", ID.text());
    assertThat(run.exit()).isZero();
    assertThat(run.out()).contains("resumed at the receiver-agent of vault", "done: ");
    assertThat(office.calls()).containsExactly("resume " + ID);
  }

  @Test
  void resumeDoesNotTakeTheLimitForPassedThatItHasJustLetBeginAnew() {
    Failure away = Failure.resumable(FailureKind.UNREACHABLE, "the sender was out of reach");
    office.says(CommandsTest::running);
    vault
        .says(receiving(SessionState.PAUSED).failure(away)::status)
        .says(receiving(SessionState.RUNNING)::status)
        .says(delivered()::status);
    Run run = run("resume", ID.text());
    assertThat(run.exit()).isZero();
    assertThat(run.out()).contains("done: ");
  }

  @Test
  void resumeOfWhatIsOutOfReachIsNoSuccess() {
    vault.says(receiving(SessionState.PAUSED)::status);
    office.stop();
    assertThat(run("resume", ID.text(), "--detach").exit()).isEqualTo(1);
    assertThat(vault.calls()).containsExactly("resume " + ID);
  }

  @Test
  void abortOfWhatHasEndedSaysSo() {
    vault.says(delivered()::status);
    Run run = run("abort", ID.text());
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("has ended already: done");
    assertThat(vault.calls()).isEmpty();
  }

  @Test
  void abortOfOneSideOnlyIsNoSuccess() {
    office.says(CommandsTest::running);
    vault.stop();
    Run run = run("abort", ID.text());
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).contains("aborted at the sender-agent of office");
    assertThat(run.err()).contains("receiver-agent of vault cannot be asked");
  }

  @Test
  void cleanListsWhatWasFoundAndWhy() throws Exception {
    vault.sweeps(
        new SweepReport(List.of(new SweepReport.Entry(ID, 2048, true, false, "ended 40d ago"))));
    Run run = run("clean", "--dry-run");
    assertThat(run.exit()).isZero();
    assertThat(vault.body(SweepRequest.class).dryRun()).isTrue();
    assertThat(run.out())
        .contains("vault (receive)", ID.text(), "2.00 KiB", "stale", "ended 40d ago")
        .contains("would delete 1, 2.00 KiB");
    JsonNode agents = json(run("clean", "--json")).get("agents");
    assertThat(agents).hasSize(2);
    assertThat(vault.body(SweepRequest.class)).isEqualTo(SweepRequest.usual(false));
    assertThat(run("clean").out()).as("the agent has deleted nothing").contains("deleted 0, 0 B");
    assertThat(run("clean", "--older-than", "2h").exit()).isZero();
    assertThat(vault.body(SweepRequest.class))
        .isEqualTo(new SweepRequest(false, Optional.of(Duration.ofHours(2))));
    assertThat(run("clean", "--older-than", "soon").exit()).isEqualTo(2);
  }

  @Test
  void agentsShowsWhoIsThereAndWhetherTheReceiverReachesTheSender() throws Exception {
    Run run = run("agents");
    assertThat(run.exit()).isZero();
    assertThat(run.out())
        .contains("longhaul 0.1.0", "1GiB", "zfs-2.1.11")
        .contains("receiver-agent of vault pulling from office: reached at http://10.0.0.1:7401");
    JsonNode probes = json(run("agents", "--json")).get("agents");
    assertThat(probes.get(1).get("peers").get(0).get("reachable").asBoolean()).isTrue();
    office.stop();
    Run broken = run("agents");
    assertThat(broken.exit()).isEqualTo(1);
    assertThat(broken.out()).contains("does not answer");
    assertThat(broken.err()).contains("sender-agent of office").contains(office.url());
  }
}

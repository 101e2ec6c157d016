package io.longhaul.receiver;

import static io.longhaul.receiver.ReceiverUnderTest.into;
import static io.longhaul.receiver.ReceiverUnderTest.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.RetryableException;
import io.longhaul.protocol.failure.SessionPausedException;
import io.longhaul.protocol.server.Limits;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.receiver.grant.ReceiveGrant;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sessions that stand still, and limits that do not fit. */
@Timeout(400)
class LimitsTest {
  private static final int CHUNK = 64 * 1024;
  private static final int CHUNKS = 4;
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofHours(1);

  @TempDir private Path folder;
  private final SessionId id = newId();
  private final FakeSender sender;
  private ReceiverUnderTest receiver;

  LimitsTest() throws Exception {
    sender = new FakeSender(CHUNKS * CHUNK, CHUNK);
  }

  @BeforeEach
  void makeReceiver() throws Exception {
    receiver = new ReceiverUnderTest(folder).peer("office", sender.url());
    receiver.sink(
        "file", "cat > %s; touch %s".formatted(receiver.file("out"), receiver.file("end-of-file")));
  }

  @AfterEach
  void stopBoth() throws Exception {
    receiver.close();
    sender.close();
  }

  @Test
  void aSenderThatAnswersButSendsNothingFailsTheSession() throws Exception {
    receiver.start();
    sender.sealTo(1);
    receiver.put(id, into("file", new SessionLimits(SHORT, LONG)));

    Failure why = receiver.await(id, SessionState.FAILED).failure().orElseThrow();

    assertThat(why.kind()).isEqualTo(FailureKind.STALLED);
    assertThat(why.resumable()).isTrue();
    receiver.awaitNoSpool(id);
    assertThat(receiver.file("end-of-file")).doesNotExist();
  }

  @Test
  void aSenderOutOfReachPausesTheSessionUntilItIsBack() throws Exception {
    receiver.start();
    sender.sealTo(2);
    receiver.put(id, into("file", new SessionLimits(LONG, SHORT)));
    receiver.awaitFed(id, 2);
    long sink = receiver.started(id).child().orElseThrow().pid();
    sender.goAway();

    ReceiveStatus paused = receiver.await(id, SessionState.PAUSED);

    assertThat(paused.failure().map(Failure::kind)).contains(FailureKind.UNREACHABLE);
    assertThat(paused.sinkPid()).hasValue(sink);
    sender.comeBack();
    sender.sealAll();
    ReceiveStatus done = receiver.await(id, SessionState.DONE);
    assertThat(done.failure()).isEmpty();
    assertThat(receiver.file("out")).hasBinaryContent(sender.stream());
    assertThat(sender.servedBytes(0)).isEqualTo(CHUNK);
  }

  @Test
  void aSuspendedSessionIsTakenUpByResume() throws Exception {
    receiver.start();
    sender.sealTo(2);
    receiver.put(id, into("file", new SessionLimits(LONG, Duration.ofSeconds(1))));
    receiver.awaitFed(id, 2);
    sender.goAway();
    receiver.await(id, SessionState.PAUSED);

    ReceiveStatus resumed =
        receiver
            .calls()
            .post(ApiPaths.receive(id) + "/resume", Map.of(), Duration.ZERO, ReceiveStatus.class);

    assertThat(resumed.state()).isEqualTo(SessionState.RUNNING);
    assertThat(resumed.failure()).isEmpty();
    assertThat(receiver.await(id, SessionState.PAUSED).failure().map(Failure::kind))
        .contains(FailureKind.UNREACHABLE);
  }

  @Test
  void theNextAgentCountsOn() throws Exception {
    receiver.start();
    sender.sealTo(1);
    receiver.put(id, into("file", new SessionLimits(Duration.ofSeconds(20), LONG)));
    receiver.awaitFed(id, 1);
    Duration before = Duration.ofSeconds(3);
    Eventually.holds(
        "some time without progress",
        () -> receiver.status(id).sinceProgress().compareTo(before) >= 0);
    sender.goAway();
    receiver.stop();
    receiver.start();
    assertThat(receiver.status(id).sinceProgress()).isGreaterThan(before);
    sender.comeBack();
    receiver.await(id, SessionState.RUNNING);
    assertThat(receiver.status(id).sinceProgress()).isGreaterThan(before);
  }

  @Test
  void chunksOfWhichTwoDoNotFitAreRefused() throws Exception {
    receiver.limit(2 * CHUNK).start();
    sender.claimChunkBytes(CHUNK + 1);
    receiver.put(id, into("file"));

    Failure why = receiver.await(id, SessionState.FAILED).failure().orElseThrow();

    assertThat(why.message()).contains("at least two", "spool.limit");
    assertThat(why.resumable()).isFalse();
    receiver.awaitNoSpool(id);
    assertThat(receiver.file("end-of-file")).doesNotExist();
  }

  @Test
  void aLimitOfTwoChunksIsEnough() throws Exception {
    receiver.limit(2 * CHUNK).start();
    sender.sealAll();
    receiver.put(id, into("file"));

    receiver.await(id, SessionState.DONE);

    assertThat(receiver.file("out")).hasBinaryContent(sender.stream());
  }

  @Test
  void allSessionsTogetherMaySpoolSoMuch() throws Exception {
    receiver.limit(4 * CHUNK).total(8 * CHUNK - 1).start();
    receiver.put(id, into("file"));

    assertThatThrownBy(() -> receiver.put(newId(), into("file")))
        .isInstanceOf(SessionPausedException.class)
        .hasMessageContaining("spool.total");

    sender.sealAll();
    receiver.await(id, SessionState.DONE);
    receiver.awaitNoSpool(id);
    receiver.put(newId(), into("file"));
  }

  @Test
  void ofAllThatMayBeSpooledASessionTakesWhatItsGrantAllows() throws Exception {
    receiver.grant(
        new ReceiveGrant(
            "local",
            Optional.of(Set.of("office")),
            Optional.empty(),
            Optional.of(Set.of("file")),
            Optional.empty(),
            Optional.empty(),
            Optional.of(new DataSize(2 * CHUNK))));
    receiver.limit(4 * CHUNK).total(4 * CHUNK).start();
    receiver.put(id, into("file"));
    receiver.put(newId(), into("file"));

    assertThatThrownBy(() -> receiver.put(newId(), into("file")))
        .isInstanceOf(SessionPausedException.class)
        .hasMessageContaining("spool.total");
  }

  @Test
  void soManySessionsMayLiveAtATime() throws Exception {
    receiver.limits(new Limits(100, 100, 10, 1000, 1)).start();
    receiver.put(id, into("file"));

    assertThatThrownBy(() -> receiver.put(newId(), into("file")))
        .isInstanceOfSatisfying(
            RetryableException.class, e -> assertThat(e.peerAnswered()).isTrue())
        .hasMessageContaining("limits.sessions");

    receiver.put(id, into("file"));
  }
}

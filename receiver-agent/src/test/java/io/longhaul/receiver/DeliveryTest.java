package io.longhaul.receiver;

import static io.longhaul.receiver.ReceiverUnderTest.into;
import static io.longhaul.receiver.ReceiverUnderTest.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SweepReport;
import io.longhaul.protocol.wire.SweepRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stream from a sender to a sink, through the agent and its pump. */
@Timeout(400)
class DeliveryTest {
  private static final int CHUNK = 64 * 1024;
  private static final int CHUNKS = 20;

  @TempDir private Path folder;
  private final SessionId id = newId();
  private final FakeSender sender;
  private ReceiverUnderTest receiver;

  DeliveryTest() throws Exception {
    sender = new FakeSender(CHUNKS * CHUNK - 1, CHUNK);
  }

  @BeforeEach
  void startReceiver() throws Exception {
    receiver = new ReceiverUnderTest(folder).peer("office", sender.url());
    receiver
        .sink("file", "cat > " + receiver.file("out"))
        .sink("marks-end", "cat > /dev/null; touch " + receiver.file("end-of-file"))
        .sink("fails", "head -c 1000 > /dev/null; echo no such pool >&2; exit 3")
        .start();
  }

  @AfterEach
  void stopBoth() throws Exception {
    receiver.close();
    sender.close();
  }

  @Test
  void theSinkGetsTheStreamAndTheSenderHearsOfIt() throws Exception {
    sender.sealAll();
    receiver.put(id, into("file"));

    ReceiveStatus done = receiver.await(id, SessionState.DONE);

    assertThat(receiver.file("out")).hasBinaryContent(sender.stream());
    assertThat(sender.completed()).isTrue();
    assertThat(done.fedTo()).isEqualTo(CHUNKS);
    assertThat(done.fedBytes()).isEqualTo(sender.stream().length);
    assertThat(done.sinkExit()).hasValue(0);
    assertThat(done.sinkPid()).isEmpty();
    receiver.awaitNoSpool(id);
  }

  @Test
  void anEmptyStreamIsDeliveredToo() throws Exception {
    try (FakeSender empty = new FakeSender(0, CHUNK)) {
      receiver.peer("office", empty.url()).stop();
      receiver.start();
      empty.sealAll();
      receiver.put(id, into("file"));

      receiver.await(id, SessionState.DONE);

      assertThat(receiver.file("out")).isEmptyFile();
    }
  }

  @Test
  void aSenderThatFailsEndsTheSinkBySignal() throws Exception {
    sender.sealTo(3);
    receiver.put(id, into("marks-end"));
    receiver.awaitFed(id, 3);
    sender.fail(Failure.permanent(FailureKind.SOURCE_FAILED, "the source exited with 2"));

    ReceiveStatus failed = receiver.await(id, SessionState.FAILED);

    assertThat(failed.failure().map(Failure::kind)).contains(FailureKind.SOURCE_FAILED);
    assertThat(failed.failure().orElseThrow().message()).contains("the source exited with 2");
    receiver.awaitNoSpool(id);
    assertThat(receiver.file("end-of-file")).doesNotExist();
    assertThat(sender.completed()).isFalse();
  }

  @Test
  void aSenderThatFailsAtOnceLeavesTheSinkUnstarted() throws Exception {
    sender.fail(Failure.permanent(FailureKind.SOURCE_FAILED, "no such snapshot"));
    receiver.put(id, into("marks-end"));

    ReceiveStatus failed = receiver.await(id, SessionState.FAILED);

    assertThat(failed.failure().orElseThrow().message()).contains("no such snapshot");
    receiver.awaitNoSpool(id);
    assertThat(receiver.file("end-of-file")).doesNotExist();
  }

  @Test
  void theSenderHearsWhyTheSinkFailed() throws Exception {
    sender.sealAll();
    receiver.put(id, into("fails"));

    ReceiveStatus failed = receiver.await(id, SessionState.FAILED);

    assertThat(failed.sinkExit()).hasValue(3);
    assertThat(failed.failure().orElseThrow().message()).contains("status 3", "no such pool");
    Failure told = Eventually.find("the sender to be told", sender::aborted);
    assertThat(told.kind()).isEqualTo(FailureKind.SINK_FAILED);
    assertThat(told.message()).contains("no such pool");
    receiver.awaitNoSpool(id);
  }

  @Test
  void aRepeatedRequestFindsTheSameSession() throws Exception {
    sender.sealTo(2);
    receiver.put(id, into("file"));
    receiver.awaitFed(id, 2);
    long pid = receiver.status(id).sinkPid().orElseThrow();

    ReceiveStatus again = receiver.put(id, into("file"));

    assertThat(again.sinkPid()).hasValue(pid);
    assertThatThrownBy(() -> receiver.put(id, into("marks-end")))
        .isInstanceOf(TransferException.class)
        .hasMessageContaining("409");
    sender.sealAll();
    receiver.await(id, SessionState.DONE);
  }

  @Test
  void anEndedSessionIsAnsweredFromItsTombstoneAndNeverRunAgain() throws Exception {
    sender.sealAll();
    receiver.put(id, into("file"));
    receiver.await(id, SessionState.DONE);
    receiver.awaitNoSpool(id);
    Files.delete(receiver.file("out"));

    assertThat(receiver.put(id, into("file")).state()).isEqualTo(SessionState.DONE);
    receiver.stop();
    receiver.start();
    assertThat(receiver.put(id, into("file")).state()).isEqualTo(SessionState.DONE);
    assertThatThrownBy(() -> receiver.put(id, into("marks-end"))).hasMessageContaining("409");

    assertThat(receiver.file("out")).doesNotExist();
    assertThat(receiver.spool(id).directory()).doesNotExist();
  }

  @Test
  void aForgottenSessionIsGone() throws Exception {
    sender.sealAll();
    receiver.put(id, into("file"));
    receiver.await(id, SessionState.DONE);

    receiver.calls().delete(ApiPaths.receive(id), ReceiveStatus.class);

    assertThatThrownBy(() -> receiver.status(id))
        .hasMessageContaining(ProblemType.NO_SUCH_SESSION.title());
  }

  @Test
  void aRunningSessionIsNotForgottenAndNotSwept() throws Exception {
    sender.sealTo(1);
    receiver.put(id, into("file"));
    receiver.awaitFed(id, 1);

    assertThatThrownBy(() -> receiver.calls().delete(ApiPaths.receive(id), ReceiveStatus.class))
        .hasMessageContaining("abort it first");
    SweepReport report =
        receiver
            .calls()
            .post(ApiPaths.SWEEP, SweepRequest.usual(false), Duration.ZERO, SweepReport.class);

    assertThat(report.entries()).hasSize(1);
    assertThat(report.entries().getFirst().stale()).isFalse();
    assertThat(receiver.spool(id).directory()).exists();
  }

  @Test
  void aFarewellThatFailsIsRepeatedByTheNextAgent() throws Exception {
    sender.sealTo(1);
    receiver.put(id, into("file"));
    receiver.awaitFed(id, 1);
    sender.goAway();
    receiver.abort(id);
    receiver.await(id, SessionState.ABORTED);
    receiver.stop();
    assertThat(receiver.spool(id).request()).exists();

    sender.comeBack();
    receiver.start();

    assertThat(receiver.status(id).state()).isEqualTo(SessionState.ABORTED);
    assertThat(Eventually.find("the sender to be told", sender::aborted).kind())
        .isEqualTo(FailureKind.ABORTED);
    receiver.awaitNoSpool(id);
  }
}

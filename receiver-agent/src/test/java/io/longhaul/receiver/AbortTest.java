package io.longhaul.receiver;

import static io.longhaul.receiver.ReceiverUnderTest.into;
import static io.longhaul.receiver.ReceiverUnderTest.newId;
import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.spool.Started;
import io.longhaul.protocol.wire.ReceiveStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A session that somebody ends, in each of its states. */
@Timeout(400)
class AbortTest {
  private static final int CHUNK = 64 * 1024;

  @TempDir private Path folder;
  private final SessionId id = newId();
  private final FakeSender sender;
  private ReceiverUnderTest receiver;

  AbortTest() throws Exception {
    sender = new FakeSender(4 * CHUNK, CHUNK);
  }

  @BeforeEach
  void startReceiver() throws Exception {
    receiver = new ReceiverUnderTest(folder).peer("office", sender.url());
    String marker = receiver.file("end-of-file").toString();
    receiver
        .sink("file", "cat > /dev/null; touch " + marker)
        .sink("ignores-term", "trap '' TERM; cat > /dev/null; touch " + marker)
        .sink(
            "leaves-a-child",
            "exec 3<&0 < /dev/null; (trap '' TERM; cat <&3 > /dev/null; touch %s) & wait"
                .formatted(marker))
        .sink("never-ends", "cat > /dev/null; exec sleep 1000")
        .start();
  }

  @AfterEach
  void stopBoth() throws Exception {
    receiver.close();
    sender.close();
  }

  private void assertAborted(Started started) throws Exception {
    ProcessIdentity sink = started.child().orElseThrow();
    assertThat(sink.isAlive()).isFalse();
    Eventually.holds("the pump to be gone", () -> !started.pump().isAlive());
    receiver.awaitNoSpool(id);
    assertThat(receiver.status(id).state()).isEqualTo(SessionState.ABORTED);
    assertThat(receiver.file("end-of-file")).doesNotExist();
    assertThat(Eventually.find("the sender to be told", sender::aborted).kind())
        .isEqualTo(FailureKind.ABORTED);
  }

  /* The answer of an abort does not wait for ever; on a busy machine the end may come after it. */
  private ReceiveStatus abort() throws Exception {
    receiver.abort(id);
    return receiver.await(id, SessionState.ABORTED);
  }

  private Started running(String sink) throws Exception {
    sender.sealTo(2);
    receiver.put(id, into(sink));
    receiver.awaitFed(id, 2);
    return receiver.started(id);
  }

  @Test
  void aRunningSession() throws Exception {
    Started started = running("file");

    ReceiveStatus aborted = abort();

    assertThat(aborted.state()).isEqualTo(SessionState.ABORTED);
    assertThat(aborted.failure().orElseThrow().message()).contains("the test wants it");
    assertAborted(started);
  }

  @Test
  void aSinkThatIgnoresTheSignal() throws Exception {
    Started started = running("ignores-term");

    abort();

    assertAborted(started);
  }

  @Test
  void aSinkWhoseChildOutlivesIt() throws Exception {
    Started started = running("leaves-a-child");

    abort();

    assertAborted(started);
  }

  @Test
  void aSinkThatDoesNotFinish() throws Exception {
    sender.sealAll();
    receiver.put(id, into("never-ends"));
    receiver.await(id, SessionState.VERIFYING);
    Started started = receiver.started(id);

    abort();

    assertAborted(started);
  }

  @Test
  void aSessionBeforeItsFirstChunk() throws Exception {
    receiver.put(id, into("file"));
    receiver.await(id, SessionState.RUNNING);

    abort();

    receiver.awaitNoSpool(id);
    assertThat(receiver.file("end-of-file")).doesNotExist();
  }

  @Test
  void aSessionThatHasJustBeenCreated() throws Exception {
    sender.sealAll();
    receiver.put(id, into("never-ends"));

    abort();

    receiver.awaitNoSpool(id);
  }

  @Test
  void aPausedSession() throws Exception {
    Started started = running("file");
    sender.refuse(ProblemType.FORBIDDEN);
    assertThat(receiver.await(id, SessionState.PAUSED).failure().orElseThrow().message())
        .contains("403");

    abort();

    sender.refuse(null);
    assertThat(started.child().orElseThrow().isAlive()).isFalse();
    assertThat(receiver.file("end-of-file")).doesNotExist();
  }

  @Test
  void aDeliveredSessionStaysDelivered() throws Exception {
    sender.sealAll();
    receiver.put(id, into("file"));
    receiver.await(id, SessionState.DONE);

    assertThat(receiver.abort(id).state()).isEqualTo(SessionState.DONE);
    assertThat(Files.exists(receiver.file("end-of-file"))).isTrue();
  }

  @Test
  void aPumpThatDoesNotReactIsEndedToo() throws Exception {
    Started started = running("file");
    assertThat(
            new ProcessBuilder("kill", "-STOP", Long.toString(started.pump().pid()))
                .start()
                .waitFor())
        .isZero();

    abort();

    assertAborted(started);
  }
}

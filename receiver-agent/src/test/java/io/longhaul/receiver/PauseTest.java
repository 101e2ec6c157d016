package io.longhaul.receiver;

import static io.longhaul.receiver.ReceiverUnderTest.into;
import static io.longhaul.receiver.ReceiverUnderTest.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.wire.PauseRequest;
import io.longhaul.protocol.wire.ReceiveStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A session that somebody pauses and resumes. */
@Timeout(200)
class PauseTest {
  private static final int CHUNK = 64 * 1024;
  private static final int CHUNKS = 8;

  @TempDir private Path folder;
  private final SessionId id = newId();
  private final FakeSender sender;
  private ReceiverUnderTest receiver;

  PauseTest() throws Exception {
    sender = new FakeSender(CHUNKS * CHUNK, CHUNK);
  }

  @BeforeEach
  void startReceiver() throws Exception {
    receiver = new ReceiverUnderTest(folder).peer("office", sender.url());
    receiver.sink("file", "cat > " + receiver.file("out")).start();
    sender.sealTo(2);
    receiver.put(id, into("file"));
    receiver.awaitFed(id, 2);
  }

  @AfterEach
  void stopBoth() throws Exception {
    receiver.close();
    sender.close();
  }

  private ReceiveStatus post(String call, Object body) throws Exception {
    return receiver
        .calls()
        .post(ApiPaths.receive(id) + "/" + call, body, Duration.ZERO, ReceiveStatus.class);
  }

  @Test
  void nothingIsFetchedUntilItIsResumedAlsoByTheNextAgent() throws Exception {
    ProcessIdentity sink = receiver.started(id).child().orElseThrow();
    post("pause", new PauseRequest("office hours"));
    ReceiveStatus paused = receiver.await(id, SessionState.PAUSED);
    assertThat(paused.failure().orElseThrow().kind()).isEqualTo(FailureKind.PAUSED);
    assertThat(paused.failure().orElseThrow().message()).contains("local", "office hours");
    sender.sealAll();
    receiver.stop();
    receiver.start();
    receiver.await(id, SessionState.PAUSED);
    LockSupport.parkNanos(Duration.ofSeconds(1).toNanos()); // time enough to fetch it all

    ReceiveStatus still = receiver.status(id);
    assertThat(still.state()).isEqualTo(SessionState.PAUSED);
    assertThat(still.fedTo()).isEqualTo(2);
    assertThat(sender.servedBytes(2)).isZero();

    post("resume", Map.of());
    receiver.await(id, SessionState.DONE);
    assertThat(receiver.file("out")).hasBinaryContent(sender.stream());
    assertThat(sink.isAlive()).isFalse();
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
      assertThat(sender.servedBytes(chunk)).isEqualTo(CHUNK);
    }
  }

  @Test
  void aPausedSessionCanBeAborted() throws Exception {
    ProcessIdentity sink = receiver.started(id).child().orElseThrow();
    post("pause", new PauseRequest("for good"));
    receiver.abort(id);
    receiver.await(id, SessionState.ABORTED);
    assertThat(sink.isAlive()).isFalse();
    receiver.awaitNoSpool(id);
  }

  @Test
  void aResumptionWithoutAPauseChangesNothing() throws Exception {
    assertThat(post("resume", Map.of()).failure()).isEmpty();
    sender.sealAll();
    receiver.await(id, SessionState.DONE);
    assertThatThrownBy(() -> post("resume", Map.of())).isInstanceOf(TransferException.class);
    assertThatThrownBy(() -> post("pause", new PauseRequest("late")))
        .isInstanceOf(TransferException.class);
  }
}

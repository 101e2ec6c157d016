package io.longhaul.receiver;

import static io.longhaul.receiver.ReceiverUnderTest.into;
import static io.longhaul.receiver.ReceiverUnderTest.newId;
import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.spool.Started;
import io.longhaul.protocol.wire.ReceiveStatus;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent or the pump ends in the middle of a stream. */
@Timeout(400)
class RestartTest {
  private static final int CHUNK = 64 * 1024;
  private static final int CHUNKS = 12;
  private static final String END = "end of file was seen";

  @TempDir private Path folder;
  private final SessionId id = newId();
  private final FakeSender sender;
  private ReceiverUnderTest receiver;
  private ProcessIdentity sink;

  RestartTest() throws Exception {
    sender = new FakeSender(CHUNKS * CHUNK, CHUNK);
  }

  @BeforeEach
  void receiveTheFirstHalf() throws Exception {
    receiver = new ReceiverUnderTest(folder).peer("office", sender.url());
    receiver
        .sink(
            "marks-end",
            "cat > %s; echo '%s' > %s"
                .formatted(receiver.file("out"), END, receiver.file("marker")))
        .start();
    sender.sealTo(CHUNKS / 2);
    receiver.put(id, into("marks-end"));
    receiver.awaitFed(id, CHUNKS / 2);
    sink = receiver.started(id).child().orElseThrow();
    Eventually.holds(
        "the sink to take it", () -> Files.size(receiver.file("out")) == (long) CHUNKS / 2 * CHUNK);
  }

  @AfterEach
  void stopBoth() throws Exception {
    receiver.close();
    sender.close();
  }

  private void signal(long pid, String signal) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor())
        .isZero();
  }

  private void assertThatTheSinkIsGoneAndSawNoEnd() throws Exception {
    Eventually.holds("the sink to be gone", () -> !sink.isAlive());
    receiver.awaitNoSpool(id);
    assertThat(receiver.file("marker")).doesNotExist();
    assertThat(Files.size(receiver.file("out"))).isEqualTo((long) CHUNKS / 2 * CHUNK);
  }

  @Test
  void anAgentThatIsStartedAgainGoesOnWithTheSameSink() throws Exception {
    receiver.stop();
    assertThat(sink.isAlive()).isTrue();
    receiver.start();
    sender.sealAll();

    receiver.await(id, SessionState.DONE);

    assertThat(receiver.file("out")).hasBinaryContent(sender.stream());
    assertThat(Files.readString(receiver.file("marker"), StandardCharsets.UTF_8)).contains(END);
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
      assertThat(sender.servedBytes(chunk)).as("chunk " + chunk).isEqualTo(CHUNK);
    }
  }

  @Test
  void theSinkIsTheSameProcessAfterTheRestart() throws Exception {
    receiver.stop();
    receiver.start();

    ReceiveStatus running = receiver.await(id, SessionState.RUNNING);

    assertThat(running.sinkPid()).hasValue(sink.pid());
    assertThat(running.verifiedTo()).isEqualTo(CHUNKS / 2);
  }

  @Test
  void aStreamThatEndsWhileTheAgentIsAwayIsFinishedByTheNext() throws Exception {
    sender.sealAll();
    receiver.stop(); // at any point of the finish
    receiver.start();

    receiver.await(id, SessionState.DONE);

    assertThat(receiver.file("out")).hasBinaryContent(sender.stream());
    Eventually.holds("the sender to be told", sender::completed);
  }

  @Test
  void aSessionThatWaitsForItsSinkIsFinishedByTheNextAgent() throws Exception {
    signal(sink.pid(), "STOP"); // the shell: its cat takes all, but the sink cannot end
    sender.sealAll();
    receiver.await(id, SessionState.VERIFYING);
    receiver.stop();
    receiver.start();
    receiver.await(id, SessionState.VERIFYING);
    signal(sink.pid(), "CONT");

    receiver.await(id, SessionState.DONE);

    assertThat(receiver.file("out")).hasBinaryContent(sender.stream());
  }

  @Test
  void aKilledPumpTakesItsSinkAlongWithoutAnEndOfFile() throws Exception {
    signal(receiver.started(id).pump().pid(), "KILL");

    ReceiveStatus failed = receiver.await(id, SessionState.FAILED);

    Failure why = failed.failure().orElseThrow();
    assertThat(why.kind()).isEqualTo(FailureKind.PUMP_DIED);
    assertThat(why.resumable()).isTrue();
    assertThatTheSinkIsGoneAndSawNoEnd();
    assertThat(Eventually.find("the sender to be told", sender::aborted).kind())
        .isEqualTo(FailureKind.PUMP_DIED);
  }

  @Test
  void aSinkThatTheKilledPumpHadNotWrittenDownIsFound() throws Exception {
    receiver.stop();
    Started started = receiver.started(id);
    SpoolFile.write(receiver.spool(id).started(), new Started(started.pump(), 1, Optional.empty()));
    receiver.start();
    receiver.await(id, SessionState.RUNNING);
    signal(started.pump().pid(), "KILL");

    receiver.await(id, SessionState.FAILED);

    assertThatTheSinkIsGoneAndSawNoEnd();
  }

  @Test
  void aPumpThatIsToldToEndEndsItsSinkFirst() throws Exception {
    receiver.stop(); // nobody else holds the sink's stdin
    signal(receiver.started(id).pump().pid(), "TERM");
    Eventually.holds("the pump to be gone", () -> !receiver.pumpLives(id));
    receiver.start();

    ReceiveStatus failed = receiver.await(id, SessionState.FAILED);

    assertThat(failed.failure().orElseThrow().message()).contains("ended by a signal");
    assertThatTheSinkIsGoneAndSawNoEnd();
  }

  @Test
  void aPumpThatDiesWhileTheAgentIsAwayIsNoticedByTheNext() throws Exception {
    receiver.stop();
    signal(receiver.started(id).pump().pid(), "KILL");
    receiver.start();

    ReceiveStatus failed = receiver.await(id, SessionState.FAILED);

    assertThat(failed.failure().orElseThrow().kind()).isEqualTo(FailureKind.PUMP_DIED);
    receiver.awaitNoSpool(id);
  }

  @Test
  void aSenderThatIsNoLongerConfiguredPausesTheSessionUntilItIs() throws Exception {
    receiver.stop();
    receiver.withoutPeers().start();
    ReceiveStatus paused = receiver.await(id, SessionState.PAUSED);
    assertThat(paused.failure().orElseThrow().message()).contains("no peer 'office'");
    assertThat(paused.sinkPid()).hasValue(sink.pid());
    receiver.stop();
    receiver.peer("office", sender.url()).start();
    sender.sealAll();

    receiver.await(id, SessionState.DONE);

    assertThat(receiver.file("out")).hasBinaryContent(sender.stream());
  }

  @Test
  void aSessionWhoseSenderIsNotConfiguredCanBeAborted() throws Exception {
    receiver.stop();
    receiver.withoutPeers().start();
    receiver.await(id, SessionState.PAUSED);

    receiver.abort(id);
    receiver.await(id, SessionState.ABORTED);

    assertThatTheSinkIsGoneAndSawNoEnd();
    assertThat(List.of(receiver.status(id).state())).containsExactly(SessionState.ABORTED);
  }
}

package io.longhaul.receiver;

import static io.longhaul.receiver.ReceiverUnderTest.into;
import static io.longhaul.receiver.ReceiverUnderTest.newId;
import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.wire.ReceiveStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A sender that has lost a part of its manifest with its machine, and repeats its source. */
@Timeout(200)
class SourceAgainTest {
  private static final int CHUNK = 64 * 1024;
  private static final int CHUNKS = 12;
  private static final int BEFORE = 7;

  @TempDir private Path folder;
  private final SessionId id = newId();
  private final FakeSender sender;
  private ReceiverUnderTest receiver;

  SourceAgainTest() throws Exception {
    sender = new FakeSender(CHUNKS * CHUNK, CHUNK);
  }

  @BeforeEach
  void receiveTheBeginning() throws Exception {
    receiver = new ReceiverUnderTest(folder).peer("office", sender.url());
    receiver.sink("file", "cat > " + receiver.file("out")).start();
    sender.sealTo(BEFORE);
    receiver.put(id, into("file"));
    receiver.awaitFed(id, BEFORE);
    Eventually.holds("the sink to open its file", () -> Files.exists(receiver.file("out")));
  }

  @AfterEach
  void stopBoth() throws Exception {
    receiver.close();
    sender.close();
  }

  @Test
  void whatIsTheSameAgainGoesOnIntoTheSameSinkAndNothingIsFetchedAgain() throws Exception {
    sender.startAgain();
    sender.sealTo(BEFORE - 2);
    sender.sealAll();
    receiver.await(id, SessionState.DONE);
    assertThat(receiver.file("out")).hasBinaryContent(sender.stream());
    for (int chunk = 0; chunk < CHUNKS; chunk++) {
      assertThat(sender.servedBytes(chunk)).as("chunk %d", chunk).isEqualTo(CHUNK);
    }
  }

  @Test
  void whatDiffersFromWhatIsFedEndsTheSessionBeforeAnotherByteIsFed() throws Exception {
    byte[] before = sender.stream();
    sender.startAgain();
    sender.change(BEFORE - 3);
    sender.sealAll();
    assertEndedBeforeAnotherByte(before);
  }

  @Test
  void itIsFoundAlsoByAReceiverThatWasAwayMeanwhile() throws Exception {
    byte[] before = sender.stream();
    receiver.stop();
    sender.startAgain();
    sender.change(0);
    sender.sealAll();
    receiver.start();
    assertEndedBeforeAnotherByte(before);
  }

  private void assertEndedBeforeAnotherByte(byte[] before) throws Exception {
    ReceiveStatus end = receiver.await(id, SessionState.FAILED);
    Failure failure = end.failure().orElseThrow();
    assertThat(failure.kind()).isEqualTo(FailureKind.SOURCE_DIFFERS);
    assertThat(failure.resumable()).isFalse();
    byte[] fed = Files.readAllBytes(receiver.file("out"));
    assertThat(fed).isEqualTo(Arrays.copyOf(before, fed.length));
    assertThat(fed.length).isLessThanOrEqualTo(BEFORE * CHUNK);
  }
}

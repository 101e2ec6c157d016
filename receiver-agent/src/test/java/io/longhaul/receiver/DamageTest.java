package io.longhaul.receiver;

import static io.longhaul.receiver.ReceiverUnderTest.into;
import static io.longhaul.receiver.ReceiverUnderTest.newId;
import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.wire.ReceiveStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A chunk that is damaged on the receiver's own disk after it was verified. */
@Timeout(200)
class DamageTest {
  /* All together more than a pipe holds, so that a sink can be waited for; each too small to be split. */
  private static final int CHUNK = 100 * 1024;
  private static final int CHUNKS = 24;

  @TempDir private Path folder;
  private final SessionId id = newId();
  private final FakeSender sender;
  private ReceiverUnderTest receiver;

  DamageTest() throws Exception {
    sender = new FakeSender(CHUNKS * CHUNK, CHUNK);
  }

  @BeforeEach
  void startReceiver() throws Exception {
    receiver = new ReceiverUnderTest(folder).peer("office", sender.url());
    receiver
        .sink(
            "waits",
            "until [ -e %s ]; do sleep 0.05; done; cat > %s"
                .formatted(receiver.file("go"), receiver.file("out")))
        .start();
  }

  @AfterEach
  void stopBoth() throws Exception {
    receiver.close();
    sender.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aDamagedChunkIsFetchedAgain(boolean wholeStreamIsThere) throws Exception {
    sender.sealTo(CHUNKS - 1);
    receiver.put(id, into("waits"));
    Eventually.holds(
        "the chunks to be verified", () -> receiver.status(id).verifiedTo() == CHUNKS - 1);
    if (wholeStreamIsThere) {
      sender.sealAll();
      receiver.await(id, SessionState.DRAINING);
    }
    Path chunk = receiver.spool(id).chunk(CHUNKS - 2);
    byte[] bytes = Files.readAllBytes(chunk);
    bytes[bytes.length - 1] ^= 4;
    Files.write(chunk, bytes);
    Files.delete(receiver.spool(id).chunk(CHUNKS - 3));
    Files.createFile(receiver.file("go"));
    sender.sealAll();

    ReceiveStatus done = receiver.await(id, SessionState.DONE);

    assertThat(receiver.file("out")).hasBinaryContent(sender.stream());
    assertThat(done.transfer().refetchedChunks()).isEqualTo(2);
    assertThat(sender.servedBytes(CHUNKS - 2)).isEqualTo(2L * CHUNK);
    assertThat(sender.servedBytes(CHUNKS - 3)).isEqualTo(2L * CHUNK);
    assertThat(sender.servedBytes(0)).isEqualTo(CHUNK);
  }
}

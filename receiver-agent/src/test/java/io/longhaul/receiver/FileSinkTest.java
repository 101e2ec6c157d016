package io.longhaul.receiver;

import static io.longhaul.receiver.ReceiverUnderTest.into;
import static io.longhaul.receiver.ReceiverUnderTest.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.spool.Started;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A file as a sink: only a whole stream ever has its name. */
@Timeout(120)
class FileSinkTest {
  private static final int CHUNK = 64 * 1024;
  private static final int CHUNKS = 6;
  private static final String OLD = "the backup of yesterday";

  @TempDir private Path folder;
  @TempDir private Path backups;
  private final SessionId id = newId();
  private final FakeSender sender;
  private ReceiverUnderTest receiver;
  private Path target;

  FileSinkTest() throws Exception {
    sender = new FakeSender(CHUNKS * CHUNK, CHUNK);
  }

  @BeforeEach
  void startReceiver() throws Exception {
    target = Files.writeString(backups.resolve("pg.dump"), OLD);
    receiver = new ReceiverUnderTest(folder).peer("office", sender.url());
    receiver.fileSink("backup", target).fileSink("nowhere", backups.resolve("no/such")).start();
  }

  @AfterEach
  void stopBoth() throws Exception {
    receiver.close();
    sender.close();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(backups)) {
      return all.toList();
    }
  }

  private void receiveTheFirstHalf() throws Exception {
    sender.sealTo(CHUNKS / 2);
    receiver.put(id, into("backup"));
    receiver.awaitFed(id, CHUNKS / 2);
    assertThat(target).hasContent(OLD);
    Eventually.holds("the sink to open its file", () -> files().size() == 2);
  }

  private void assertThatNothingHasChanged() throws Exception {
    receiver.awaitNoSpool(id);
    assertThat(files()).containsExactly(target);
    assertThat(Files.readString(target, StandardCharsets.UTF_8)).isEqualTo(OLD);
  }

  @Test
  void aWholeStreamReplacesTheFileAtOnce() throws Exception {
    receiveTheFirstHalf();
    sender.sealAll();
    receiver.await(id, SessionState.DONE);
    assertThat(target).hasBinaryContent(sender.stream());
    assertThat(files()).containsExactly(target);
  }

  @Test
  void aStreamThatFailsLeavesTheFileAlone() throws Exception {
    receiveTheFirstHalf();
    sender.fail(Failure.permanent(FailureKind.SOURCE_FAILED, "out of luck"));
    receiver.await(id, SessionState.FAILED);
    assertThatNothingHasChanged();
  }

  @Test
  void evenAnEndOfFileInTheMiddleLeavesTheFileAlone() throws Exception {
    receiveTheFirstHalf();
    Started started = receiver.started(id);
    receiver.stop(); // lets go of the sink's stdin
    kill(started.pump().pid());
    Eventually.holds("the sink to end", () -> !started.child().orElseThrow().isAlive());
    assertThat(target).hasContent(OLD);
    receiver.start();
    receiver.await(id, SessionState.FAILED);
    assertThatNothingHasChanged();
  }

  private static void kill(long pid) throws Exception {
    new ProcessBuilder("kill", "-KILL", Long.toString(pid)).start().waitFor();
  }

  @Test
  void aSecondSessionIntoTheSameFileIsRefused() throws Exception {
    receiveTheFirstHalf();
    assertThatThrownBy(() -> receiver.put(newId(), into("backup")))
        .isInstanceOf(TransferException.class)
        .hasMessageContaining(id.toString());
  }

  @Test
  void aDirectoryThatIsNotThereIsRefusedBeforeAnythingStarts() {
    assertThatThrownBy(() -> receiver.put(id, into("nowhere")))
        .isInstanceOf(TransferException.class)
        .hasMessageContaining(backups.resolve("no").toString());
  }
}

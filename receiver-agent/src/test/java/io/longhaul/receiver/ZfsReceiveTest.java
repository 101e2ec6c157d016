package io.longhaul.receiver;

import static io.longhaul.receiver.ReceiverUnderTest.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.wire.SinkSpec;
import io.longhaul.protocol.zfs.DatasetName;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Receiving into a dataset, with a command that behaves as zfs does. */
@Timeout(400)
class ZfsReceiveTest {
  private static final int BYTES = 200_000;
  private static final String GUID = "12345678901234567890";

  @TempDir private Path folder;
  private final SessionId id = newId();
  private final FakeSender sender;
  private ReceiverUnderTest receiver;
  private ZfsCommand zfs;

  ZfsReceiveTest() throws Exception {
    sender = new FakeSender(BYTES, 64 * 1024);
  }

  @BeforeEach
  void startReceiver() throws Exception {
    zfs = new ZfsCommand(folder);
    receiver = new ReceiverUnderTest(folder).peer("office", sender.url()).zfs(zfs.path()).start();
  }

  @AfterEach
  void stopBoth() throws Exception {
    receiver.close();
    sender.close();
  }

  private static ReceiveRequest into(String target, boolean force, boolean incremental) {
    return new ReceiveRequest(
        new SinkSpec.Zfs(DatasetName.parse(target), force, incremental, "daily"),
        "office",
        SessionLimits.DEFAULT,
        Map.of());
  }

  private Failure failed() throws Exception {
    return receiver.await(id, SessionState.FAILED).failure().orElseThrow();
  }

  @Test
  void theGuidDecidesAlsoWhenTheReceiveEndsBeforeTheEndRecord() throws Exception {
    zfs.receives(BYTES, GUID);
    sender.sealTo(4);
    receiver.put(id, into("backup/vm", false, false));
    receiver.awaitFed(id, 4);
    long sink = receiver.started(id).child().orElseThrow().pid();
    Eventually.holds("zfs receive to exit by itself", () -> ProcessHandle.of(sink).isEmpty());
    sender.sealAll(Optional.of(GUID));

    receiver.await(id, SessionState.DONE);

    assertThat(zfs.received()).hasBinaryContent(sender.stream());
    assertThat(zfs.arguments()).isEqualTo("receive -u backup/vm");
    assertThat(sender.completed()).isTrue();
  }

  @Test
  void aReceiveThatReceivedSomethingElseHasFailed() throws Exception {
    zfs.receives(BYTES, "42");
    sender.sealAll(Optional.of(GUID));
    receiver.put(id, into("backup/vm", false, false));

    Failure why = failed();

    assertThat(why.kind()).isEqualTo(FailureKind.RESULT_DIFFERS);
    assertThat(why.message()).contains("backup/vm@daily", "42", GUID);
    assertThat(sender.completed()).isFalse();
  }

  @Test
  void aReceiveThatLeavesNoSnapshotHasFailed() throws Exception {
    zfs.receives(BYTES, "");
    sender.sealAll(Optional.of(GUID));
    receiver.put(id, into("backup/vm", false, false));

    assertThat(failed().message()).contains("not come into being");
  }

  @Test
  void aReceiveThatOnlyFailedToMountHasDelivered() throws Exception {
    zfs.receives(BYTES, GUID).ends(1, "cannot mount 'backup/vm': failed to create mountpoint\n");
    sender.sealAll(Optional.of(GUID));
    receiver.put(id, into("backup/vm", false, false));

    receiver.await(id, SessionState.DONE);
  }

  @Test
  void aReceiveThatFailsIsQuotedWithAdvice() throws Exception {
    zfs.receives(BYTES, "").ends(1, "cannot receive new filesystem stream: out of space\n");
    sender.sealAll(Optional.of(GUID));
    receiver.put(id, into("backup/vm", false, false));

    Failure why = failed();

    assertThat(why.kind()).isEqualTo(FailureKind.SINK_FAILED);
    assertThat(why.message()).contains("status 1", "out of space");
  }

  @Test
  void aSecondReceiveIntoOneDatasetIsRefused() throws Exception {
    zfs.receives(BYTES, GUID);
    receiver.put(id, into("backup/vm", false, false));

    assertThatThrownBy(() -> receiver.put(newId(), into("backup/vm", true, false)))
        .hasMessageContaining("409")
        .hasMessageContaining(id.text());
  }

  @Test
  void aTargetThatDoesNotFitIsRefused() throws Exception {
    zfs.create("backup/old");

    assertThatThrownBy(() -> receiver.put(id, into("backup/old", false, false)))
        .hasMessageContaining("409")
        .hasMessageContaining("exists");
    assertThatThrownBy(() -> receiver.put(id, into("backup/new", false, true)))
        .hasMessageContaining("409")
        .hasMessageContaining("does not exist");
    assertThat(receiver.spool(id).directory()).doesNotExist();
  }

  @Test
  void aSnapshotNameThatZfsWouldNotTakeIsRefused() {
    ReceiveRequest bad =
        new ReceiveRequest(
            new SinkSpec.Zfs(DatasetName.parse("backup/vm"), false, false, "a@b c"),
            "office",
            SessionLimits.DEFAULT,
            Map.of());

    assertThatThrownBy(() -> receiver.put(id, bad))
        .hasMessageContaining("400")
        .hasMessageContaining("sink.snapshot");
  }
}

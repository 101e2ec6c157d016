package io.longhaul.receiver;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.client.FilesystemsClient;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.testing.ScriptedZfs;
import io.longhaul.protocol.wire.ChangesReport;
import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.ZfsChange;
import io.longhaul.receiver.grant.ReceiveFlag;
import io.longhaul.receiver.grant.ReceiveGrant;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a receiver-agent tells of its datasets, and changes, over HTTP. */
@Timeout(200)
class FilesystemsTest {
  private static final DatasetName ROOT = DatasetName.parse("backup/vault");
  private static final DatasetName VM = DatasetName.parse("backup/vault/vm");

  @TempDir private Path folder;
  private ReceiverUnderTest receiver;
  private ScriptedZfs zfs;
  private FilesystemsClient plain;
  private FilesystemsClient forced;

  @BeforeEach
  void start() throws Exception {
    zfs = new ScriptedZfs(folder.resolve("scripted"));
    receiver = new ReceiverUnderTest(folder).zfs(zfs.command().toString());
    Path plainToken = receiver.token("plain", false);
    Path forcedToken = receiver.token("forced", false);
    receiver
        .grant(grant("plain", Set.of()))
        .grant(grant("forced", Set.of(ReceiveFlag.FORCE)))
        .start();
    plain = new FilesystemsClient(receiver.as(plainToken), Optional.empty());
    forced = new FilesystemsClient(receiver.as(forcedToken), Optional.empty());
  }

  @AfterEach
  void stop() throws Exception {
    receiver.stop();
  }

  private static ReceiveGrant grant(String identity, Set<ReceiveFlag> flags) {
    return new ReceiveGrant(
        identity,
        Optional.empty(),
        Optional.of(List.of(ROOT)),
        Optional.empty(),
        Optional.of(flags),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void tellsWhatIsBelowARootAndOfTheRootThatItIsThere() throws Exception {
    zfs.above("backup/vault").dataset("backup/vault/vm").version("backup/vault/vm@one", 11);
    assertThat(plain.list(VM).datasets()).extracting(Dataset::name).containsExactly(ROOT, VM);
    assertThat(plain.list(VM).datasets().getLast().versions()).hasSize(1);
    zfs.dataset("backup/vault").version("backup/vault@secret", 12);
    assertThat(plain.list(ROOT).datasets().getFirst().versions()).isEmpty();
    int asked = zfs.asked().size();
    for (String outside : List.of("backup", "backup/vault2", "tank")) {
      assertThat(refused(() -> plain.list(DatasetName.parse(outside)))).isTrue();
    }
    assertThat(zfs.asked()).hasSize(asked);
  }

  @Test
  void whatLosesSomethingNeedsTheForceFlag() throws Exception {
    zfs.version("backup/vault/vm@one", 11);
    List<ZfsChange> loses =
        List.of(
            new ZfsChange.DestroySnapshot(VM.at("one"), "11"),
            new ZfsChange.Rollback(VM.at("one")),
            new ZfsChange.DestroyBookmark(VM, "theirs"));
    for (ZfsChange change : loses) {
      assertThat(refused(() -> plain.change(List.of(change)))).as("%s", change).isTrue();
    }
    assertThat(zfs.asked()).isEmpty();
    assertThat(forced.change(loses)).isEqualTo(new ChangesReport(3, Optional.empty()));
    assertThat(zfs.asked())
        .containsExactly(
            "get -Hp -o name,value guid backup/vault/vm@one",
            "destroy backup/vault/vm@one",
            "rollback backup/vault/vm@one",
            "destroy backup/vault/vm#theirs");
  }

  @Test
  void theOthersNeedToBeBelowARoot() throws Exception {
    List<ZfsChange> others = others(VM);
    assertThat(plain.change(others)).isEqualTo(new ChangesReport(others.size(), Optional.empty()));
    int asked = zfs.asked().size();
    for (DatasetName outside : List.of(ROOT, DatasetName.parse("backup/vault2/vm"))) {
      for (ZfsChange change : others(outside)) {
        assertThat(refused(() -> forced.change(List.of(change)))).as("%s", change).isTrue();
      }
    }
    assertThat(zfs.asked()).hasSize(asked);
  }

  private static List<ZfsChange> others(DatasetName target) {
    return List.of(
        new ZfsChange.Hold("longhaul_a", List.of(target.at("one"))),
        new ZfsChange.Release("longhaul_a", List.of(target.at("one"))),
        new ZfsChange.DestroyBookmark(target, "longhaul_b"),
        new ZfsChange.AbortReceive(target, "test"),
        new ZfsChange.CreatePlaceholder(target, false),
        new ZfsChange.BecomeReal(target),
        new ZfsChange.SetProperty(target, "readonly", "on"));
  }

  private interface Call {
    void run() throws TransferException;
  }

  private static boolean refused(Call call) {
    try {
      call.run();
      return false;
    } catch (TransferException e) {
      return String.valueOf(e.getMessage()).contains("not granted");
    }
  }
}

package io.longhaul.coordinator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.longhaul.protocol.chunk.DigestChoice;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.wire.SinkSpec;
import io.longhaul.protocol.wire.SourceSpec;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.SendBase;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.ZfsSend;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransferTest {

  private static Wish wish(String source, String target, String... flags) {
    var set = java.util.Set.of(flags);
    return new Wish(
        Endpoint.parse(source),
        Endpoint.parse(target),
        set.contains("from") ? Optional.of(SendBase.parse("@old")) : Optional.empty(),
        set.contains("intermediates"),
        set.contains("replicate"),
        set.contains("raw"),
        set.contains("force"),
        1 << 20,
        DigestChoice.BOTH,
        SessionLimits.DEFAULT,
        Map.of("k", "v"));
  }

  @Test
  void aFullStreamNeedsATargetThatIsNew() {
    Transfer transfer = Transfer.of(wish("office:tank/vm@new", "vault:backup/vm"));
    assertThat(transfer.source())
        .isEqualTo(new SourceSpec.Zfs(ZfsSend.full(SnapshotName.parse("tank/vm@new"))));
    assertThat(transfer.sink())
        .isEqualTo(new SinkSpec.Zfs(DatasetName.parse("backup/vm"), false, false, "new"));
  }

  @Test
  void anIncrementalStreamBuildsOnTheTarget() {
    Transfer transfer =
        Transfer.of(
            wish(
                "office:tank/vm@new",
                "vault:backup/vm",
                "from",
                "intermediates",
                "replicate",
                "raw",
                "force"));
    assertThat(transfer.source())
        .isEqualTo(
            new SourceSpec.Zfs(
                new ZfsSend(
                    SnapshotName.parse("tank/vm@new"),
                    Optional.of(SendBase.parse("@old")),
                    true,
                    true,
                    true)));
    assertThat(transfer.sink())
        .isEqualTo(new SinkSpec.Zfs(DatasetName.parse("backup/vm"), true, true, "new"));
  }

  @Test
  void aDatasetMayGoIntoAStream() {
    Transfer transfer = Transfer.of(wish("office:tank@new", "vault::archive"));
    assertThat(transfer.sink()).isEqualTo(new SinkSpec.Stream("archive"));
  }

  @Test
  void bothRequestsCarryWhatTheUserAskedFor() {
    Transfer transfer = Transfer.of(wish("office::pg", "vault::pg"));
    var send = transfer.sendRequest("vault-reader");
    assertThat(send.reader()).isEqualTo("vault-reader");
    assertThat(send.chunkBytes()).isEqualTo(1 << 20);
    assertThat(send.digests()).isEqualTo(DigestChoice.BOTH);
    assertThat(send.labels()).isEqualTo(Map.of("k", "v"));
    assertThat(transfer.receiveRequest().peer()).isEqualTo("office");
    assertThat(transfer.receiveRequest().limits()).isEqualTo(SessionLimits.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "office:tank | vault:backup | '' | write office:tank@SNAPSHOT",
        "office:tank@a | vault:backup@a | '' | write only vault:backup",
        "office:tank@a | vault:backup | intermediates | need a base",
        "office:tank@old | vault:backup | from | its own base",
        "office:tank@a | vault::x | force | --force is for a target dataset",
        "office::x | vault::x | force | --force is for a target dataset",
        "office::x | vault::x | from | are for a dataset",
        "office::x | vault::x | replicate | are for a dataset",
        "office::x | vault:backup | '' | vault::NAME",
      })
  void refusesWhatMakesNoSense(String source, String target, String flag, String why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Transfer.of(wish(source, target, flag)))
        .withMessageContaining(why);
  }
}

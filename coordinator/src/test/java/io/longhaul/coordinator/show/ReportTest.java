package io.longhaul.coordinator.show;

import static io.longhaul.coordinator.testing.Statuses.ID;
import static io.longhaul.coordinator.testing.Statuses.MIB;
import static io.longhaul.coordinator.testing.Statuses.delivered;
import static io.longhaul.coordinator.testing.Statuses.receiving;
import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.coordinator.run.Ending;
import io.longhaul.coordinator.run.Session;
import io.longhaul.coordinator.run.Sight;
import io.longhaul.coordinator.run.View;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.chunk.EndRecord;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.wire.ReceiveStatus;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReportTest {
  private static final Session SESSION =
      new Session(ID, "office:tank@a", "vault:backup", Optional.empty(), Optional.empty());
  private static final Instant NOW = ID.created().plusSeconds(4);

  private static Report report(ReceiveStatus status, Ending ending) {
    return Report.of(SESSION, new View(Sight.none(), Sight.of(status, 0), 0), ending, NOW);
  }

  @Test
  void aDeliveryIsSummedUp() {
    Report report = report(delivered().status(), new Ending(SessionState.DONE, Optional.empty()));
    assertThat(report.lines())
        .containsExactly(
            "done: office:tank@a → vault:backup",
            "  delivered   64.0 MiB in 4.0s (16.0 MiB/s), 4 chunks",
            "  digest      " + "5d".repeat(32) + " (SHA-256 over the chunk digests)",
            "  network     65.0 MiB fetched, 1 chunks refetched, 2 outages (6.2s)",
            "  sink exit   0");
  }

  @Test
  void aSnapshotIsNamedByItsGuid() {
    var end = new EndRecord(4, 64 * MIB, 0, "5d".repeat(32), Optional.of("123"));
    Report report =
        report(delivered().end(end).status(), new Ending(SessionState.DONE, Optional.empty()));
    assertThat(report.lines()).contains("  GUID        123, the same at source and target");
  }

  @ParameterizedTest
  @EnumSource(FailureKind.class)
  void everyFailureSaysWhatToDoNext(FailureKind kind) {
    var why = Failure.permanent(kind, "Tried x but y\nstderr: z");
    Report report =
        report(
            receiving(SessionState.FAILED).failure(why).status(),
            new Ending(SessionState.FAILED, Optional.of(why)));
    assertThat(report.lines())
        .contains("  failure     " + kind.text(), "    Tried x but y", "    stderr: z")
        .anyMatch(line -> line.startsWith("  next        ") && line.contains("coordinator "));
  }

  @Test
  void scriptsGetTheSameInJson() throws Exception {
    var json =
        Json.TOLERANT.readTree(
            Json.TOLERANT.writeValueAsString(
                report(delivered().status(), new Ending(SessionState.DONE, Optional.empty()))));
    assertThat(json.get("id").asText()).isEqualTo(ID.text());
    assertThat(json.get("state").asText()).isEqualTo("done");
    assertThat(json.get("exit").asInt()).isZero();
    assertThat(json.get("deliveredBytes").asLong()).isEqualTo(64 * MIB);
    assertThat(json.get("bytesPerSecond").asLong()).isEqualTo(16 * MIB);
    assertThat(json.get("streamDigest").asText()).isEqualTo("5d".repeat(32));
    assertThat(json.get("outageSeconds").asDouble()).isEqualTo(6.2);
    assertThat(json.has("failure")).isFalse();
  }
}

package io.longhaul.protocol.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.spool.Sweeper.Known;
import io.longhaul.protocol.testing.Requirements;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.wire.SweepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweeperTest {
  private static final SessionId A = new SessionId("01k6zv5q8r3m9x2c7b4t0hfgjd");
  private static final SessionId B = new SessionId("01k6zv5q8s3m9x2c7b4t0hfgjd");
  private static final SessionId C = new SessionId("01k6zv5q8t3m9x2c7b4t0hfgjd");
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  private static List<SweepReport.Entry> sweep(
      SpoolRoot root, boolean dryRun, Map<SessionId, Known> known) throws IOException {
    return new Sweeper(root, InstantSource.fixed(NOW))
        .sweep(dryRun, spool -> known.getOrDefault(spool.id(), new Known.Stray()))
        .entries();
  }

  @Test
  void deletesWhatHasEndedAndKeepsTheRest(@TempDir Path dir) throws Exception {
    try (SpoolRoot root = SpoolRoot.open(dir, Role.SEND)) {
      SessionSpool ended = root.create(A, new byte[0]);
      Files.write(ended.chunk(0), new byte[1000]);
      Files.write(ended.part(1), new byte[24]);
      SessionSpool kept = root.create(B, new byte[0]);
      Map<SessionId, Known> known = Map.of(A, new Known.Ended("done"), B, new Known.Kept("runs"));

      assertThat(sweep(root, true, known))
          .containsExactly(
              new SweepReport.Entry(A, 1024, true, false, "done"),
              new SweepReport.Entry(B, 0, false, false, "runs"));
      assertThat(ended.chunk(0)).exists();

      assertThat(sweep(root, false, known))
          .containsExactly(
              new SweepReport.Entry(A, 1024, true, true, "done"),
              new SweepReport.Entry(B, 0, false, false, "runs"));
      assertThat(ended.directory()).doesNotExist();
      assertThat(kept.request()).exists();
    }
  }

  @Test
  void aLivePumpIsNeverStale(@TempDir Path dir) throws Exception {
    try (SpoolRoot root = SpoolRoot.open(dir, Role.RECEIVE)) {
      SessionSpool spool = root.create(A, new byte[0]);
      try (LockHolder pump = LockHolder.start(spool.lock())) {
        assertThat(pump.answer()).isEqualTo("held");
        assertThat(sweep(root, false, Map.of(A, new Known.Ended("done"))))
            .containsExactly(new SweepReport.Entry(A, 0, false, false, "a pump works on it"));
      }
      assertThat(spool.request()).exists();
    }
  }

  @Test
  void aStrayGoesWhenItWasNotTouchedForLong(@TempDir Path dir) throws Exception {
    double uptime = Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", 2)[0]);
    Requirements.need(uptime > 3600, "a machine that has been up for an hour");
    Instant limit = NOW.minus(SessionLimits.DEFAULT.unreachable());
    try (SpoolRoot root = SpoolRoot.open(dir, Role.SEND)) {
      SessionSpool old = root.create(A, new byte[0]);
      SessionSpool young = root.create(B, new byte[0]);
      Files.setLastModifiedTime(old.directory(), FileTime.from(limit.minusSeconds(1)));
      Files.setLastModifiedTime(young.directory(), FileTime.from(limit));
      assertThat(sweep(root, false, Map.of()))
          .extracting(SweepReport.Entry::deleted)
          .containsExactly(true, false);
      assertThat(old.directory()).doesNotExist();
      assertThat(young.directory()).exists();
    }
  }

  @Test
  void oneThatCannotBeSweptDoesNotKeepTheOthers(@TempDir Path dir) throws Exception {
    try (SpoolRoot root = SpoolRoot.open(dir, Role.SEND)) {
      SessionSpool foreign = root.create(A, new byte[0]);
      Files.createDirectory(foreign.directory().resolve("not-ours"));
      root.create(B, new byte[0]);
      root.create(C, new byte[0]);
      List<SweepReport.Entry> entries =
          new Sweeper(root, InstantSource.fixed(NOW))
              .sweep(
                  false,
                  spool -> {
                    if (spool.id().equals(B)) {
                      throw new IOException("the disk is odd");
                    }
                    return new Known.Ended("done");
                  })
              .entries();
      assertThat(entries)
          .extracting(SweepReport.Entry::deleted)
          .containsExactly(false, false, true);
      assertThat(entries.get(0).why()).startsWith("cannot be swept: ");
      assertThat(entries.get(1).why()).contains("the disk is odd");
    }
  }
}

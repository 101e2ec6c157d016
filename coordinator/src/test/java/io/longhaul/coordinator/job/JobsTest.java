package io.longhaul.coordinator.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.longhaul.coordinator.CoordinatorConfig;
import io.longhaul.coordinator.drive.Pace;
import io.longhaul.coordinator.plan.Guarantee;
import io.longhaul.coordinator.plan.Intermediates;
import io.longhaul.coordinator.schedule.Every;
import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.config.ConfigFile;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.zfs.DatasetName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobsTest {
  private static final String AGENTS =
      """
      agents:
        office: {sender: {url: http://127.0.0.1:7401}}
        vault: {receiver: {url: http://127.0.0.1:7402}}
      """;

  @TempDir Path directory;

  private CoordinatorConfig read(String jobs) throws Exception {
    return ConfigFile.read(
        Files.writeString(directory.resolve("c.yaml"), AGENTS + jobs), CoordinatorConfig.class);
  }

  @Test
  void twoLinesAreAJob() throws Exception {
    Job job =
        read("jobs: {vm: {source: office:tank/vm, target: vault:backup/vm}}").jobList().getFirst();
    assertThat(job.name()).isEqualTo("vm");
    assertThat(job.route()).isEqualTo("office:tank/vm → vault:backup/vm");
    assertThat(job.schedule()).isEmpty();
    assertThat(job.chooses(DatasetName.parse("tank/vm/a"))).isTrue();
    assertThat(job.rules().rollback()).isFalse();
    assertThat(job.rules().receive().unmounted()).isTrue();
    assertThat(job.rules().receive().set()).containsEntry("readonly", "on");
    assertThat(job.rules().initial()).isEqualTo(Guarantee.RESUMABILITY);
    assertThat(job.pace()).isEqualTo(Pace.DEFAULT);
    assertThat(job.inactivity()).isEqualTo(SessionLimits.DEFAULT);
  }

  @Test
  void everythingCanBeSaid() throws Exception {
    Job job =
        read("""
        state-directory: /var/tmp/state
        jobs:
          vm:
            source: office:tank/vm
            target: vault:backup/vm
            filter: {"tank/vm<": true, "tank/vm/scratch<": false}
            snapshots: {include: ["^daily-"], exclude: [test]}
            intermediates: newest
            send: {raw: true, compressed: true, large-blocks: true, embedded: true, properties: true}
            receive:
              mounted: true
              set: {compression: zstd, readonly: "off"}
              inherit: [mountpoint]
            guarantee: {initial: incremental, incremental: nothing}
            rollback: true
            schedule: {every: 15m}
            retries: {failures: 3, unreachable: 1h, heals: 0}
            concurrency: {streams: 8, estimates: 1}
            inactivity: {stalled: 1h, unreachable: 2d}
            hooks: {before: [/bin/true], after: [notify, vm], timeout: 10s}
        """)
            .jobList()
            .getFirst();
    assertThat(job.chooses(DatasetName.parse("tank/vm/a"))).isTrue();
    assertThat(job.chooses(DatasetName.parse("tank/vm/scratch/a"))).isFalse();
    assertThat(job.rules().intermediates()).isEqualTo(Intermediates.NEWEST);
    assertThat(job.rules().send().raw()).isTrue();
    assertThat(job.rules().receive().unmounted()).isFalse();
    assertThat(job.rules().receive().set())
        .containsEntry("compression", "zstd")
        .containsEntry("readonly", "off");
    assertThat(job.rules().initial()).isEqualTo(Guarantee.INCREMENTAL);
    assertThat(job.rules().incremental()).isEqualTo(Guarantee.NOTHING);
    assertThat(job.schedule()).contains(new Every(Duration.ofMinutes(15)));
    assertThat(job.pace()).isEqualTo(new Pace(8, 1, 3, Duration.ofHours(1), 0));
    assertThat(job.inactivity())
        .isEqualTo(new SessionLimits(Duration.ofHours(1), Duration.ofDays(2)));
    assertThat(job.hooks())
        .isEqualTo(
            new Job.Hooks(List.of("/bin/true"), List.of("notify", "vm"), Duration.ofSeconds(10)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "source: tank/vm, target: vault:b | jobs.vm.source: Tried to read 'tank/vm'",
        "source: office:tank@a, target: vault:b | jobs.vm.source: must be AGENT:DATASET without a snapshot",
        "source: 'office::pg', target: vault:b | jobs.vm.source: must be AGENT:DATASET",
        "source: vault:tank, target: vault:b | jobs.vm.source: agents names no 'vault' with a sender",
        "source: office:tank, target: office:b | jobs.vm.target: agents names no 'office' with a receiver",
        "source: office:tank | target: a value is missing",
        "source: office:tank, target: vault:b, rolback: true | rolback: unknown key",
        "source: office:tank, target: vault:b, filter: {'other<': true} | jobs.vm.filter: other is neither tank nor below it",
        "source: office:tank, target: vault:b, filter: {'tank<': false} | jobs.vm.filter: no pattern with true",
        "source: office:tank, target: vault:b, intermediates: some | jobs.vm.intermediates:",
        "source: office:tank, target: vault:b, guarantee: {initial: none} | jobs.vm.guarantee.initial:",
        "source: office:tank, target: vault:b, snapshots: {include: ['(']} | jobs.vm.snapshots.include: '(' is no regular expression",
        "source: office:tank, target: vault:b, schedule: {} | jobs.vm.schedule: needs either every",
        "source: office:tank, target: vault:b, schedule: {every: 1s} | jobs.vm.schedule.every: must be at least 10s",
        "source: office:tank, target: vault:b, schedule: {every: 1h, cron: '* * * * *'} | jobs.vm.schedule: needs either",
        "source: office:tank, target: vault:b, schedule: {cron: '* * *'} | jobs.vm.schedule.cron:",
        "source: office:tank, target: vault:b, schedule: {cron: '* * * * *', zone: Mars} | jobs.vm.schedule.zone:",
        "source: office:tank, target: vault:b, schedule: {every: 1h, zone: UTC} | jobs.vm.schedule.zone: is for cron only",
        "source: office:tank, target: vault:b, concurrency: {streams: 0} | jobs.vm.concurrency.streams: must be 1 to 64, was 0",
        "source: office:tank, target: vault:b, inactivity: {stalled: 0s} | jobs.vm.inactivity: inactivity limits must be positive",
        "source: office:tank, target: vault:b, hooks: {before: []} | jobs.vm.hooks.before: must name a program",
        "source: office:tank, target: vault:b, receive: {set: {a: b}, inherit: [a]} | jobs.vm.receive: 'a' cannot be both",
      })
  void whatMakesNoSenseIsNamed(String job, String fault) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> read("jobs: {vm: {" + job + "}}"))
        .withMessageContaining("c.yaml")
        .withMessageContaining(fault);
  }

  @Test
  void allFaultsAreNamedAtOnce() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() ->
            read(
                """
                jobs:
                  a: {source: x, target: y}
                  "b b": {source: office:tank, target: vault:b, schedule: {every: 1s}}
                """))
        .withMessageContaining("jobs.a.source")
        .withMessageContaining("jobs.a.target")
        .withMessageContaining("jobs.b b: Tried to use 'b b' as the name of a job")
        .withMessageContaining("jobs.b b.schedule.every");
  }

  @Test
  void twoJobsDoNotWriteIntoOnePlace() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() ->
            read(
                """
                jobs:
                  a: {source: office:tank, target: vault:b}
                  c: {source: office:other, target: vault:b}
                  d: {source: office:other, target: vault:b/d}
                  e: {source: office:other, target: vault:bd}
                """))
        .withMessageContaining("jobs.c.target: vault:b and the target of job a, b,")
        .withMessageContaining("jobs.d.target: vault:b/d and the target of job a, b,")
        .withMessageNotContaining("jobs.e");
  }
}

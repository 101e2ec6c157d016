package io.longhaul.protocol.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.pipe.Uptime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetentionTest {
  private static final SessionId A = new SessionId("01k6zv5q8r3m9x2c7b4t0hfgjd");
  private static final SessionId B = new SessionId("01k6zv5q8s3m9x2c7b4t0hfgjd");
  private static final Duration DAY = Duration.ofDays(1);
  private static final Instant START = Instant.parse("2026-06-01T00:00:00Z");
  private static final Instant LONG_AGO = Instant.EPOCH;

  private Instant now = START;
  private Duration uptime = Duration.ofHours(3);

  private Retention retention() {
    InstantSource clock = () -> now;
    return new Retention(clock, new Uptime("boot", () -> uptime.toNanos()));
  }

  private void pass(Duration time) {
    now = now.plus(time);
    uptime = uptime.plus(time);
  }

  @Test
  void isOverWhenMoreThanTheRetentionHasPassed() throws Exception {
    Retention retention = retention();
    assertThat(retention.isOver(START.minus(DAY), DAY)).isFalse();
    pass(Duration.ofMillis(1));
    assertThat(retention.isOver(START.minus(DAY), DAY)).isTrue();
    pass(Duration.ofDays(400));
    assertThat(retention.distrust()).isEmpty();
  }

  @Test
  void nothingIsOverWithinAnHourOfBoot() throws Exception {
    uptime = Duration.ofMinutes(58);
    Retention retention = retention();
    pass(Duration.ofMinutes(2).minusMillis(1));
    assertThat(retention.isOver(LONG_AGO, DAY)).isFalse();
    assertThat(retention.distrust()).hasValue("not judged by age within an hour of boot");
    pass(Duration.ofMillis(1));
    assertThat(retention.isOver(LONG_AGO, DAY)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT5M1S", "-PT5M1S", "P20000D", "-P10000D"})
  void nothingIsOverAfterTheClockHasJumped(Duration jump) throws Exception {
    Retention retention = retention();
    pass(DAY);
    now = now.plus(jump);
    assertThat(retention.isOver(LONG_AGO.minus(DAY), DAY)).isFalse();
    assertThat(retention.distrust()).get().asString().contains("the clock has jumped");
    pass(Duration.ofDays(30));
    assertThat(retention.isOver(LONG_AGO, DAY)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT5M", "-PT5M"})
  void aSmallCorrectionIsNoJump(Duration correction) throws Exception {
    Retention retention = retention();
    now = now.plus(correction);
    assertThat(retention.distrust()).isEmpty();
  }

  @Test
  void tombstonesGoByAgeOnlyWhileTheClockIsTrusted(@TempDir Path dir) throws Exception {
    try (SpoolRoot root = SpoolRoot.open(dir, Role.SEND)) {
      Tombstones<Mark> tombstones = Tombstones.open(root, Role.SEND, Mark.class);
      tombstones.put(A, Mark.NONE);
      tombstones.put(B, Mark.NONE);
      Path old = dir.resolve("longhaul-send-ended/" + A + ".json");
      Files.setLastModifiedTime(old, FileTime.from(START.minus(Duration.ofDays(31))));
      Path young = dir.resolve("longhaul-send-ended/" + B + ".json");
      Files.setLastModifiedTime(young, FileTime.from(START.minus(Duration.ofDays(29))));

      uptime = Duration.ofMinutes(59);
      retention().expire(tombstones);
      assertThat(old).exists();

      uptime = Duration.ofHours(1);
      retention().expire(tombstones);
      assertThat(old).doesNotExist();
      assertThat(young).exists();
    }
  }
}

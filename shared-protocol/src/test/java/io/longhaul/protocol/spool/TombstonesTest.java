package io.longhaul.protocol.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.SessionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TombstonesTest {
  private static final SessionId OLD = new SessionId("01k6zv5q8r3m9x2c7b4t0hfgjd");
  private static final SessionId NEW = new SessionId("01k6zv5q8s3m9x2c7b4t0hfgjd");
  private static final Mark STATUS = new Mark(3, 30, true);

  @Test
  void whatIsPutOutlivesTheAgent(@TempDir Path root) throws Exception {
    try (SpoolRoot spools = SpoolRoot.open(root, Role.SEND)) {
      Tombstones.open(spools, Role.SEND, Mark.class).put(OLD, STATUS);
    }
    try (SpoolRoot spools = SpoolRoot.open(root, Role.SEND)) {
      Tombstones<Mark> again = Tombstones.open(spools, Role.SEND, Mark.class);
      assertThat(again.get(OLD)).contains(STATUS);
      assertThat(again.get(NEW)).isEmpty();
      again.put(OLD, Mark.NONE);
      assertThat(again.get(OLD)).contains(Mark.NONE);
    }
  }

  @Test
  void areListedOldestFirstAndForgotten(@TempDir Path root) throws Exception {
    try (SpoolRoot spools = SpoolRoot.open(root, Role.RECEIVE)) {
      Tombstones<Mark> stones = Tombstones.open(spools, Role.RECEIVE, Mark.class);
      stones.put(NEW, STATUS);
      stones.put(OLD, STATUS);
      assertThat(stones.list()).containsExactly(OLD, NEW);
      assertThat(stones.remove(OLD)).isTrue();
      assertThat(stones.remove(OLD)).isFalse();
      assertThat(stones.list()).containsExactly(NEW);
    }
  }

  @Test
  void expireByTheTimeOfTheEnd(@TempDir Path root) throws Exception {
    try (SpoolRoot spools = SpoolRoot.open(root, Role.SEND)) {
      Tombstones<Mark> stones = Tombstones.open(spools, Role.SEND, Mark.class);
      stones.put(OLD, STATUS);
      stones.put(NEW, STATUS);
      Instant limit = Instant.parse("2026-01-01T00:00:00Z");
      Path directory = root.resolve("longhaul-send-ended");
      Files.setLastModifiedTime(
          directory.resolve(OLD + ".json"), FileTime.from(limit.minusMillis(1)));
      Files.setLastModifiedTime(directory.resolve(NEW + ".json"), FileTime.from(limit));
      stones.expire(limit);
      assertThat(stones.list()).containsExactly(NEW);
    }
  }

  @Test
  void otherFilesAreLeftAlone(@TempDir Path root) throws Exception {
    try (SpoolRoot spools = SpoolRoot.open(root, Role.SEND)) {
      Tombstones<Mark> stones = Tombstones.open(spools, Role.SEND, Mark.class);
      stones.put(OLD, STATUS);
      Path directory = root.resolve("longhaul-send-ended");
      Path foreign = Files.createFile(directory.resolve("notes.json"));
      Files.createFile(directory.resolve("." + OLD + ".json.new"));
      assertThat(stones.list()).containsExactly(OLD);
      stones.expire(Instant.MAX);
      assertThat(stones.list()).isEmpty();
      assertThat(foreign).exists();
    }
  }

  @Test
  void aDirectoryOfAnotherModeIsRefused(@TempDir Path root) throws Exception {
    Path directory = Files.createDirectory(root.resolve("longhaul-send-ended"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    try (SpoolRoot spools = SpoolRoot.open(root, Role.SEND)) {
      assertThatThrownBy(() -> Tombstones.open(spools, Role.SEND, Mark.class))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("not our directory");
    }
  }
}

package io.longhaul.protocol.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.durable.Shortage;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.testing.Tmpfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** On a file system that is full to the last byte. */
class LastWordTest {
  private static final SessionId A = new SessionId("01k6zv5q8r3m9x2c7b4t0hfgjd");
  private static final SessionId B = new SessionId("01k6zv5q8s3m9x2c7b4t0hfgjd");
  private static final Outcome OUTCOME =
      new Outcome(
          OptionalInt.of(3),
          Optional.of(Failure.permanent(FailureKind.SOURCE_FAILED, "out of luck")),
          "x".repeat(16 << 10));

  @Test
  void aFullDiskHasRoomForTheOutcome() throws Exception {
    try (Tmpfs disk = Tmpfs.mount("2m");
        SpoolRoot root = SpoolRoot.open(disk.path(), Role.SEND)) {
      SessionSpool spool = root.create(A, new byte[0]);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(spool.reserve())))
          .isEqualTo("rw-------");
      disk.fillBut(0);
      assertThatThrownBy(() -> SpoolFile.force(spool.outcome(), OUTCOME))
          .isInstanceOfSatisfying(
              IOException.class, e -> assertThat(Shortage.isOfSpace(e)).isTrue());
      assertThat(spool.outcome()).doesNotExist();

      LastWord.force(spool, spool.outcome(), OUTCOME);

      assertThat(SpoolFile.read(spool.outcome(), Outcome.class)).hasValue(OUTCOME);
      assertThat(spool.reserve()).doesNotExist();
    }
  }

  @Test
  void nobodyTakesTheReserveAway() throws Exception {
    try (Tmpfs disk = Tmpfs.mount("8m");
        SpoolRoot root = SpoolRoot.open(disk.path(), Role.SEND)) {
      var spools = new ArrayList<SessionSpool>();
      for (int i = 0; i < 40; i++) {
        spools.add(root.create(SessionId.create(InstantSource.system()), new byte[0]));
      }
      disk.fillBut(0);
      var over = new AtomicBoolean();
      Thread thief = Thread.ofPlatform().start(() -> writeWhatFits(disk.path(), over));
      try {
        for (SessionSpool spool : spools) {
          LastWord.force(spool, spool.outcome(), OUTCOME);
          assertThat(SpoolFile.read(spool.outcome(), Outcome.class)).hasValue(OUTCOME);
        }
      } finally {
        over.set(true);
        thief.join();
      }
    }
  }

  private static void writeWhatFits(Path directory, AtomicBoolean over) {
    byte[] page = new byte[4096];
    Path loot = directory.resolve("loot");
    while (!over.get()) {
      try {
        Files.write(loot, page, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      } catch (IOException e) {
        Thread.onSpinWait(); // the disk is full
      }
    }
  }

  @Test
  void theReserveIsKeptWhileThereIsOtherRoom() throws Exception {
    try (Tmpfs disk = Tmpfs.mount("2m");
        SpoolRoot root = SpoolRoot.open(disk.path(), Role.SEND)) {
      SessionSpool spool = root.create(A, new byte[0]);
      LastWord.force(spool, spool.outcome(), OUTCOME);
      assertThat(spool.reserve()).exists();
    }
  }

  @Test
  void withoutAReserveItIsTheUsualFailure() throws Exception {
    try (Tmpfs disk = Tmpfs.mount("2m");
        SpoolRoot root = SpoolRoot.open(disk.path(), Role.SEND)) {
      SessionSpool spool = root.create(A, new byte[0]);
      Files.delete(spool.reserve());
      disk.fillBut(0);
      assertThatThrownBy(() -> LastWord.force(spool, spool.outcome(), OUTCOME))
          .hasMessageContaining("No space left on device");
      disk.free();
      LastWord.force(spool, spool.outcome(), OUTCOME);
      assertThat(spool.outcome()).exists();
    }
  }

  @Test
  void aFullDiskTakesNoNewSessionAndKeepsNothingOfIt() throws Exception {
    try (Tmpfs disk = Tmpfs.mount("2m");
        SpoolRoot root = SpoolRoot.open(disk.path(), Role.SEND)) {
      root.create(A, new byte[0]);
      assertThat(root.shortage()).isEmpty();
      disk.fillBut(40 << 10);
      assertThatThrownBy(() -> root.create(B, new byte[10]))
          .hasMessageContaining("No space left on device");
      assertThat(root.sessions()).extracting(SessionSpool::id).containsExactly(A);
      assertThat(root.session(B).directory()).doesNotExist();
      assertThat(root.shortage())
          .get()
          .asString()
          .contains("in the spool " + disk.path(), "free space in that file system");
    }
  }
}

package io.longhaul.protocol.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.failure.AgentFailedException;
import io.longhaul.protocol.retry.Sleeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolLockTest {
  private static final Sleeper NO_SLEEP = _ -> {};

  @Test
  void isHeldByAnotherProcessUntilThatGivesItUp(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("lock");
    assertThat(SpoolLock.isHeld(path)).isFalse();
    try (LockHolder holder = LockHolder.start(path)) {
      assertThat(holder.answer()).isEqualTo("held");
      assertThat(SpoolLock.isHeld(path)).isTrue();
      assertThat(SpoolLock.take(path, NO_SLEEP)).isEmpty();
      assertThat(SpoolLock.isHeld(path)).isTrue();
    }
    assertThat(SpoolLock.isHeld(path)).isFalse();
    Optional<SpoolLock> ours = SpoolLock.take(path, NO_SLEEP);
    assertThat(ours).isPresent();
    ours.get().close();
  }

  @Test
  void isFreeWhenItsHolderWasKilled(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("lock");
    try (LockHolder holder = LockHolder.start(path)) {
      assertThat(holder.answer()).isEqualTo("held");
      holder.kill();
      assertThat(SpoolLock.isHeld(path)).isFalse();
    }
  }

  /** Closing any descriptor of the file would drop the lock: looking must not. */
  @Test
  void lookingDoesNotDropOurOwnLock(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("lock");
    try (SpoolLock _ = SpoolLock.take(path, NO_SLEEP).orElseThrow()) {
      assertThat(SpoolLock.isHeld(path)).isTrue();
      assertThat(SpoolLock.take(path, NO_SLEEP)).isEmpty();
      assertThat(SpoolLock.isHeld(path)).isTrue();
      try (LockHolder other = LockHolder.start(path)) {
        assertThat(other.answer()).isEqualTo("refused");
      }
    }
    assertThat(SpoolLock.isHeld(path)).isFalse();
  }

  @Test
  void waitsFiveSecondsForTheOneBefore(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("lock");
    List<Duration> sleeps = new ArrayList<>();
    try (LockHolder holder = LockHolder.start(path)) {
      assertThat(holder.answer()).isEqualTo("held");
      assertThat(SpoolLock.take(path, sleeps::add)).isEmpty();
      assertThat(sleeps.stream().reduce(Duration.ZERO, Duration::plus))
          .isEqualTo(Duration.ofSeconds(5));

      sleeps.clear();
      Sleeper holderEndsMeanwhile =
          time -> {
            sleeps.add(time);
            if (sleeps.size() == 3) {
              holder.kill();
            }
          };
      try (SpoolLock _ = SpoolLock.take(path, holderEndsMeanwhile).orElseThrow()) {
        assertThat(sleeps).hasSize(3);
      }
    }
  }

  @Test
  void anInterruptedWaitLeavesNothingOpen(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("lock");
    try (LockHolder holder = LockHolder.start(path)) {
      assertThat(holder.answer()).isEqualTo("held");
      Sleeper interrupted =
          _ -> {
            throw new InterruptedException();
          };
      assertThatThrownBy(() -> SpoolLock.take(path, interrupted))
          .isInstanceOf(InterruptedException.class);
      assertThat(openDescriptors(path)).isZero();
      assertThat(SpoolLock.take(path, NO_SLEEP)).isEmpty();
      assertThat(openDescriptors(path)).isZero();
    }
  }

  private static long openDescriptors(Path path) throws IOException {
    Path real = path.toRealPath();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.filter(fd -> leadsTo(fd, real)).count();
    }
  }

  private static boolean leadsTo(Path descriptor, Path file) {
    try {
      return Files.readSymbolicLink(descriptor).equals(file);
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  @Test
  void theFileIsForItsOwnerAlone(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("lock");
    try (SpoolLock _ = SpoolLock.take(path, NO_SLEEP).orElseThrow()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void aSessionThatIsGoneCannotBeLocked(@TempDir Path dir) {
    assertThatThrownBy(() -> SpoolLock.take(dir.resolve("gone/lock"), NO_SLEEP))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void aSessionThatWasSweptMeanwhileCannotBeLocked(@TempDir Path dir) throws Exception {
    Path path = Files.createDirectory(dir.resolve("session")).resolve("lock");
    try (LockHolder holder = LockHolder.start(path)) {
      assertThat(holder.answer()).isEqualTo("held");
      Sleeper swept =
          _ -> {
            try {
              Files.deleteIfExists(path);
              Files.deleteIfExists(dir.resolve("session"));
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          };
      assertThatThrownBy(() -> SpoolLock.take(path, swept)).isInstanceOf(NoSuchFileException.class);
    }
  }

  @Test
  void aSessionWithALivePumpIsNotDeleted(@TempDir Path root) throws Exception {
    SessionId id = new SessionId("01k6zv5q8r3m9x2c7b4t0hfgjd");
    try (SpoolRoot spools = SpoolRoot.open(root, Role.SEND)) {
      SessionSpool spool = spools.create(id, new byte[0]);
      try (LockHolder holder = LockHolder.start(spool.lock())) {
        assertThat(holder.answer()).isEqualTo("held");
        assertThatThrownBy(() -> spool.delete(NO_SLEEP))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("pump");
        assertThat(spool.request()).exists();

        spool.delete(_ -> holder.kill()); // the pump ends meanwhile
        assertThat(spool.directory()).doesNotExist();
      }
    }
  }

  @Test
  void twoAgentsOfOneRoleDoNotShareARoot(@TempDir Path root) throws Exception {
    try (SpoolRoot _ = SpoolRoot.open(root, Role.SEND)) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> SpoolRoot.open(root, Role.SEND))
            .isInstanceOf(AgentFailedException.class)
            .hasMessageContaining("another sender-agent works in it");
      }
      try (LockHolder other = LockHolder.start(root.resolve(".agent-send.lock"))) {
        assertThat(other.answer()).isEqualTo("refused");
      }
      try (SpoolRoot receiving = SpoolRoot.open(root, Role.RECEIVE)) {
        assertThat(receiving.path()).isEqualTo(root);
      }
    }
    try (SpoolRoot again = SpoolRoot.open(root, Role.SEND)) {
      assertThat(again.path()).isEqualTo(root);
    }
  }

  @Test
  void anAgentInAnotherProcessKeepsTheRoot(@TempDir Path root) throws Exception {
    try (LockHolder other = LockHolder.start(root.resolve(".agent-receive.lock"))) {
      assertThat(other.answer()).isEqualTo("held");
      assertThatThrownBy(() -> SpoolRoot.open(root, Role.RECEIVE))
          .isInstanceOf(AgentFailedException.class)
          .hasMessageContaining("another receiver-agent works in it");
    }
  }
}

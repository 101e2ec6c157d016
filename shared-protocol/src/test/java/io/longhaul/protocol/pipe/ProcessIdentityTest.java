package io.longhaul.protocol.pipe;

import static io.longhaul.protocol.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessIdentityTest {

  @Test
  void knowsItself() throws Exception {
    ProcessIdentity self = ProcessIdentity.self();
    assertThat(self.pid()).isEqualTo(ProcessHandle.current().pid());
    assertThat(self.startTicks()).isPositive();
    assertThat(self.bootId()).isEqualTo(ProcessIdentity.currentBoot());
    assertThat(self.isAlive()).isTrue();
    assertThat(ProcessIdentity.self()).isEqualTo(self);
  }

  @Test
  void aLaterProcessOfTheSameNumberIsAnother() throws Exception {
    ProcessIdentity self = ProcessIdentity.self();
    ProcessIdentity earlier = new ProcessIdentity(self.pid(), self.startTicks() - 1, self.bootId());
    ProcessIdentity beforeTheBoot =
        new ProcessIdentity(self.pid(), self.startTicks(), "another boot");
    for (ProcessIdentity other : List.of(earlier, beforeTheBoot)) {
      assertThat(other.isAlive()).isFalse();
      assertThat(other.groupIsGone()).isTrue();
      assertThat(other.signalGroup(Posix.SIG_NONE)).isFalse();
    }
  }

  @Test
  void isGoneWhenItHasEnded() throws Exception {
    Process child = new ProcessBuilder("sleep", "1000").start();
    ProcessIdentity identity = ProcessIdentity.of(child.pid());
    assertThat(identity.isAlive()).isTrue();
    child.toHandle().destroyForcibly();
    child.waitFor();
    eventually("it was reaped", () -> !identity.isAlive());
    assertThat(ProcessIdentity.of(child.pid()).startTicks()).isZero();
  }

  @Test
  void aNameWithSpacesAndBracketsDoesNotMislead(@TempDir Path dir) throws Exception {
    Path program = dir.resolve("a) R 1 (b");
    Files.copy(Path.of("/bin/sleep"), program);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    Process child = new ProcessBuilder(program.toString(), "1000").start();
    try {
      ProcessIdentity self = ProcessIdentity.self();
      eventually(
          "it was started",
          () -> Files.readString(Path.of("/proc/" + child.pid() + "/comm")).startsWith("a)"));
      ProcessIdentity identity = ProcessIdentity.of(child.pid());
      assertThat(identity.startTicks()).isGreaterThanOrEqualTo(self.startTicks());
      assertThat(identity.isAlive()).isTrue();
    } finally {
      child.toHandle().destroyForcibly();
      child.waitFor();
    }
  }

  @Test
  void neverSignalsEverybody() {
    for (long group : new long[] {-1, 0, 1}) {
      assertThatIllegalArgumentException().isThrownBy(() -> Posix.killGroup(group, Posix.SIG_NONE));
    }
  }
}

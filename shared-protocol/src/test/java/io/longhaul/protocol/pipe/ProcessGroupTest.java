package io.longhaul.protocol.pipe;

import static io.longhaul.protocol.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.retry.Sleeper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessGroupTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofSeconds(3);

  /** Starts a shell that leads a group, and returns once it has made the file {@code ready}. */
  private static ChildProcess shell(Path dir, String script) throws Exception {
    Path fifo = dir.resolve("fifo");
    try (Fifo _ = Fifo.create(fifo)) {
      ChildProcess child =
          ChildProcess.startSource(
              Command.of(List.of("sh", "-c", script, "sh", dir.toString())), fifo);
      eventually("the script is ready", () -> Files.exists(dir.resolve("ready")));
      return child;
    }
  }

  private static ProcessIdentity written(Path dir, String name) throws Exception {
    eventually(name + " was written", () -> Files.exists(dir.resolve(name)));
    eventually(name + " is whole", () -> Files.readString(dir.resolve(name)).endsWith("\n"));
    return ProcessIdentity.of(Long.parseLong(Files.readString(dir.resolve(name)).strip()));
  }

  @Test
  void sigtermIsEnoughForMost(@TempDir Path dir) throws Exception {
    ChildProcess child = shell(dir, "touch $1/ready; exec sleep 1000");
    assertThat(ProcessGroup.end(child.identity(), LONG, Sleeper.REAL)).isTrue();
    assertThat(child.awaitExit(LONG)).contains(128 + Posix.SIGTERM);
    assertThat(child.identity().isAlive()).isFalse();
  }

  @Test
  void sigkillEndsWhoIgnoresSigterm(@TempDir Path dir) throws Exception {
    ChildProcess child = shell(dir, "trap '' TERM; touch $1/ready; while :; do sleep 1000; done");
    assertThat(ProcessGroup.end(child.identity(), SHORT, Sleeper.REAL)).isTrue();
    assertThat(child.awaitExit(LONG)).contains(128 + Posix.SIGKILL);
  }

  @Test
  void whoCleansUpAfterSigtermIsGivenTheTime(@TempDir Path dir) throws Exception {
    ChildProcess child =
        shell(
            dir,
            "trap 'touch $1/clean; exit 3' TERM; touch $1/ready; while :; do sleep 0.05; done");
    assertThat(ProcessGroup.end(child.identity(), LONG, Sleeper.REAL)).isTrue();
    assertThat(dir.resolve("clean")).exists();
    assertThat(child.awaitExit(LONG)).contains(3);
  }

  @Test
  void grandchildrenEndToo(@TempDir Path dir) throws Exception {
    ChildProcess child =
        shell(dir, "sh -c 'echo $$ > $0/grandchild; exec sleep 1000' $1 & touch $1/ready; wait");
    ProcessIdentity grandchild = written(dir, "grandchild");
    assertThat(ProcessGroup.end(child.identity(), LONG, Sleeper.REAL)).isTrue();
    assertThat(grandchild.isAlive()).isFalse();
  }

  @Test
  void aGrandchildThatIgnoresSigtermIsKilled(@TempDir Path dir) throws Exception {
    ChildProcess child =
        shell(
            dir,
            "(trap '' TERM; exec sh -c 'echo $$ > $0/grandchild; exec sleep 1000' $1) &"
                + " touch $1/ready; wait");
    ProcessIdentity grandchild = written(dir, "grandchild");
    assertThat(ProcessGroup.end(child.identity(), SHORT, Sleeper.REAL)).isTrue();
    assertThat(grandchild.isAlive()).isFalse();
  }

  @Test
  void aGrandchildThatOutlivedItsLeaderIsEnded(@TempDir Path dir) throws Exception {
    ChildProcess child =
        shell(dir, "sh -c 'echo $$ > $0/grandchild; exec sleep 1000' $1 & touch $1/ready");
    ProcessIdentity grandchild = written(dir, "grandchild");
    assertThat(child.awaitExit(LONG)).contains(0);
    assertThat(child.identity().isAlive()).isFalse();
    assertThat(child.identity().groupIsGone()).isFalse();
    assertThat(ProcessGroup.end(child.identity(), LONG, Sleeper.REAL)).isTrue();
    assertThat(grandchild.isAlive()).isFalse();
  }

  /** As when its pump was killed and nobody has reaped the leader yet. */
  @Test
  void aDeadLeaderNobodyReapedDoesNotHideALiveMember(@TempDir Path dir) throws Exception {
    Files.writeString(
        dir.resolve("leader.sh"), "sh $1/member.sh $1 & echo $$ > $1/new; mv $1/new $1/leader\n");
    Files.writeString(
        dir.resolve("member.sh"),
        "trap '' TERM; echo $$ > $1/new2; mv $1/new2 $1/member; exec sleep 1000\n");
    /* The outer shell becomes a sleep, which never reaps the leader that it started. */
    Process outer =
        new ProcessBuilder(
                "sh", "-c", "setsid sh $0/leader.sh $0 & exec sleep 1000", dir.toString())
            .start();
    try {
      ProcessIdentity memberId = written(dir, "member");
      ProcessIdentity leaderId = written(dir, "leader");
      eventually("the leader is a zombie", () -> !leaderId.isAlive());
      assertThat(leaderId.startTicks()).isPositive();
      assertThat(leaderId.groupIsGone()).isFalse();
      assertThat(ProcessGroup.end(leaderId, SHORT, Sleeper.REAL)).isTrue();
      assertThat(memberId.isAlive()).isFalse();
      assertThat(leaderId.groupIsGone()).isTrue();
    } finally {
      outer.toHandle().destroyForcibly();
      outer.waitFor();
    }
  }

  @Test
  void endingAgainDoesNothing(@TempDir Path dir) throws Exception {
    ChildProcess child = shell(dir, "touch $1/ready; exec sleep 1000");
    assertThat(ProcessGroup.end(child.identity(), LONG, Sleeper.REAL)).isTrue();
    assertThat(ProcessGroup.end(child.identity(), LONG, Sleeper.REAL)).isTrue();
  }

  @Test
  void aStrangerWithTheSameNumberIsLeftAlone() throws Exception {
    Process stranger = new ProcessBuilder("setsid", "sleep", "1000").start();
    try {
      ProcessIdentity now = ProcessIdentity.of(stranger.pid());
      ProcessIdentity before = new ProcessIdentity(now.pid(), now.startTicks() - 100, now.bootId());
      assertThat(ProcessGroup.end(before, SHORT, Sleeper.REAL)).isTrue();
      assertThat(now.isAlive()).isTrue();
    } finally {
      stranger.toHandle().destroyForcibly();
      stranger.waitFor();
    }
  }

  /** setsid(1) has not run yet when start() returns: the group comes into being a little later. */
  @Test
  void aChildStartedThisInstantIsEndedAtOnce(@TempDir Path dir) throws Exception {
    Path fifo = dir.resolve("fifo");
    try (Fifo _ = Fifo.create(fifo)) {
      for (int i = 0; i < 10; i++) {
        ChildProcess child = ChildProcess.startSource(Command.of(List.of("sleep", "1000")), fifo);
        assertThat(child.end(LONG, Sleeper.REAL)).isTrue();
        assertThat(child.awaitExit(LONG)).contains(128 + Posix.SIGTERM);
      }
    }
  }

  @Test
  void theWaitIsBounded(@TempDir Path dir) throws Exception {
    ChildProcess child = shell(dir, "trap '' TERM; touch $1/ready; while :; do sleep 1000; done");
    long[] slept = new long[1];
    Sleeper counts = time -> slept[0] += time.toMillis();
    ProcessGroup.end(child.identity(), Duration.ofSeconds(5), counts);
    assertThat(slept[0]).isBetween(5000L, 10_000L);
    assertThat(child.end(LONG, Sleeper.REAL)).isTrue();
  }
}

package io.longhaul.protocol.zfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link ZfsCli} before commands that misbehave: shell scripts in place of zfs. */
@Timeout(30)
final class ZfsCliTest {

  private static final DatasetName DATASET = DatasetName.parse("tank/vm");
  private static final SnapshotName SNAPSHOT = DATASET.at("one");
  private static final Duration AMPLE = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(200);

  @TempDir Path directory;

  @Test
  void itHasNothingOfOurEnvironment() throws Exception {
    String names = "env | cut -d= -f1 | grep -v -e PWD -e SHLVL -e '^_$' | tr '\\n' ' '";
    assertThat(script(names, AMPLE).get(DATASET, "a:b").orElseThrow().strip().split(" "))
        .contains("PATH", "LC_ALL")
        .isSubsetOf("PATH", "LC_ALL", "HOME", "USER", "LOGNAME");
  }

  @Test
  void asksInTheLanguageOfTheMessagesItKnows() throws Exception {
    assertThat(script("echo \"$LC_ALL\"", AMPLE).get(DATASET, "a:b")).hasValue("C");
  }

  @Test
  void givesNoInput() throws Exception {
    assertThat(script("echo \"read $(wc -c)\"", AMPLE).get(DATASET, "a:b")).hasValue("read 0");
  }

  @Test
  void endsACommandAndItsChildrenWhenItsTimeIsUp() throws Exception {
    Path pid = directory.resolve("pid");
    Zfs zfs = script("sleep 1000 & echo $! > '%s'; wait".formatted(pid), Duration.ofSeconds(5));
    assertThatExceptionOfType(ZfsException.class)
        .isThrownBy(() -> zfs.exists(DATASET))
        .withMessageContaining("no answer within 5000 ms")
        .satisfies(e -> assertThat(e.error()).isEqualTo(ZfsError.NO_ANSWER))
        .satisfies(e -> assertThat(e.exitStatus()).isEmpty());
    long child = Long.parseLong(Files.readString(pid).strip());
    ProcessHandle.of(child).ifPresent(handle -> handle.onExit().join());
  }

  @Test
  void endsACommandWhenTheCallerIsInterrupted() throws Exception {
    Path pid = directory.resolve("pid");
    new ProcessBuilder("mkfifo", pid.toString()).start().waitFor();
    Zfs zfs = script("echo $$ > '%s'; exec sleep 1000".formatted(pid), AMPLE);
    var caught = new CompletableFuture<Throwable>();
    Thread caller =
        Thread.startVirtualThread(() -> caught.complete(catchThrowable(() -> zfs.exists(DATASET))));
    long child = Long.parseLong(Files.readString(pid).strip()); // waits for the script to run
    caller.interrupt();
    assertThat(caught.get()).isInstanceOf(InterruptedException.class);
    ProcessHandle.of(child).ifPresent(handle -> handle.onExit().join());
  }

  /** The JDK may see the end of the command or the open pipe first; neither may take long. */
  @Test
  @Timeout(10)
  void doesNotWaitForAChildThatKeepsThePipesOpen() throws Exception {
    Zfs zfs = script("sleep 20 & echo done", SHORT);
    try {
      assertThat(zfs.get(DATASET, "a:b")).hasValue("done");
    } catch (ZfsException e) {
      assertThat(e.error()).isEqualTo(ZfsError.NO_ANSWER);
    }
  }

  @Test
  void hasNoEstimateWhenItTakesTooLong() throws Exception {
    assertThat(script("sleep 1000", SHORT).estimate(ZfsSend.full(SNAPSHOT), FakeZfs.OPENZFS))
        .isEmpty();
  }

  @Test
  void readsAnEstimateFromStderrToo() throws Exception {
    assertThat(
            script("printf 'size\\t42\\n' >&2", AMPLE)
                .estimate(ZfsSend.full(SNAPSHOT), FakeZfs.OPENZFS))
        .hasValue(42);
  }

  @Test
  void estimatesWithTheFlagsOfTheSend() throws Exception {
    Zfs zfs =
        script("[ \"$*\" = 'send -n -P -v -i @zero tank/vm@one' ] && printf 'size\\t7\\n'", AMPLE);
    var send = ZfsSend.incremental(SendBase.parse("@zero"), SNAPSHOT);
    assertThat(zfs.estimate(send, FakeZfs.OPENZFS)).hasValue(7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes 'a line'", "tr '\\0' x < /dev/zero"})
  void stopsReadingACommandThatNeverStopsPrinting(String body) throws Exception {
    assertThatExceptionOfType(ZfsException.class)
        .isThrownBy(() -> script(body, AMPLE).get(DATASET, "a:b"))
        .withMessageContaining("printed more than 16777216 characters");
  }

  @Test
  void keepsTheEndOfALongStderr() throws Exception {
    Zfs zfs = script("yes x | head -c 1000000 >&2; echo 'out of space' >&2; exit 1", AMPLE);
    assertThatExceptionOfType(ZfsException.class)
        .isThrownBy(() -> zfs.exists(DATASET))
        .satisfies(e -> assertThat(e.stderrTail()).hasSize(16 << 10).endsWith("out of space\n"))
        .satisfies(e -> assertThat(e.error()).isEqualTo(ZfsError.NO_SPACE))
        .satisfies(e -> assertThat(e.exitStatus()).isEqualTo(OptionalInt.of(1)));
  }

  @Test
  void saysWhatWasRunAndWhatItSaidAndWhatToDo() throws Exception {
    Zfs zfs =
        script("echo 'permission denied' >&2; printf 'usage:\\n\\tlist\\n' >&2; exit 1", AMPLE);
    assertThatExceptionOfType(ZfsException.class)
        .isThrownBy(() -> zfs.exists(DATASET))
        .withMessageMatching(
            "Tried to run '.*/zfs list -H -o name tank/vm' but it ended with status 1:"
                + " permission denied\\. Run the agent as root.*");
  }

  @Test
  void saysThatZfsIsMissing() {
    Zfs zfs = new ZfsCli(List.of(directory.resolve("none").toString()), AMPLE, AMPLE);
    assertThatExceptionOfType(ZfsException.class)
        .isThrownBy(zfs::features)
        .withMessageStartingWith("Tried to start '")
        .satisfies(e -> assertThat(e.error()).isEqualTo(ZfsError.UNAVAILABLE));
  }

  @Test
  void saysThatZfsMayNotBeRun() throws Exception {
    Path file = Files.writeString(directory.resolve("plain"), "");
    assertThatExceptionOfType(ZfsException.class)
        .isThrownBy(new ZfsCli(List.of(file.toString()), AMPLE, AMPLE)::features)
        .satisfies(e -> assertThat(e.error()).isEqualTo(ZfsError.PERMISSION));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"exit 0", "echo oops; exit 0", "echo 'sudo: a password is required' >&2; exit 1"})
  void doesNotTakeJustAnyCommandForZfs(String body) throws Exception {
    assertThatExceptionOfType(ZfsException.class).isThrownBy(script(body, AMPLE)::features);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"echo -1", "echo 18446744073709551616", "echo x", "echo 1; echo 2", "true"})
  void refusesAGuidThatIsNone(String body) throws Exception {
    assertThatExceptionOfType(ZfsException.class)
        .isThrownBy(() -> script(body, AMPLE).guid(SNAPSHOT))
        .withMessageContaining("did not understand");
  }

  @Test
  void readsTheLargestGuid() throws Exception {
    assertThat(script("echo 18446744073709551615", AMPLE).guid(SNAPSHOT))
        .hasValue("18446744073709551615");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "printf 'tank/vm@a\\tguid\\t5\\n'",
        "printf 'tank/vm@a\\tguid\\t-\\ntank/vm@a\\tcreatetxg\\t1\\n'",
        "printf 'tank/vm@a guid 5\\n'",
      })
  void refusesAListThatMakesNoSense(String body) throws Exception {
    assertThatExceptionOfType(ZfsException.class)
        .isThrownBy(() -> script(body, AMPLE).snapshots(DATASET))
        .withMessageContaining("did not understand");
  }

  private Zfs script(String body, Duration limit) throws Exception {
    Path file = Files.writeString(directory.resolve("zfs"), body + "\n");
    return new ZfsCli(List.of("sh", file.toString()), limit, limit);
  }
}

package io.longhaul.protocol.pipe;

import static io.longhaul.protocol.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.retry.Sleeper;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private static Command sh(String script, String... arguments) {
    List<String> words = new ArrayList<>(List.of("sh", "-c", script));
    words.addAll(List.of(arguments));
    return Command.of(words);
  }

  @Test
  void aSourceWritesIntoItsFifo(@TempDir Path dir) throws Exception {
    Path fifo = dir.resolve("source.fifo");
    Fifo both = Fifo.create(fifo);
    try (InputStream in = new FileInputStream(fifo.toFile())) {
      ChildProcess source = ChildProcess.startSource(sh("printf abc; echo done >&2"), fifo);
      both.close();
      assertThat(in.readAllBytes()).isEqualTo("abc".getBytes(UTF_8));
      assertThat(source.awaitExit(LONG)).contains(0);
      assertThat(source.exit().get(20, TimeUnit.SECONDS)).isZero();
      assertThat(source.stderrTail()).isEqualTo("done");
    }
  }

  @Test
  void aSinkReadsItsFifoToTheEnd(@TempDir Path dir) throws Exception {
    Path fifo = dir.resolve("sink.fifo");
    byte[] bytes = new byte[3_000_000];
    new Random(1).nextBytes(bytes);
    Fifo both = Fifo.create(fifo);
    ChildProcess sink;
    try (OutputStream out = new FileOutputStream(fifo.toFile())) {
      sink = ChildProcess.startSink(sh("cat > \"$0\"; echo stored", dir + "/out"), fifo);
      both.close();
      out.write(bytes);
    }
    assertThat(sink.awaitExit(LONG)).contains(0);
    assertThat(Files.readAllBytes(dir.resolve("out"))).isEqualTo(bytes);
    assertThat(sink.stderrTail()).isEqualTo("stored");
  }

  @Test
  void tellsHowAChildEnded(@TempDir Path dir) throws Exception {
    Path fifo = dir.resolve("fifo");
    try (Fifo _ = Fifo.create(fifo)) {
      assertThat(ChildProcess.startSource(sh("exit 7"), fifo).awaitExit(LONG)).contains(7);
      assertThat(ChildProcess.startSource(sh("kill -9 $$"), fifo).awaitExit(LONG))
          .contains(128 + 9);
    }
  }

  @Test
  void awaitingHasABound(@TempDir Path dir) throws Exception {
    Path fifo = dir.resolve("fifo");
    try (Fifo _ = Fifo.create(fifo)) {
      ChildProcess child = ChildProcess.startSource(sh("exec sleep 1000"), fifo);
      assertThat(child.awaitExit(Duration.ofMillis(10))).isEmpty();
      assertThat(child.exit()).isNotDone();
      assertThat(child.end(LONG, Sleeper.REAL)).isTrue();
    }
  }

  /** What a sink must never see: an early end of file that it takes for a whole stream. */
  @Test
  void endingASinkDoesNotCloseItsStdin(@TempDir Path dir) throws Exception {
    Path fifo = dir.resolve("sink.fifo");
    try (Fifo _ = Fifo.create(fifo);
        OutputStream out = new FileOutputStream(fifo.toFile())) {
      ChildProcess sink =
          ChildProcess.startSink(
              sh("touch \"$0/ready\"; cat > \"$0/out\"; touch \"$0/committed\"", dir.toString()),
              fifo);
      out.write(1);
      eventually("the sink reads", () -> Files.exists(dir.resolve("out")));
      assertThat(sink.end(LONG, Sleeper.REAL)).isTrue();
      assertThat(sink.awaitExit(LONG)).contains(128 + Posix.SIGTERM);
    }
    assertThat(dir.resolve("committed")).doesNotExist();
  }

  @Test
  void aChatteringChildNeverBlocks(@TempDir Path dir) throws Exception {
    Path fifo = dir.resolve("fifo");
    try (Fifo _ = Fifo.create(fifo)) {
      ChildProcess child =
          ChildProcess.startSource(sh("yes chatter | head -n 200000 >&2; printf last >&2"), fifo);
      assertThat(child.awaitExit(LONG)).contains(0);
      assertThat(child.stderrTail()).endsWith("chatter\nlast").hasSizeLessThanOrEqualTo(16 * 1024);
    }
  }

  @RepeatedTest(20)
  void theLastWordsAreWholeAndNothingElse(@TempDir Path dir) throws Exception {
    Path fifo = dir.resolve("fifo");
    try (Fifo _ = Fifo.create(fifo)) {
      for (int i = 0; i < 5; i++) {
        ChildProcess child =
            ChildProcess.startSource(sh("printf one >&2; printf two >&2; exit 1"), fifo);
        assertThat(child.awaitExit(LONG)).contains(1);
        assertThat(child.stderrTail()).isEqualTo("onetwo");
      }
    }
  }

  @Test
  void aGrandchildThatHoldsStderrDoesNotHoldUpTheTail(@TempDir Path dir) throws Exception {
    Path fifo = dir.resolve("fifo");
    try (Fifo _ = Fifo.create(fifo)) {
      ChildProcess child =
          ChildProcess.startSource(sh("printf told >&2; sleep 1000 & exit 4"), fifo);
      assertThat(child.awaitExit(LONG)).contains(4);
      assertThat(child.stderrTail()).isEqualTo("told");
      assertThat(child.end(LONG, Sleeper.REAL)).isTrue();
    }
  }

  @Test
  void aCommandThatIsNotThereCannotBeStarted(@TempDir Path dir) throws Exception {
    Path fifo = dir.resolve("fifo");
    Command command = Command.of(List.of("no-such-program"));
    try (Fifo _ = Fifo.create(fifo)) {
      assertThatThrownBy(() -> ChildProcess.startSource(command, fifo))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no-such-program");
      assertThatThrownBy(() -> ChildProcess.startSink(command, fifo))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no-such-program");
    }
  }

  @Test
  void aPumpLogsIntoItsFileAndReadsNothing(@TempDir Path dir) throws Exception {
    Path log = dir.resolve("pump.log");
    for (int run = 0; run < 2; run++) {
      Process pump =
          ChildProcess.startDetached(
              sh("cat; echo out; echo err >&2; echo $PPID > /dev/null"), log);
      assertThat(pump.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(log).hasContent("out\nerr\nout\nerr\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
        .isEqualTo("rw-------");
  }
}

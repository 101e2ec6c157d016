package io.longhaul.protocol.pipe;

import static io.longhaul.protocol.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FifoTest {

  @Test
  void isForItsOwnerAlone(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("fifo");
    try (Fifo _ = Fifo.create(path)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-------");
      assertThat(Files.readAttributes(path, BasicFileAttributes.class).isOther()).isTrue();
    }
  }

  @Test
  void isNotMadeOverSomethingElse(@TempDir Path dir) throws Exception {
    Path path = Files.createFile(dir.resolve("fifo"));
    assertThatThrownBy(() -> Fifo.create(path))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(path.toString());
  }

  @Test
  void holdingBothEndsLetsOthersOpenEitherAtOnce(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("fifo");
    try (Fifo _ = Fifo.create(path);
        OutputStream writer = new FileOutputStream(path.toFile());
        InputStream reader = new FileInputStream(path.toFile())) {
      byte[] much = new byte[200_000]; // more than the 64 KiB of an ordinary pipe
      writer.write(much);
      assertThat(reader.readNBytes(much.length)).isEqualTo(much);
    }
  }

  @Test
  void theReaderSeesTheEndWhenTheLastHolderLetsGo(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("fifo");
    Fifo both = Fifo.create(path);
    try (InputStream reader = new FileInputStream(path.toFile())) {
      Fifo agent = Fifo.holdWritingEnd(path).orElseThrow();
      both.close();
      CompletableFuture<Integer> read = new CompletableFuture<>();
      Thread thread =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try {
                  read.complete(reader.read());
                } catch (IOException e) {
                  read.completeExceptionally(e);
                }
              });
      eventually("the reader waits", () -> waitsInThePipe(thread, read));
      assertThat(read).isNotDone();
      agent.close();
      agent.close();
      assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(-1);
    }
  }

  private static boolean waitsInThePipe(Thread thread, CompletableFuture<Integer> read) {
    StackTraceElement[] stack = thread.getStackTrace();
    return read.isDone() || (stack.length > 0 && stack[0].getMethodName().startsWith("read"));
  }

  @Test
  void theWritingEndCannotBeHeldWithoutAReader(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("fifo");
    Fifo.create(path).close();
    assertThat(Fifo.holdWritingEnd(path)).isEmpty();
    try (Fifo _ = Fifo.holdBothEnds(path)) {
      try (Fifo writing = Fifo.holdWritingEnd(path).orElseThrow();
          InputStream reader = new FileInputStream(path.toFile());
          OutputStream writer = new FileOutputStream(path.toFile())) {
        assertThat(writing).isNotNull();
        writer.write("x".getBytes(UTF_8));
        assertThat(reader.read()).isEqualTo('x');
      }
    }
  }

  @Test
  void oneThatIsNotThereIsNamed(@TempDir Path dir) {
    Path path = dir.resolve("none");
    assertThatThrownBy(() -> Fifo.holdBothEnds(path))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(path.toString());
    assertThatThrownBy(() -> Fifo.holdWritingEnd(path))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(path.toString());
  }

  /** A child must not inherit what holds a pipe open. */
  @Test
  void noChildInheritsIt(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("fifo");
    try (Fifo _ = Fifo.create(path)) {
      Process child = new ProcessBuilder("ls", "-l", "/proc/self/fd").start();
      String said = new String(child.getInputStream().readAllBytes(), UTF_8);
      child.waitFor();
      assertThat(said).contains("->").doesNotContain(path.toString());
    }
  }

  @Test
  void whatWasNotReadIsCounted(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("fifo");
    try (Fifo _ = Fifo.create(path);
        Fifo reading = Fifo.holdReadingEnd(path);
        OutputStream writer = new FileOutputStream(path.toFile());
        InputStream reader = new FileInputStream(path.toFile())) {
      assertThat(reading.unreadBytes()).isZero();
      writer.write(new byte[100_000]);
      assertThat(reading.unreadBytes()).isEqualTo(100_000);
      reader.readNBytes(99_999);
      assertThat(reading.unreadBytes()).isEqualTo(1);
    }
  }
}

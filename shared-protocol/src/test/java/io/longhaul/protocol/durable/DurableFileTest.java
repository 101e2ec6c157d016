package io.longhaul.protocol.durable;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFileTest {

  @Test
  void makesAFileForItsOwnerAlone(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("file");
    DurableFile.replace(path, "new".getBytes(UTF_8));
    assertThat(path).hasContent("new");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
    assertThat(dir).isDirectoryContaining(path::equals);
    assertThat(dir.toFile().list()).hasSize(1);
  }

  @Test
  void replacesTheOldContentAsAWhole(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("file");
    Files.writeString(path, "the old content, which is longer");
    DurableFile.replaceUnforced(path, new byte[0]);
    assertThat(path).isEmptyFile();
    DurableFile.replace(path, "x".getBytes(UTF_8));
    assertThat(path).hasContent("x");
  }

  @Test
  void goesOnOverWhatADeadWriterLeft(@TempDir Path dir) throws Exception {
    Files.writeString(dir.resolve(".file.new"), "half");
    DurableFile.replace(dir.resolve("file"), "whole".getBytes(UTF_8));
    assertThat(dir.toFile().list()).containsExactly("file");
    assertThat(dir.resolve("file")).hasContent("whole");
  }

  @Test
  void doesNotWriteThroughALinkThatSomebodyPutInItsWay(@TempDir Path dir) throws Exception {
    Path victim = Files.writeString(dir.resolve("victim"), "precious");
    Files.createSymbolicLink(dir.resolve(".file.new"), victim);
    Files.createSymbolicLink(dir.resolve("file"), victim);
    DurableFile.replace(dir.resolve("file"), "ours".getBytes(UTF_8));
    assertThat(victim).hasContent("precious");
    assertThat(Files.isSymbolicLink(dir.resolve("file"))).isFalse();
  }

  @Test
  void leavesTheOldContentAndNoTraceWhenItFails(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("file");
    Files.createDirectories(path.resolve("in-the-way"));
    assertThatThrownBy(() -> DurableFile.replace(path, new byte[1]))
        .isInstanceOf(IOException.class);
    assertThat(dir.toFile().list()).containsExactly("file");
    assertThat(path).isDirectory();
  }

  @Test
  void needsADirectoryThatExists(@TempDir Path dir) {
    assertThatThrownBy(() -> DurableFile.replace(dir.resolve("none/file"), new byte[1]))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> DurableFile.replace(Path.of("/"), new byte[1]))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("'/'");
  }

  @Test
  void aReaderSeesTheOldOrTheNewNeverAMixture(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("file");
    DurableFile.replaceUnforced(path, content(0));
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> writing =
          tasks.submit(() -> {
            for (int i = 1; i < 500; i++) {
              DurableFile.replaceUnforced(path, content(i));
            }
            return null;
          });
      while (!writing.isDone()) {
        byte[] seen = Files.readAllBytes(path);
        assertThat(seen.length).isPositive();
        assertThat(seen).isEqualTo(content(seen[0] & 0xff));
      }
      writing.get();
    }
  }

  private static byte[] content(int i) {
    byte[] bytes = new byte[10_000 + 100 * (i & 0xff)];
    Arrays.fill(bytes, (byte) i);
    return bytes;
  }
}

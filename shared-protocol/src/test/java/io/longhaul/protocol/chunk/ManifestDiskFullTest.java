package io.longhaul.protocol.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that is full in the middle of a line: the system's limit on file sizes plays its part. */
class ManifestDiskFullTest {

  @BeforeEach
  void needsATool() {
    Requirements.need(Files.isExecutable(Path.of("/usr/bin/prlimit")), "prlimit(1)");
  }

  @AfterEach
  void noLimit() throws Exception {
    limitFileSize("unlimited");
  }

  /**
   * Lets no process of this JVM's user make a file longer than {@code bytes}; soft, for this JVM.
   */
  private static void limitFileSize(String bytes) throws Exception {
    Process prlimit =
        new ProcessBuilder(
                "prlimit", "--pid", "" + ProcessHandle.current().pid(), "--fsize=" + bytes + ":")
            .redirectErrorStream(true)
            .start();
    assertThat(prlimit.waitFor()).as("prlimit").isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100})
  void aLineThatDidNotFitIsWrittenAgainWhenThereIsRoom(int room, @TempDir Path dir)
      throws Exception {
    Path path = dir.resolve("manifest.jsonl");
    List<ChunkRecord> chunks = Manifests.chunks(new Random(1), 0, 0, 3);
    try (ManifestWriter writer = ManifestWriter.open(path, Manifests.ID)) {
      writer.append(chunks.get(0));
      limitFileSize(Long.toString(Files.size(path) + room));
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> writer.append(chunks.get(1))).isInstanceOf(IOException.class);
        assertThat(writer.digest().chunks()).isEqualTo(1);
      }
      limitFileSize("unlimited");
      writer.append(chunks.get(1));
      writer.append(chunks.get(2));
      writer.append(writer.digest().end(0, Optional.empty()));
    }
    try (ManifestReader reader = ManifestReader.open(path, Manifests.ID)) {
      assertThat(reader.read(0, 10).chunks()).isEqualTo(chunks);
      assertThat(reader.end()).isPresent();
    }
  }

  @Test
  void aShorterLineMayTakeThePlaceOfOneThatDidNotFit(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("manifest.jsonl");
    List<ChunkRecord> chunks = Manifests.chunks(new Random(1), 0, 0, 1);
    try (ManifestWriter writer = ManifestWriter.open(path, Manifests.ID)) {
      limitFileSize(Long.toString(Files.size(path) + 1000));
      AttemptRecord tooLong = new AttemptRecord(2, 0, "x".repeat(1500));
      assertThatThrownBy(() -> writer.append(tooLong)).isInstanceOf(IOException.class);
      limitFileSize("unlimited");
      writer.append(chunks.get(0));
    }
    try (ManifestWriter writer = ManifestWriter.open(path, Manifests.ID)) {
      writer.append(writer.digest().end(0, Optional.empty()));
    }
    try (ManifestReader reader = ManifestReader.open(path, Manifests.ID)) {
      assertThat(reader.read(0, 10).chunks()).isEqualTo(chunks);
      assertThat(reader.end()).isPresent();
    }
  }
}

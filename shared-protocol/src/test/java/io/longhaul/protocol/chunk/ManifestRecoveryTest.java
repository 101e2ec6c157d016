package io.longhaul.protocol.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A writer that died at any byte, and the one that goes on after it. */
class ManifestRecoveryTest {

  static LongStream seeds() {
    return LongStream.range(0, 8);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aTailTornAtAnyByteIsCutAndTheRestGoesOn(long seed, @TempDir Path dir) throws Exception {
    Random random = new Random(seed);
    Path whole = dir.resolve("whole.jsonl");
    List<ChunkRecord> chunks = Manifests.chunks(random, 0, 0, random.nextInt(1, 5));
    EndRecord end;
    try (ManifestWriter writer = ManifestWriter.open(whole, Manifests.ID)) {
      for (ChunkRecord chunk : chunks) {
        if (random.nextInt(3) == 0) {
          writer.append(new AttemptRecord(2, chunk.chunk(), "exit status 1"));
        }
        writer.append(chunk);
      }
      end = writer.digest().end(0, Optional.of("42"));
      writer.append(end);
    }
    byte[] bytes = Files.readAllBytes(whole);
    Path path = dir.resolve("manifest.jsonl");
    for (int cut = 0; cut <= bytes.length; cut++) {
      Files.write(path, Arrays.copyOf(bytes, cut));
      int wholeBytes = lastNewline(bytes, cut);
      try (ManifestWriter writer = ManifestWriter.open(path, Manifests.ID)) {
        assertThat(Arrays.copyOf(Files.readAllBytes(path), wholeBytes))
            .as("cut at byte %d", cut)
            .isEqualTo(Arrays.copyOf(bytes, wholeBytes));
        assertThat(writer.ended()).isEqualTo(cut == bytes.length);
        int kept = (int) writer.digest().chunks();
        assertThat(writer.digest().bytes()).isEqualTo(kept == 0 ? 0 : chunks.get(kept - 1).end());
        if (!writer.ended()) {
          for (ChunkRecord chunk : chunks.subList(kept, chunks.size())) {
            writer.append(chunk);
          }
          assertThat(writer.digest().end(0, Optional.of("42"))).isEqualTo(end);
          writer.append(end);
        }
      }
      try (ManifestReader reader = ManifestReader.open(path, Manifests.ID)) {
        var page = reader.read(0, 1000);
        assertThat(page.chunks()).isEqualTo(chunks);
        assertThat(page.end()).contains(end);
      }
    }
  }

  private static int lastNewline(byte[] bytes, int cut) {
    int at = cut;
    while (at > 0 && bytes[at - 1] != '\n') {
      at--;
    }
    return at;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aManifestOfManyPagesIsTakenUp(long seed, @TempDir Path dir) throws Exception {
    Random random = new Random(seed);
    Path path = dir.resolve("manifest.jsonl");
    List<ChunkRecord> chunks = Manifests.chunks(random, 0, 0, 2000 + random.nextInt(500));
    Manifests.write(path, chunks);
    Files.writeString(path, "{\"type\":\"chu", StandardOpenOption.APPEND);
    try (ManifestWriter writer = ManifestWriter.open(path, Manifests.ID)) {
      StreamDigest expected = new StreamDigest();
      chunks.forEach(expected::add);
      assertThat(writer.digest().end(0, Optional.empty()))
          .isEqualTo(expected.end(0, Optional.empty()));
    }
  }

  @Test
  void aReaderThatStaysOpenSeesTheCutAndWhatFollows(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("manifest.jsonl");
    List<ChunkRecord> chunks = Manifests.chunks(new Random(1), 0, 0, 3);
    Manifests.write(path, chunks.subList(0, 2));
    Files.writeString(path, "{\"torn\":".repeat(50), StandardOpenOption.APPEND);
    try (ManifestReader reader = ManifestReader.open(path, Manifests.ID)) {
      assertThat(reader.read(0, 10).chunks()).hasSize(2);
      try (ManifestWriter writer = ManifestWriter.open(path, Manifests.ID)) {
        assertThat(reader.read(0, 10).chunks()).hasSize(2);
        writer.append(chunks.get(2));
      }
      assertThat(reader.read(0, 10).chunks()).isEqualTo(chunks);
    }
  }

  @Test
  void anAttemptWithALongReasonCanBeReadAgain(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("manifest.jsonl");
    try (ManifestWriter writer = ManifestWriter.open(path, Manifests.ID)) {
      writer.append(new AttemptRecord(2, 0, "\u0007".repeat(16 * 1024)));
    }
    try (ManifestReader reader = ManifestReader.open(path, Manifests.ID)) {
      reader.refresh();
      assertThat(reader.attempts()).isEqualTo(2);
    }
  }

  @Test
  void theFileIsForItsOwnerAlone(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("manifest.jsonl");
    Manifests.write(path, List.of());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
  }

  @Test
  void nothingWrongIsWritten(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("manifest.jsonl");
    List<ChunkRecord> chunks = Manifests.chunks(new Random(1), 0, 0, 3);
    try (ManifestWriter writer = ManifestWriter.open(path, Manifests.ID)) {
      writer.append(chunks.get(0));
      long size = Files.size(path);
      assertThatIllegalArgumentException().isThrownBy(() -> writer.append(chunks.get(2)));
      assertThatIllegalArgumentException().isThrownBy(() -> writer.append(chunks.get(0)));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> writer.append(new EndRecord(3, 30, 0, "", Optional.empty())));
      assertThat(path).hasSize(size);
      writer.append(chunks.get(1));
      writer.append(writer.digest().end(0, Optional.empty()));

      assertThatIllegalStateException().isThrownBy(() -> writer.append(chunks.get(2)));
      assertThatIllegalStateException()
          .isThrownBy(() -> writer.append(new AttemptRecord(2, 2, "late")));
      assertThatIllegalStateException()
          .isThrownBy(() -> writer.append(new EndRecord(2, 30, 0, "", Optional.empty())));
    }
    try (ManifestReader reader = ManifestReader.open(path, Manifests.ID)) {
      assertThat(reader.read(0, 10).chunks()).hasSize(2);
      assertThat(reader.end()).isPresent();
    }
  }
}

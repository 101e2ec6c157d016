package io.longhaul.protocol.chunk;

import static io.longhaul.protocol.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.SessionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestReaderTest {
  private static final SessionId OTHER = new SessionId("01k6zv5q8r3m9x2c7b4t0hfgjz");

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 63, 64, 65, 127, 128, 129, 1000})
  void readsFromEveryNumberAroundTheIndex(int count, @TempDir Path dir) throws Exception {
    Path path = dir.resolve("manifest.jsonl");
    List<ChunkRecord> chunks = Manifests.chunks(new Random(count), 0, 0, count);
    Manifests.write(path, chunks);
    try (ManifestReader reader = ManifestReader.open(path, Manifests.ID)) {
      for (int from : new int[] {0, 1, 62, 63, 64, 65, 127, 128, 129, 999, 1000, 1001}) {
        List<ChunkRecord> expected = chunks.subList(Math.min(from, count), count);
        assertThat(reader.read(from, ManifestReader.MOST_LINES).chunks())
            .as("from %d", from)
            .isEqualTo(expected);
        assertThat(reader.chunk(from)).isEqualTo(expected.stream().findFirst());
        assertThat(reader.read(from, 7).chunks())
            .isEqualTo(expected.subList(0, Math.min(7, expected.size())));
      }
      assertThat(reader.sealedTo()).isEqualTo(count);
      assertThat(reader.sealedBytes()).isEqualTo(count == 0 ? 0 : chunks.getLast().end());
      assertThat(reader.chunk(-1)).isEmpty();
      assertThat(reader.chunk(Long.MAX_VALUE)).isEmpty();
    }
  }

  static LongStream seeds() {
    return LongStream.range(0, 10);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aPageIsAPieceOfTheList(long seed, @TempDir Path dir) throws Exception {
    Random random = new Random(seed);
    Path path = dir.resolve("manifest.jsonl");
    List<ChunkRecord> all = new ArrayList<>();
    try (ManifestWriter writer = ManifestWriter.open(path, Manifests.ID);
        ManifestReader reader = ManifestReader.open(path, Manifests.ID)) {
      for (int attempt = 2; attempt < 5; attempt++) {
        long offset = all.isEmpty() ? 0 : all.getLast().end();
        for (ChunkRecord chunk :
            Manifests.chunks(random, all.size(), offset, random.nextInt(150))) {
          writer.append(chunk);
          all.add(chunk);
        }
        writer.append(new AttemptRecord(attempt, all.size(), "again"));
        for (int i = 0; i < 15; i++) {
          int from = random.nextInt(all.size() + 5);
          int limit = random.nextInt(1, 200);
          int to = Math.min(from + limit, all.size());
          var page = reader.read(from, limit);
          assertThat(page.chunks()).isEqualTo(from < to ? all.subList(from, to) : List.of());
          assertThat(page.end()).isEmpty();
        }
        assertThat(reader.attempts()).isEqualTo(attempt);
      }
      EndRecord end = writer.digest().end(0, Optional.empty());
      writer.append(end);
      assertThat(reader.read(all.size(), 1).end()).contains(end);
      assertThat(reader.end()).contains(end);
    }
  }

  @Test
  void theEndComesWithTheLastChunkOnly(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("manifest.jsonl");
    EndRecord end;
    try (ManifestWriter writer = ManifestWriter.open(path, Manifests.ID)) {
      for (ChunkRecord chunk : Manifests.chunks(new Random(1), 0, 0, 10)) {
        writer.append(chunk);
      }
      end = writer.digest().end(0, Optional.of("77"));
      writer.append(end);
    }
    try (ManifestReader reader = ManifestReader.open(path, Manifests.ID)) {
      assertThat(reader.read(0, 9).end()).isEmpty();
      assertThat(reader.read(0, 10).end()).contains(end);
      assertThat(reader.read(9, 1).end()).contains(end);
      assertThat(reader.read(10, 1).end()).contains(end);
      assertThat(reader.read(5, 1).end()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"-1, 1", "0, 0", "0, -1", "0, 1001"})
  void aPageHasBounds(long from, int limit, @TempDir Path dir) throws Exception {
    Path path = dir.resolve("manifest.jsonl");
    Manifests.write(path, List.of());
    try (ManifestReader reader = ManifestReader.open(path, Manifests.ID)) {
      assertThatIllegalArgumentException().isThrownBy(() -> reader.read(from, limit));
    }
  }

  @Test
  void refreshTellsWhetherThereIsSomethingNew(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("manifest.jsonl");
    try (ManifestWriter writer = ManifestWriter.open(path, Manifests.ID);
        ManifestReader reader = ManifestReader.open(path, Manifests.ID)) {
      assertThat(reader.refresh()).isTrue();
      assertThat(reader.refresh()).isFalse();
      writer.append(Manifests.chunks(new Random(1), 0, 0, 1).getFirst());
      assertThat(reader.sealedTo()).isZero();
      assertThat(reader.refresh()).isTrue();
      assertThat(reader.sealedTo()).isEqualTo(1);
    }
  }

  @Test
  void anEmptyFileIsAManifestToCome(@TempDir Path dir) throws Exception {
    Path path = Files.createFile(dir.resolve("manifest.jsonl"));
    try (ManifestReader reader = ManifestReader.open(path, Manifests.ID)) {
      assertThat(reader.refresh()).isFalse();
      assertThat(reader.read(0, 10).chunks()).isEmpty();
    }
  }

  @Test
  void thereMayBeNoFile(@TempDir Path dir) {
    assertThatThrownBy(() -> ManifestReader.open(dir.resolve("none"), Manifests.ID))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void readsWhileItIsWritten(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("manifest.jsonl");
    List<ChunkRecord> chunks = Manifests.chunks(new Random(5), 0, 0, 3000);
    Manifests.write(path, List.of());
    try (ManifestReader reader = ManifestReader.open(path, Manifests.ID);
        var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> writing =
          tasks.submit(() -> {
            try (ManifestWriter writer = ManifestWriter.open(path, Manifests.ID)) {
              for (ChunkRecord chunk : chunks) {
                writer.append(chunk);
              }
              writer.append(writer.digest().end(0, Optional.empty()));
            }
            return null;
          });
      List<ChunkRecord> seen = new ArrayList<>();
      eventually(
          "the end was read",
          () -> {
            var page = reader.read(seen.size(), 100);
            seen.addAll(page.chunks());
            return page.end().isPresent();
          });
      writing.get();
      assertThat(seen).isEqualTo(chunks);
    }
  }

  /** A line that arrives byte by byte is not there before its newline is. */
  @Test
  void aLineWithoutItsNewlineIsNotThere(@TempDir Path dir) throws Exception {
    Path whole = dir.resolve("whole.jsonl");
    Manifests.write(whole, Manifests.chunks(new Random(3), 0, 0, 2));
    byte[] bytes = Files.readAllBytes(whole);
    Path path = Files.createFile(dir.resolve("manifest.jsonl"));
    int lines = 0;
    try (ManifestReader reader = ManifestReader.open(path, Manifests.ID)) {
      for (byte b : bytes) {
        Files.write(path, new byte[] {b}, StandardOpenOption.APPEND);
        boolean lineEnd = b == '\n';
        assertThat(reader.refresh()).isEqualTo(lineEnd);
        lines += lineEnd ? 1 : 0;
        assertThat(reader.sealedTo()).isEqualTo(Math.max(0, lines - 1));
      }
    }
    assertThat(lines).isEqualTo(3);
  }

  /** Whole but wrong lines, each after a good header and two good chunks. */
  static List<List<ManifestRecord>> contradictions() {
    List<ChunkRecord> good = Manifests.chunks(new Random(9), 0, 0, 3);
    ChunkRecord third = good.get(2);
    EndRecord end = new EndRecord(2, good.get(1).end(), 0, "", Optional.empty());
    ChunkDigests digests = third.digests();
    return List.of(
        List.of(good.get(1)), // repeated
        List.of(ChunkRecord.of(3, third.offset(), 1, digests)), // a gap in the numbers
        List.of(ChunkRecord.of(2, third.offset() + 1, 1, digests)), // a gap in the bytes
        List.of(new EndRecord(3, end.bytes(), 0, "", Optional.empty())),
        List.of(new EndRecord(2, end.bytes() - 1, 0, "", Optional.empty())),
        List.of(end, third), // after the end
        List.of(end, end),
        List.of(end, new AttemptRecord(2, 2, "late")),
        List.of(new HeaderRecord(Manifests.ID, 1))); // a second header
  }

  @ParameterizedTest
  @MethodSource("contradictions")
  void aManifestThatContradictsItselfIsDamaged(List<ManifestRecord> wrong, @TempDir Path dir)
      throws Exception {
    Path path = dir.resolve("manifest.jsonl");
    Manifests.write(path, Manifests.chunks(new Random(9), 0, 0, 2));
    for (ManifestRecord line : wrong) {
      Files.write(path, ManifestLine.encode(line), StandardOpenOption.APPEND);
    }
    try (ManifestReader reader = ManifestReader.open(path, Manifests.ID)) {
      assertThatThrownBy(reader::refresh)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(path.toString())
          .hasMessageContaining(Manifests.ID.text());
    }
    assertThatThrownBy(() -> ManifestWriter.open(path, Manifests.ID))
        .isInstanceOf(IOException.class);
  }

  @Test
  void damageIsNamedAlikeEachTimeAndWhatIsBeforeItStays(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("manifest.jsonl");
    Manifests.write(path, Manifests.chunks(new Random(9), 0, 0, 2));
    long at = Files.size(path);
    Files.writeString(path, "garbage that is long enough for a line\n", StandardOpenOption.APPEND);
    try (ManifestReader reader = ManifestReader.open(path, Manifests.ID)) {
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(reader::refresh)
            .isInstanceOf(IOException.class)
            .hasMessageContaining("the line at byte " + at + " is damaged");
        assertThat(reader.sealedTo()).isEqualTo(2);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "65535, true", // with its newline it just fits
    "65536, false",
    "200000, false",
  })
  void aLineHasALargestLength(int length, boolean fits, @TempDir Path dir) throws Exception {
    Path path = dir.resolve("manifest.jsonl");
    Manifests.write(path, Manifests.chunks(new Random(9), 0, 0, 2));
    Files.write(path, paddedAttempt(length), StandardOpenOption.APPEND);
    try (ManifestReader reader = ManifestReader.open(path, Manifests.ID)) {
      if (fits) {
        assertThat(reader.refresh()).isTrue();
        assertThat(reader.attempts()).isEqualTo(2);
      } else {
        assertThatThrownBy(reader::refresh)
            .isInstanceOf(IOException.class)
            .hasMessageContaining("longer than 65536 bytes");
      }
    }
  }

  /** Returns an attempt's line of {@code length} bytes and a newline, with a member we ignore. */
  private static byte[] paddedAttempt(int length) {
    String body = "{\"type\":\"attempt\",\"attempt\":2,\"chunk\":2,\"reason\":\"r\",\"pad\":\"";
    int tail = ",\"crc\":\"00000000\"}".length();
    String padded = body + "x".repeat(length - body.length() - 1 - tail) + "\"";
    var crc = new CRC32C();
    crc.update(padded.getBytes(UTF_8));
    return (padded + ",\"crc\":\"%08x\"}\n".formatted(crc.getValue())).getBytes(UTF_8);
  }

  @Test
  void aManifestOfAnotherSessionIsRefused(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("manifest.jsonl");
    Manifests.write(path, List.of());
    try (ManifestReader reader = ManifestReader.open(path, OTHER)) {
      assertThatThrownBy(reader::refresh)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(Manifests.ID.text());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 1000})
  void aNewerFormatIsRefused(int format, @TempDir Path dir) throws Exception {
    Path path = dir.resolve("manifest.jsonl");
    Files.write(path, ManifestLine.encode(new HeaderRecord(Manifests.ID, format)));
    try (ManifestReader reader = ManifestReader.open(path, Manifests.ID)) {
      assertThatThrownBy(reader::refresh)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("format " + format + " is newer");
    }
  }

  @Test
  void theFirstLineIsAHeader(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("manifest.jsonl");
    Files.write(path, ManifestLine.encode(Manifests.chunks(new Random(1), 0, 0, 1).getFirst()));
    try (ManifestReader reader = ManifestReader.open(path, Manifests.ID)) {
      assertThatThrownBy(reader::refresh).hasMessageContaining("not a header");
    }
  }

  @Test
  void aFlippedByteAnywhereIsNoticed(@TempDir Path dir) throws Exception {
    Path path = dir.resolve("manifest.jsonl");
    List<ChunkRecord> chunks = Manifests.chunks(new Random(4), 0, 0, 3);
    Manifests.write(path, chunks);
    byte[] good = Files.readAllBytes(path);
    for (int i = 0; i < good.length - 1; i++) {
      byte[] bad = Arrays.copyOf(good, good.length);
      bad[i] ^= 0x20;
      Files.write(path, bad);
      try (ManifestReader reader = ManifestReader.open(path, Manifests.ID)) {
        assertThatThrownBy(reader::refresh).as("byte %d", i).isInstanceOf(IOException.class);
      }
    }
  }
}

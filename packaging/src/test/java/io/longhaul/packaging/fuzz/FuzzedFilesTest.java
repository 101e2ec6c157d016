package io.longhaul.packaging.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.coordinator.CoordinatorConfig;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.chunk.AttemptRecord;
import io.longhaul.protocol.chunk.ChunkDigests;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.ManifestReader;
import io.longhaul.protocol.chunk.ManifestWriter;
import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.config.ConfigFile;
import io.longhaul.protocol.spool.Activity;
import io.longhaul.protocol.spool.Control;
import io.longhaul.protocol.spool.Damage;
import io.longhaul.protocol.spool.Mark;
import io.longhaul.protocol.spool.Outcome;
import io.longhaul.protocol.spool.Pause;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.spool.Started;
import io.longhaul.receiver.ReceiverConfig;
import io.longhaul.sender.SenderConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Configurations and spool files with changed bytes are read, or refused; nothing else happens. */
@Timeout(300)
class FuzzedFilesTest {
  private static final int FILES = Integer.getInteger("longhaul.fuzz.files", 3000);
  private static final Path ETC = Path.of("src/main/image/etc");
  private static final Map<String, Class<? extends ConfigFile.Checked>> CONFIGURATIONS =
      Map.of(
          "sender.yaml", SenderConfig.class,
          "receiver.yaml", ReceiverConfig.class,
          "coordinator.yaml", CoordinatorConfig.class);

  @TempDir private Path folder = Path.of("");

  @FunctionalInterface
  private interface Reading {
    void read(Path file) throws Exception;
  }

  /** Reads the file with changed bytes, seed by seed. */
  private void fuzz(byte[] good, Class<? extends Exception> refusal, Reading reading)
      throws Exception {
    Path file = folder.resolve("fuzzed");
    int refused = 0;
    for (long seed = 0; seed < FILES; seed++) {
      Files.write(file, new Mutator(new Random(seed)).bytes(good));
      try {
        reading.read(file);
      } catch (Exception | StackOverflowError e) {
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertThat(e).as("seed %d:%n%s", seed, text).isInstanceOf(refusal);
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  void configurations() throws Exception {
    for (var one : CONFIGURATIONS.entrySet()) {
      fuzz(
          Files.readAllBytes(ETC.resolve(one.getKey())),
          ConfigException.class,
          file -> ConfigFile.read(file, one.getValue()));
    }
  }

  @Test
  void manifests() throws Exception {
    SessionId id = SessionId.create(InstantSource.system());
    Path manifest = folder.resolve("manifest");
    try (ManifestWriter writer = ManifestWriter.open(manifest, id)) {
      ChunkDigests digests = new ChunkDigests(Optional.of("0".repeat(32)), Optional.empty());
      writer.append(ChunkRecord.of(0, 0, 5000, digests));
      writer.append(new AttemptRecord(2, 1, "out of luck"));
      writer.append(ChunkRecord.of(1, 5000, 70, digests).withCrc32c(-7));
      writer.append(writer.digest().end(0, Optional.of("123")));
    }
    fuzz(
        Files.readAllBytes(manifest),
        IOException.class,
        file -> {
          try (ManifestReader reader = ManifestReader.open(file, id)) {
            reader.refresh();
            reader.read(1, 10);
          }
          ManifestWriter.open(file, id).close();
        });
  }

  @Test
  void smallSpoolFiles() throws Exception {
    List<Class<?>> types =
        List.of(
            Activity.class, Control.class, Damage.class, Outcome.class, Pause.class, Started.class);
    String all =
        """
        {"failure":{"kind":"aborted","message":"enough","resumable":false},"end":{"kind":"aborted","message":"enough",
        "resumable":false},"chunk":5,"exit":0,"bootId":"b","progress":"PT1S","contact":"PT1S","contactSince":"PT1S",
        "by":"admin","what":"rot","stderrTail":"x","reason":"why","at":"2026-01-01T00:00:00Z","since":"2026-01-01T00:00:00Z",
        "attempt":1,"pump":{"pid":5,"group":5,"startTicks":7,"bootId":"b"},"child":{"pid":6,"group":6,"startTicks":8,
        "bootId":"b"},"to":5,"bytes":50,"complete":false}
        """;
    for (Class<?> type : types) {
      fuzz(
          all.getBytes(StandardCharsets.UTF_8),
          IOException.class,
          file -> SpoolFile.read(file, type));
    }
    Path file = folder.resolve("mark");
    for (long seed = 0; seed < FILES; seed++) {
      Files.write(
          file,
          new Mutator(new Random(seed))
              .bytes("{\"to\":5,\"bytes\":50}".getBytes(StandardCharsets.UTF_8)));
      Mark mark = SpoolFile.mark(file).orElseThrow();
      assertThat(mark.to()).as("seed %d", seed).isNotNegative();
    }
  }
}

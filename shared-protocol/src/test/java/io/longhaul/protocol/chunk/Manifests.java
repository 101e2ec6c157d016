package io.longhaul.protocol.chunk;

import io.longhaul.protocol.SessionId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.commons.codec.digest.DigestUtils;

/** Manifests for the tests of this package. */
final class Manifests {
  static final SessionId ID = new SessionId("01k6zv5q8r3m9x2c7b4t0hfgjd");

  private Manifests() {}

  /** Returns {@code count} chunks of random lengths that follow each other from {@code first}. */
  static List<ChunkRecord> chunks(Random random, long first, long offset, int count) {
    List<ChunkRecord> chunks = new ArrayList<>(count);
    long at = offset;
    for (int i = 0; i < count; i++) {
      long length = random.nextLong(1, 1L << 24);
      chunks.add(
          ChunkRecord.of(
              first + i,
              at,
              length,
              new ChunkDigests(
                  Optional.empty(), Optional.of(DigestUtils.sha256Hex("" + random.nextLong())))));
      at += length;
    }
    return chunks;
  }

  /** Writes a manifest of {@code chunks}, without an end. */
  static void write(Path path, List<ChunkRecord> chunks) throws Exception {
    try (ManifestWriter writer = ManifestWriter.open(path, ID)) {
      for (ChunkRecord chunk : chunks) {
        writer.append(chunk);
      }
    }
  }
}

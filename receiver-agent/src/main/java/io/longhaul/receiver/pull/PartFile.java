package io.longhaul.receiver.pull;

import io.longhaul.protocol.spool.HaveFile;
import io.longhaul.protocol.spool.SessionSpool;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.BitSet;
import java.util.Set;

/**
 * A chunk that is not whole yet, opened by one thread: an interrupt closes the channel that a
 * thread is using, so nobody shares one.
 */
final class PartFile implements Closeable {
  private final FileChannel part;
  private final HaveFile have;

  private PartFile(FileChannel part, HaveFile have) {
    this.part = part;
    this.have = have;
  }

  /** Opens the part of a chunk, creating it if need be. */
  static PartFile open(SessionSpool spool, long chunk) throws IOException {
    FileChannel part =
        FileChannel.open(
            spool.part(chunk),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      return new PartFile(part, HaveFile.open(spool.have(chunk)));
    } catch (IOException e) {
      part.close();
      throw e;
    }
  }

  /** Returns which blocks of a chunk are there from an earlier run; none if there is no part. */
  static BitSet present(SessionSpool spool, long chunk, long length) throws IOException {
    Path path = spool.have(chunk);
    if (!Files.exists(path) || !Files.exists(spool.part(chunk))) {
      return new BitSet();
    }
    try (HaveFile have = HaveFile.open(path)) {
      return have.present(HaveFile.blocks(length));
    }
  }

  /** Removes the part of a chunk, if there is one. */
  static void delete(SessionSpool spool, long chunk) throws IOException {
    Files.deleteIfExists(spool.have(chunk));
    Files.deleteIfExists(spool.part(chunk));
  }

  /**
   * Removes what is left of chunks below {@code chunk}: they are in the manifest.
   *
   * @throws IOException if the spool cannot be read or written
   */
  static void deleteBelow(SessionSpool spool, long chunk) throws IOException {
    for (Path file : spool.chunkFiles()) {
      boolean whole = String.valueOf(file.getFileName()).endsWith(".chunk");
      if (!whole && SessionSpool.chunkNumber(file).orElse(chunk) < chunk) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Writes all bytes of the buffer at {@code offset} of the chunk. */
  void write(ByteBuffer bytes, long offset) throws IOException {
    long at = offset;
    while (bytes.hasRemaining()) {
      at += part.write(bytes, at);
    }
  }

  /** Notes that a block is whole. */
  void have(int block) throws IOException {
    have.set(block);
  }

  @Override
  public void close() throws IOException {
    try (have) {
      part.close();
    }
  }
}

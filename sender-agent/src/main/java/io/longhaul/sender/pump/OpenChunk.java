package io.longhaul.sender.pump;

import io.longhaul.protocol.spool.SessionSpool;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A chunk that is being written or whose digests are awaited. Used by one thread. */
final class OpenChunk implements Closeable {
  private final SessionSpool spool;
  private final long number;
  private final long offset;
  private final long begunAt;
  private final ChunkHash hash;
  private final FileChannel file;
  private long length;

  /**
   * Creates the part file of a new chunk.
   *
   * @param offset where it begins in the stream, in bytes
   * @param now the time of its first byte, by {@link System#nanoTime}
   */
  OpenChunk(SessionSpool spool, long number, long offset, ChunkHash hash, long now)
      throws IOException {
    this.spool = spool;
    this.number = number;
    this.offset = offset;
    this.hash = hash;
    this.begunAt = now;
    this.file =
        FileChannel.open(
            spool.part(number),
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /**
   * Writes the next {@code most} bytes of the block, or fewer if the disk is full.
   *
   * @return how many were written
   */
  int write(Block block, int most) throws IOException {
    ByteBuffer bytes = block.bytes();
    ByteBuffer piece = bytes.slice(bytes.position(), most);
    try {
      while (piece.hasRemaining()) {
        file.write(piece, length + piece.position());
      }
    } catch (IOException e) {
      if (!DiskFull.isCauseOf(e)) {
        throw e;
      }
    }
    int written = piece.position();
    if (written > 0) {
      hash.add(block, piece.flip());
      bytes.position(bytes.position() + written);
      length += written;
    }
    return written;
  }

  /** Says that the chunk is complete: closes the file and lets the digests come. */
  void end() throws IOException {
    file.close();
    hash.end();
  }

  /** Gives the file its final name; the caller then records the chunk. */
  void rename() throws IOException {
    Files.move(spool.part(number), spool.chunk(number), StandardCopyOption.ATOMIC_MOVE);
  }

  long number() {
    return number;
  }

  long offset() {
    return offset;
  }

  long length() {
    return length;
  }

  long begunAt() {
    return begunAt;
  }

  ChunkHash hash() {
    return hash;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

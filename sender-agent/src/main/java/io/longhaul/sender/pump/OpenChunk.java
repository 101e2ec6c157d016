package io.longhaul.sender.pump;

import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.spool.SessionSpool;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * A chunk that is being written or whose digests are awaited. One that is only compared with what
 * it was before has no file. Used by one thread.
 */
final class OpenChunk implements Closeable {
  private final SessionSpool spool;
  private final long number;
  private final long offset;
  private final long begunAt;
  private final ChunkHash hash;
  private final long capacity;
  private final Optional<ChunkRecord> before;
  private final Optional<FileChannel> file;
  private long length;
  private boolean renamed;

  /**
   * Creates a chunk and, if it is to be kept, its part file.
   *
   * @param offset where it begins in the stream, in bytes
   * @param capacity the most bytes it may have
   * @param before what an earlier attempt has recorded of it
   * @param kept whether its bytes are wanted, as against only their digests
   * @param now the time of its first byte, by {@link System#nanoTime}
   */
  OpenChunk(
      SessionSpool spool,
      long number,
      long offset,
      long capacity,
      Optional<ChunkRecord> before,
      boolean kept,
      ChunkHash hash,
      long now)
      throws IOException {
    this.spool = spool;
    this.number = number;
    this.offset = offset;
    this.capacity = capacity;
    this.before = before;
    this.hash = hash;
    this.begunAt = now;
    this.file = kept ? Optional.of(create(spool.part(number))) : Optional.empty();
  }

  private static FileChannel create(Path part) throws IOException {
    return FileChannel.open(
        part,
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
    if (file.isPresent()) {
      write(file.get(), piece);
    } else {
      piece.position(most);
    }
    int written = piece.position();
    if (written > 0) {
      hash.add(block, piece.flip());
      bytes.position(bytes.position() + written);
      length += written;
    }
    return written;
  }

  private void write(FileChannel part, ByteBuffer piece) throws IOException {
    try {
      while (piece.hasRemaining()) {
        part.write(piece, length + piece.position());
      }
    } catch (IOException e) {
      if (!DiskFull.isCauseOf(e)) {
        throw e;
      }
    }
  }

  /** Says that the chunk is complete: closes the file and lets the digests come. */
  void end() throws IOException {
    close();
    hash.end();
  }

  /** Gives the file its final name, once; the caller then records the chunk. */
  void rename() throws IOException {
    if (!renamed) {
      Files.move(spool.part(number), spool.chunk(number), StandardCopyOption.ATOMIC_MOVE);
      renamed = true;
    }
  }

  boolean isKept() {
    return file.isPresent();
  }

  boolean isFull() {
    return length == capacity;
  }

  /** Returns what an earlier attempt has recorded of this chunk; empty if it is a new one. */
  Optional<ChunkRecord> before() {
    return before;
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

  /** Returns how many bytes it can still take. */
  long room() {
    return capacity - length;
  }

  long begunAt() {
    return begunAt;
  }

  ChunkHash hash() {
    return hash;
  }

  @Override
  public void close() throws IOException {
    if (file.isPresent()) {
      file.get().close();
    }
  }
}

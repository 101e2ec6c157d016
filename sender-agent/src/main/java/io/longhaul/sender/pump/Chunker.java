package io.longhaul.sender.pump;

import io.longhaul.protocol.chunk.ChunkDigests;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.ManifestWriter;
import io.longhaul.protocol.spool.SessionSpool;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the stream into chunks: writes each block where it belongs, hands it on to be hashed, and
 * seals the chunks in order. Used by one thread.
 */
final class Chunker implements Closeable {
  private final SessionSpool spool;
  private final ManifestWriter manifest;
  private final HashPool hashes;
  private final SpoolRoom room;
  private final long chunkBytes;
  private final long sealAfterNanos;

  private final Deque<OpenChunk> awaited = new ArrayDeque<>();
  private @Nullable OpenChunk open;
  private long nextNumber;
  private long nextOffset;

  /**
   * Creates the chunker of a new stream.
   *
   * @param sealAfter how long after its first byte a chunk is sealed that is not full by then
   */
  Chunker(
      SessionSpool spool,
      ManifestWriter manifest,
      HashPool hashes,
      SpoolRoom room,
      long chunkBytes,
      Duration sealAfter) {
    this.spool = spool;
    this.manifest = manifest;
    this.hashes = hashes;
    this.room = room;
    this.chunkBytes = chunkBytes;
    this.sealAfterNanos = sealAfter.toNanos();
  }

  /**
   * Writes as much of the block as the spool has room for and moves its position on.
   *
   * @return whether all of it was written
   */
  boolean take(Block block, long now) throws IOException {
    while (block.bytes().hasRemaining()) {
      long most = Math.min(room.bytes(now), block.bytes().remaining());
      if (most <= 0) {
        return false;
      }
      OpenChunk chunk = openChunk(now);
      most = Math.min(most, chunkBytes - chunk.length());
      int written = chunk.write(block, (int) most);
      room.written(written);
      if (chunk.length() == chunkBytes) {
        endChunk();
      }
      if (written < most) {
        return false;
      }
    }
    return true;
  }

  private OpenChunk openChunk(long now) throws IOException {
    OpenChunk chunk = open;
    if (chunk == null) {
      chunk = new OpenChunk(spool, nextNumber, nextOffset, hashes.begin(), now);
      open = chunk;
      nextNumber++;
    }
    return chunk;
  }

  /** Ends the open chunk, if there is one with bytes in it, although it is not full. */
  void endChunk() throws IOException {
    OpenChunk chunk = open;
    if (chunk != null && chunk.length() > 0) {
      chunk.end();
      nextOffset += chunk.length();
      awaited.add(chunk);
      open = null;
    }
  }

  /** Ends an open chunk that has been waiting for more bytes for too long. */
  void endOldChunk(long now) throws IOException {
    if (open != null && now - open.begunAt() >= sealAfterNanos) {
      endChunk();
    }
  }

  /**
   * Seals the chunks whose digests are there, in order: final name first, then the manifest.
   *
   * @return whether any was sealed
   */
  boolean seal() throws IOException {
    boolean any = false;
    while (!awaited.isEmpty()) {
      OpenChunk chunk = awaited.getFirst();
      Optional<ChunkDigests> digests = chunk.hash().digests();
      if (digests.isEmpty()) {
        return any;
      }
      chunk.rename();
      manifest.append(
          ChunkRecord.of(chunk.number(), chunk.offset(), chunk.length(), digests.get()));
      awaited.removeFirst();
      any = true;
    }
    return any;
  }

  /** Returns whether all that was written is sealed. */
  boolean allSealed() {
    return awaited.isEmpty() && (open == null || open.length() == 0);
  }

  @Override
  public void close() throws IOException {
    if (open != null) {
      open.close();
    }
  }
}

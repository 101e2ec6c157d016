package io.longhaul.sender.pump;

import io.longhaul.protocol.chunk.ChunkDigests;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.ManifestWriter;
import io.longhaul.protocol.durable.Shortage;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.spool.Mark;
import io.longhaul.protocol.spool.SessionSpool;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the stream into chunks: writes each block where it belongs, hands it on to be hashed, and
 * seals the chunks in order. What an earlier attempt has sealed is cut where it was then and
 * compared; of that, the chunks that are not released yet are written anew, in case they are
 * damaged. Used by one thread.
 */
final class Chunker implements Closeable {
  private final SessionSpool spool;
  private final ManifestWriter manifest;
  private final Replay replay;
  private final HashPool hashes;
  private final SpoolRoom room;
  private final long chunkBytes;
  private final long sealAfterNanos;

  private final Deque<OpenChunk> awaited = new ArrayDeque<>();
  private final Deque<ChunkRecord> rewritten = new ArrayDeque<>();
  private @Nullable OpenChunk open;
  private long nextNumber;
  private long nextOffset;
  private Mark replayed = Mark.NONE;
  private @Nullable Failure difference;

  /**
   * Creates the chunker of a stream, which begins at its first byte.
   *
   * @param sealAfter how long after its first byte a chunk is sealed that is not full by then
   */
  Chunker(
      SessionSpool spool,
      ManifestWriter manifest,
      Replay replay,
      HashPool hashes,
      SpoolRoom room,
      long chunkBytes,
      Duration sealAfter) {
    this.spool = spool;
    this.manifest = manifest;
    this.replay = replay;
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
      deleteReleased(); // before their room is used
      if (most <= 0) {
        return false;
      }
      Optional<OpenChunk> opened = openChunk(now);
      if (opened.isEmpty()) {
        return false;
      }
      OpenChunk chunk = opened.get();
      most = Math.min(most, chunk.room());
      int written = chunk.write(block, (int) most);
      room.written(written);
      if (chunk.isFull()) {
        endChunk();
      }
      if (written < most) {
        return false;
      }
    }
    return true;
  }

  /** Returns the chunk that takes the next bytes; empty if the disk is full. */
  private Optional<OpenChunk> openChunk(long now) throws IOException {
    if (open == null) {
      try {
        open = begin(now);
      } catch (IOException e) {
        if (!Shortage.isOfSpace(e)) {
          throw e;
        }
        return Optional.empty();
      }
      nextNumber++;
    }
    return Optional.of(open);
  }

  private OpenChunk begin(long now) throws IOException {
    Optional<ChunkRecord> before = replay.record(nextNumber);
    long most = before.map(ChunkRecord::length).orElse(chunkBytes);
    /* A reboot may have lost the line of a chunk that is released. */
    boolean kept = nextOffset + most > room.releasedBytes();
    return new OpenChunk(spool, nextNumber, nextOffset, most, before, kept, hashes.begin(), now);
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

  /** Ends an open chunk that is a new one and has been waiting for more bytes for too long. */
  void endOldChunk(long now) throws IOException {
    if (open != null && open.before().isEmpty() && now - open.begunAt() >= sealAfterNanos) {
      endChunk();
    }
  }

  /**
   * Seals the chunks whose digests are there, in order: final name first, then the manifest. Stops
   * for good at the first that is not what it was before; see {@link #difference}.
   *
   * @return whether any was sealed or found to be the same again
   */
  boolean seal() throws IOException {
    boolean any = false;
    while (!awaited.isEmpty() && difference == null) {
      OpenChunk chunk = awaited.getFirst();
      Optional<ChunkDigests> digests = chunk.hash().digests();
      if (digests.isEmpty()) {
        return any;
      }
      ChunkRecord record =
          ChunkRecord.of(chunk.number(), chunk.offset(), chunk.length(), digests.get());
      if (chunk.before().isPresent()) {
        compare(chunk, chunk.before().get(), record);
      } else {
        if (chunk.isKept()) {
          chunk.rename();
        }
        if (!append(record)) {
          return any;
        }
        if (record.end() <= room.releasedBytes()) {
          rewritten.add(record);
          deleteReleased();
        }
      }
      awaited.removeFirst();
      any = true;
    }
    return any;
  }

  /** Returns whether there was room for the line; else it is tried again. */
  private boolean append(ChunkRecord record) throws IOException {
    try {
      manifest.append(record);
      return true;
    } catch (IOException e) {
      if (!Shortage.isOfSpace(e)) {
        throw e;
      }
      return false;
    }
  }

  private void compare(OpenChunk chunk, ChunkRecord before, ChunkRecord now) throws IOException {
    difference = now.differenceFrom(before).orElse(null);
    if (difference != null) {
      return;
    }
    if (chunk.isKept()) {
      chunk.rename();
      rewritten.add(now);
      deleteReleased();
    }
    replayed = new Mark(now.chunk() + 1, now.end(), false);
  }

  /** Returns what the source gave otherwise than before, if it did. */
  Optional<Failure> difference() {
    return Optional.ofNullable(difference);
  }

  /** Returns how far the stream was found to be what it was before. */
  Mark replayed() {
    return replayed;
  }

  /** Returns whether there is nothing more to compare. */
  boolean isReplayed() {
    return replayed.to() == replay.sealedTo();
  }

  /**
   * Deletes the chunks that were written anew and released at the same time: the agent may have
   * deleted the old file only.
   */
  void deleteReleased() throws IOException {
    while (!rewritten.isEmpty() && rewritten.getFirst().end() <= room.releasedBytes()) {
      Files.deleteIfExists(spool.chunk(rewritten.removeFirst().chunk()));
    }
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

package io.longhaul.sender.pump;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.longhaul.protocol.chunk.ChunkDigests;
import io.longhaul.protocol.chunk.ChunkHasher;
import io.longhaul.protocol.chunk.DigestChoice;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * The digests of one chunk in the making. Its bytes are hashed in order by one thread at a time,
 * from the memory into which they came from the pipe. Thread-safe.
 */
final class ChunkHash {
  private record Piece(Block owner, ByteBuffer bytes) {}

  private final ChunkHasher hasher;
  private final Executor threads;
  private final Runnable whenDone;

  @GuardedBy("this")
  private final Queue<Piece> waiting = new ArrayDeque<>();

  @GuardedBy("this")
  private boolean running;

  @GuardedBy("this")
  private boolean whole;

  @GuardedBy("this")
  private Optional<ChunkDigests> digests = Optional.empty();

  /**
   * Creates the hash of a chunk.
   *
   * @param threads where to hash
   * @param whenDone told, on one of these threads, when {@link #digests} has become present
   */
  ChunkHash(DigestChoice choice, Executor threads, Runnable whenDone) {
    this.hasher = new ChunkHasher(choice);
    this.threads = threads;
    this.whenDone = whenDone;
  }

  /** Adds the chunk's next bytes and holds their block until they are hashed. */
  void add(Block owner, ByteBuffer bytes) {
    owner.hold();
    synchronized (this) {
      waiting.add(new Piece(owner, bytes));
      start();
    }
  }

  /** Says that all bytes of the chunk were added. */
  synchronized void end() {
    whole = true;
    start();
  }

  /** Returns the chunk's digests, once {@link #end} was called and all is hashed. */
  synchronized Optional<ChunkDigests> digests() {
    return digests;
  }

  @GuardedBy("this")
  private void start() {
    if (!running) {
      running = true;
      threads.execute(this::hash);
    }
  }

  private void hash() {
    for (Optional<Piece> piece = next(); piece.isPresent(); piece = next()) {
      hasher.update(piece.get().bytes());
      piece.get().owner().letGo();
    }
  }

  private synchronized Optional<Piece> next() {
    Piece piece = waiting.poll();
    if (piece == null) {
      running = false;
      if (whole && digests.isEmpty()) {
        digests = Optional.of(hasher.digests());
        whenDone.run();
      }
    }
    return Optional.ofNullable(piece);
  }
}

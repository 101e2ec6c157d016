package io.longhaul.sender.pump;

import io.longhaul.protocol.chunk.DigestChoice;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;

/**
 * The threads that hash, as many as there are processors: each chunk is serial, several chunks are
 * hashed at once while the pipe is read on. Thread-safe.
 */
final class HashPool implements AutoCloseable {
  private final ExecutorService threads;
  private final DigestChoice choice;
  private final BlockingQueue<PumpEvent> events;

  HashPool(ExecutorService threads, DigestChoice choice, BlockingQueue<PumpEvent> events) {
    this.threads = threads;
    this.choice = choice;
    this.events = events;
  }

  /** Returns the hash of a new chunk; its end is told to the events. */
  ChunkHash begin() {
    return new ChunkHash(choice, threads, () -> events.add(new PumpEvent.Hashed()));
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}

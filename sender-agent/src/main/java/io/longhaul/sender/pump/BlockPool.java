package io.longhaul.sender.pump;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/**
 * The pump's whole memory for stream bytes: at most 32 blocks of 1 MiB outside of the heap, made
 * when they are first needed. Thread-safe.
 */
final class BlockPool {
  static final int BLOCK_BYTES = 1 << 20;
  private static final int BLOCKS = 32;

  private final Semaphore free = new Semaphore(BLOCKS);
  private final ConcurrentLinkedQueue<ByteBuffer> idle = new ConcurrentLinkedQueue<>();

  /** Returns an empty block, waiting until one is free. */
  Block take() throws InterruptedException {
    free.acquire();
    ByteBuffer bytes = idle.poll();
    return new Block(this, bytes == null ? ByteBuffer.allocateDirect(BLOCK_BYTES) : bytes.clear());
  }

  void giveBack(ByteBuffer bytes) {
    idle.add(bytes);
    free.release();
  }
}

package io.longhaul.sender.pump;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Some bytes of the stream on their way from the pipe to the spool. Whoever still needs them holds
 * the block; the last one to let go gives its memory back. Thread-safe, but for the buffer's
 * position.
 */
final class Block {
  private final BlockPool pool;
  private final ByteBuffer bytes;
  private final AtomicInteger holders = new AtomicInteger(1);

  Block(BlockPool pool, ByteBuffer bytes) {
    this.pool = pool;
    this.bytes = bytes;
  }

  /** Returns the buffer: filled by the reader, then drained by the chunker. */
  ByteBuffer bytes() {
    return bytes;
  }

  void hold() {
    holders.incrementAndGet();
  }

  void letGo() {
    if (holders.decrementAndGet() == 0) {
      pool.giveBack(bytes);
    }
  }
}

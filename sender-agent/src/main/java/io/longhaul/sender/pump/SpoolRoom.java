package io.longhaul.sender.pump;

import io.longhaul.protocol.spool.Mark;
import io.longhaul.protocol.spool.SpoolFile;
import java.io.IOException;
import java.nio.file.Path;

/**
 * How much may still be written: all bytes written minus the released ones stay within the spool
 * limit. Used by one thread.
 */
final class SpoolRoom {
  private static final long LOOK_NANOS = 10_000_000;

  private final Path releasedFile;
  private final long limitBytes;
  private long writtenBytes;
  private long releasedBytes;
  private long lookedAt;

  SpoolRoom(Path releasedFile, long limitBytes, long now) {
    this.releasedFile = releasedFile;
    this.limitBytes = limitBytes;
    this.lookedAt = now - LOOK_NANOS;
  }

  void written(long bytes) {
    writtenBytes += bytes;
  }

  long releasedBytes() {
    return releasedBytes;
  }

  /**
   * Returns how many bytes may be written now. Looks at what was released only when there is less
   * than a block, and then not more often than every 10 ms.
   *
   * @param now the time by {@link System#nanoTime}
   */
  long bytes(long now) throws IOException {
    long room = limitBytes - (writtenBytes - releasedBytes);
    if (room >= BlockPool.BLOCK_BYTES || now - lookedAt < LOOK_NANOS) {
      return room;
    }
    look(now);
    return limitBytes - (writtenBytes - releasedBytes);
  }

  /** Reads how far the agent has released. */
  void look(long now) throws IOException {
    lookedAt = now;
    releasedBytes = SpoolFile.mark(releasedFile).orElse(Mark.NONE).bytes();
  }
}

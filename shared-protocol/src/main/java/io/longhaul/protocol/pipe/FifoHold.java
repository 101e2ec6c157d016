package io.longhaul.protocol.pipe;

import java.io.IOException;

/**
 * A hold on one end, or both, of a FIFO. While somebody holds the writing end, the reader cannot
 * see an end of file.
 */
public interface FifoHold extends AutoCloseable {
  /** Returns how many bytes were written and not read. */
  int unreadBytes() throws IOException;

  /** Lets go; repeating it does nothing. */
  @Override
  void close();
}

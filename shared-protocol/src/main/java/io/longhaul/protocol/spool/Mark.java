package io.longhaul.protocol.spool;

/**
 * How far a session has come, in {@code released} (written by the sending agent), {@code replayed}
 * (written by the send pump, and begun by its agent) and {@code fed} (written by the receive pump).
 *
 * @param to one past the last chunk released, replayed or fed
 * @param bytes the stream bytes up to there
 * @param complete whether the stream's verified end was reached; only in {@code fed}: the agent
 *     then lets go of the sink's FIFO
 */
public record Mark(long to, long bytes, boolean complete) {
  /**
   * @throws IllegalArgumentException if a count is negative
   */
  public Mark {
    if (to < 0 || bytes < 0) {
      throw new IllegalArgumentException("a mark cannot be at " + to + ", " + bytes);
    }
  }

  /** Nothing yet. */
  public static final Mark NONE = new Mark(0, 0, false);
}

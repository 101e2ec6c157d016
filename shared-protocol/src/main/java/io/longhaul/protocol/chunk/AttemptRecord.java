package io.longhaul.protocol.chunk;

/**
 * A repeatable source ended badly and was started again.
 *
 * @param attempt the number of the new attempt, 2 or more
 * @param chunk the first chunk that the new attempt will seal
 * @param reason why the attempt before it ended; only its first {@value #MOST_REASON} characters
 *     are kept, so that a line stays readable
 */
public record AttemptRecord(int attempt, long chunk, String reason) implements ManifestRecord {
  static final int MOST_REASON = 2000;

  /** Cuts a long reason. */
  public AttemptRecord {
    reason = reason.substring(0, Math.min(reason.length(), MOST_REASON));
  }
}

package io.longhaul.protocol.wire;

import io.longhaul.protocol.chunk.DigestChoice;
import io.longhaul.protocol.config.ConfiguredName;
import java.util.Map;

/**
 * The body of {@code PUT /v1/sends/{id}}.
 *
 * @param source what to send
 * @param reader the identity that may read the chunks, as the sender-agent knows it
 * @param chunkBytes the size of a full chunk, in bytes, {@value #LEAST_CHUNK} to {@value
 *     #MOST_CHUNK}
 * @param digests which digests to take of each chunk
 * @param limits how long the session may stand still
 * @param labels the coordinator's own notes, kept and returned unchanged
 */
public record SendRequest(
    SourceSpec source,
    String reader,
    long chunkBytes,
    DigestChoice digests,
    SessionLimits limits,
    Map<String, String> labels) {
  /** The smallest chunk, in bytes. */
  public static final long LEAST_CHUNK = 4096;

  /** The largest chunk, in bytes. */
  public static final long MOST_CHUNK = 1L << 30;

  /** The chunk size when nobody says otherwise: 16 MiB. */
  public static final long DEFAULT_CHUNK = 16L << 20;

  private static final int MOST_LABELS = 16;
  private static final int MOST_LABEL_LENGTH = 256;

  /**
   * @throws IllegalArgumentException if a value is out of range
   */
  public SendRequest {
    if (chunkBytes < LEAST_CHUNK || chunkBytes > MOST_CHUNK) {
      throw new IllegalArgumentException(
          "chunkBytes must be " + LEAST_CHUNK + " to " + MOST_CHUNK + ", was " + chunkBytes);
    }
    ConfiguredName.check("reader", reader);
    labels = checkLabels(labels);
  }

  static Map<String, String> checkLabels(Map<String, String> labels) {
    if (labels.size() > MOST_LABELS
        || labels.entrySet().stream()
            .anyMatch(e ->
                e.getKey().length() > MOST_LABEL_LENGTH
                    || e.getValue().length() > MOST_LABEL_LENGTH)) {
      throw new IllegalArgumentException(
          "at most " + MOST_LABELS + " labels of " + MOST_LABEL_LENGTH + " characters");
    }
    return Map.copyOf(labels);
  }
}

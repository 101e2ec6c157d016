package io.longhaul.protocol.wire;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.chunk.EndRecord;
import io.longhaul.protocol.failure.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What a sender-agent tells of a session.
 *
 * @param id the session
 * @param state where it stands
 * @param source what is sent, for people
 * @param reader who may read it
 * @param chunkBytes the size of a full chunk, in bytes
 * @param sealedTo one past the last sealed chunk
 * @param sealedBytes the stream bytes in sealed chunks
 * @param releasedTo one past the last released chunk
 * @param releasedBytes the stream bytes in released chunks
 * @param spoolLimitBytes the most that sealed and not released chunks may take
 * @param estimateBytes the expected length of the stream, where the source can tell
 * @param attempt the number of the source's present run, from 1
 * @param replayedBytes the stream bytes that this run has repeated, while it is not where the one
 *     before it was
 * @param sinceProgress the time since anything moved, or since the reader came back if that is
 *     later; what counts against {@code limits.stalled}
 * @param sinceContact the time since the reader was last there; what counts against {@code
 *     limits.unreachable}
 * @param limits how long the session may stand still
 * @param labels as the request gave them
 * @param end the end record, once the source has ended well
 * @param failure why it failed, paused or was aborted
 */
public record SendStatus(
    SessionId id,
    SessionState state,
    String source,
    String reader,
    long chunkBytes,
    long sealedTo,
    long sealedBytes,
    long releasedTo,
    long releasedBytes,
    long spoolLimitBytes,
    OptionalLong estimateBytes,
    int attempt,
    OptionalLong replayedBytes,
    Duration sinceProgress,
    Duration sinceContact,
    SessionLimits limits,
    Map<String, String> labels,
    Optional<EndRecord> end,
    Optional<Failure> failure) {
  /**
   * @throws IllegalArgumentException if a number or a time is out of all range
   */
  public SendStatus {
    if (Stream.of(sealedTo, sealedBytes, releasedTo, releasedBytes, spoolLimitBytes)
        .anyMatch(count -> count < 0)) {
      throw new IllegalArgumentException("a count in the status of " + id + " is negative");
    }
    for (Duration since : List.of(sinceProgress, sinceContact)) {
      if (since.isNegative() || since.compareTo(SessionLimits.MOST) > 0) {
        throw new IllegalArgumentException("the status of " + id + " tells a time of " + since);
      }
    }
  }
}

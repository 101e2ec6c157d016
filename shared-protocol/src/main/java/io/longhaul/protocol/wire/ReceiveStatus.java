package io.longhaul.protocol.wire;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.chunk.EndRecord;
import io.longhaul.protocol.failure.Failure;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a receiver-agent tells of a session.
 *
 * @param id the session
 * @param state where it stands
 * @param peer the sender's name in the receiver's configuration
 * @param sink where the stream goes, for people
 * @param sinkPid the sink's process number, while there is one
 * @param verifiedTo one past the last chunk up to which all are verified
 * @param verifiedBytes the stream bytes up to there
 * @param fedTo one past the last chunk fed to the sink
 * @param fedBytes the stream bytes up to there
 * @param estimateBytes the expected length of the stream, where the sender can tell
 * @param transfer how the pulling goes
 * @param sinceProgress the time since anything moved, or since the sender came back if that is
 *     later; what counts against {@code limits.stalled}
 * @param sinceContact the time since the sender was last there; what counts against {@code
 *     limits.unreachable}
 * @param limits how long the session may stand still
 * @param labels as the request gave them
 * @param end the end record, once the sender's source has ended well
 * @param sinkExit the sink's exit status, once it has ended
 * @param failure why it failed, paused or was aborted
 */
public record ReceiveStatus(
    SessionId id,
    SessionState state,
    String peer,
    String sink,
    OptionalLong sinkPid,
    long verifiedTo,
    long verifiedBytes,
    long fedTo,
    long fedBytes,
    OptionalLong estimateBytes,
    Transfer transfer,
    Duration sinceProgress,
    Duration sinceContact,
    SessionLimits limits,
    Map<String, String> labels,
    Optional<EndRecord> end,
    OptionalInt sinkExit,
    Optional<Failure> failure) {

  /**
   * How the pulling goes, since the agent was started.
   *
   * @param peerReachable whether the sender answers at present
   * @param connections how many connections are in use
   * @param fetchedBytes all bytes that came over the network, repeated ones included
   * @param refetchedChunks how many chunks were discarded because of a wrong digest or length
   * @param refetchedBytes how many bytes were fetched more than once
   * @param outages how often the sender was out of reach
   * @param outageTime for how long altogether
   */
  public record Transfer(
      boolean peerReachable,
      int connections,
      long fetchedBytes,
      long refetchedChunks,
      long refetchedBytes,
      long outages,
      Duration outageTime) {
    /** Nothing was pulled yet. */
    public static final Transfer NONE = new Transfer(true, 0, 0, 0, 0, 0, Duration.ZERO);
  }
}

package io.longhaul.coordinator.show;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.longhaul.coordinator.run.Ending;
import io.longhaul.coordinator.run.Session;
import io.longhaul.coordinator.run.View;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.chunk.EndRecord;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.config.TimeSpan;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.wire.ReceiveStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How a session ended, for people and for scripts; its components are the keys of {@code --json}.
 * Pure.
 *
 * @param id the session
 * @param source where the stream came from
 * @param target where it went
 * @param state how it ended
 * @param exit what the command exits with
 * @param seconds the time since the session was created
 * @param deliveredBytes how much the sink was given
 * @param chunks how many chunks the stream has, once that is known
 * @param streamDigest the digest over all chunks, once the source has ended well
 * @param guid the GUID of the snapshot, where ZFS sent one
 * @param fetchedBytes what came over the network, repeated bytes included
 * @param refetchedChunks how many chunks were discarded and fetched again
 * @param refetchedBytes how many bytes were fetched more than once
 * @param outages how often the receiver lost the sender
 * @param outageSeconds for how long altogether
 * @param sinkExit the sink's exit status, once it has ended
 * @param failure why the stream was not delivered
 */
public record Report(
    SessionId id,
    String source,
    String target,
    SessionState state,
    int exit,
    double seconds,
    long deliveredBytes,
    OptionalLong chunks,
    Optional<String> streamDigest,
    Optional<String> guid,
    long fetchedBytes,
    long refetchedChunks,
    long refetchedBytes,
    long outages,
    double outageSeconds,
    OptionalInt sinkExit,
    Optional<Failure> failure) {
  private static final double MILLIS_PER_SECOND = 1000.0;

  /** Returns the report of an ending, told at {@code now}. */
  public static Report of(Session session, View view, Ending ending, Instant now) {
    ReceiveStatus.Transfer transfer = view.transfer();
    Optional<EndRecord> end = view.end();
    long millis = Math.max(0, Duration.between(session.id().created(), now).toMillis());
    return new Report(
        session.id(),
        session.source(),
        session.target(),
        ending.state(),
        ending.exitCode().number(),
        millis / MILLIS_PER_SECOND,
        view.deliveredBytes(),
        end.map(e -> OptionalLong.of(e.chunks())).orElse(OptionalLong.empty()),
        end.map(EndRecord::digest),
        end.flatMap(EndRecord::guid),
        transfer.fetchedBytes(),
        transfer.refetchedChunks(),
        transfer.refetchedBytes(),
        transfer.outages(),
        transfer.outageTime().toMillis() / MILLIS_PER_SECOND,
        view.receive().status().map(ReceiveStatus::sinkExit).orElse(OptionalInt.empty()),
        ending.failure());
  }

  /** Returns the mean rate over the whole time. */
  @JsonProperty
  public long bytesPerSecond() {
    return seconds > 0 ? (long) (deliveredBytes / seconds) : 0;
  }

  /** Returns the report in lines for a person. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(state.text() + ": " + source + " → " + target);
    lines.add(
        "  delivered   "
            + DataSize.display(deliveredBytes)
            + " in "
            + time(seconds)
            + " ("
            + DataSize.display(bytesPerSecond())
            + "/s)"
            + (chunks.isPresent() ? ", " + chunks.getAsLong() + " chunks" : ""));
    streamDigest.ifPresent(
        digest -> lines.add("  digest      " + digest + " (SHA-256 over the chunk digests)"));
    if (state == SessionState.DONE) {
      guid.ifPresent(g -> lines.add("  GUID        " + g + ", the same at source and target"));
    }
    lines.add(
        "  network     "
            + DataSize.display(fetchedBytes)
            + " fetched, "
            + refetchedChunks
            + " chunks refetched, "
            + outages
            + " outages ("
            + time(outageSeconds)
            + ")");
    sinkExit.ifPresent(code -> lines.add("  sink exit   " + code));
    failure.ifPresent(why -> {
      lines.add("  failure     " + why.kind().text());
      why.message().lines().forEach(line -> lines.add("    " + line));
      lines.add("  next        " + next(why));
    });
    return lines;
  }

  private static String time(double seconds) {
    return seconds < 10
        ? String.format(Locale.ROOT, "%.1fs", seconds)
        : TimeSpan.display(Duration.ofMillis((long) (seconds * MILLIS_PER_SECOND)));
  }

  private String next(Failure why) {
    String again = "coordinator start " + source + " " + target;
    return switch (why.kind()) {
      case SOURCE_FAILED -> "mend the source named above, then: " + again;
      case SINK_FAILED, SINK_EXITED_EARLY, RESULT_DIFFERS ->
          "mend the sink named above and look at the target, then: " + again;
      case UNREACHABLE ->
          "see who is away: coordinator agents; it goes on when that is back: coordinator status"
              + " --follow "
              + id;
      case STALLED -> "see what stands still: coordinator agents; then: " + again;
      case SPOOL_FAILED, SPOOL_DAMAGED -> "look after the spool's disk, then: " + again;
      case NO_SUCH_SESSION -> "see what runs: coordinator list";
      case PEER_REFUSED -> "see what the other agent grants: coordinator agents; then: " + again;
      case CERTIFICATE_REFUSED ->
          "see which certificate it is: coordinator trust list; when it is renewed it goes on by"
              + " itself: coordinator status --follow "
              + id;
      case INCOMPATIBLE -> "upgrade the program named above; then: " + again;
      case PAUSED -> "to go on: coordinator resume " + id;
      case ABORTED -> "to send it after all: " + again;
      case SOURCE_DIFFERS, PUMP_DIED, DIGEST_MISMATCH, CHUNK_LOST, PEER_FAILED, UNKNOWN ->
          (why.kind() == FailureKind.PUMP_DIED
                  ? "look at the agent's log and pump.log, then: "
                  : "start again: ")
              + again;
    };
  }
}

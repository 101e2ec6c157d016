package io.longhaul.receiver.session;

import io.longhaul.protocol.chunk.EndRecord;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.retry.Sleeper;
import io.longhaul.protocol.spool.Outcome;
import io.longhaul.protocol.wire.SinkSpec;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.Zfs;
import io.longhaul.protocol.zfs.ZfsError;
import io.longhaul.protocol.zfs.ZfsException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether a sink that has ended did what it should. For ZFS the exit status proves nothing:
 * a receive can exit with 0 and have received nothing, and with 1 although only the mount failed;
 * the target snapshot's GUID decides.
 */
final class SinkResult {
  private static final Logger LOG = LoggerFactory.getLogger(SinkResult.class);
  private static final int TRIES = 3;
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(5);

  private final Zfs zfs;
  private final Sleeper sleeper;

  SinkResult(Zfs zfs, Sleeper sleeper) {
    this.zfs = zfs;
    this.sleeper = sleeper;
  }

  /** Returns why the session has failed; empty if the stream is where it belongs. */
  Optional<Failure> check(SinkSpec sink, Optional<EndRecord> end, boolean allFed, Outcome outcome)
      throws InterruptedException {
    if (sink instanceof SinkSpec.Zfs receive && allFed && end.isPresent()) {
      Optional<Failure> difference = compareGuid(receive, end.get());
      return difference.isPresent() && outcome.failure().isPresent()
          ? outcome.failure().map(f -> explained(sink, f, outcome))
          : difference;
    }
    if (outcome.failure().isEmpty() && (!allFed || end.isEmpty())) {
      return Optional.of(
          Failure.resumable(
              FailureKind.SPOOL_DAMAGED,
              "The pump reports success but the spool does not say that the sink was given the whole"
                  + " stream; look at the target before the next try"));
    }
    return outcome.failure().map(f -> explained(sink, f, outcome));
  }

  private Optional<Failure> compareGuid(SinkSpec.Zfs sink, EndRecord end)
      throws InterruptedException {
    SnapshotName target = new SnapshotName(sink.target(), sink.snapshot());
    Optional<String> expected = end.guid();
    try {
      Optional<String> found = guid(target);
      return expected.isPresent() && found.equals(expected)
          ? Optional.empty()
          : Optional.of(
              Failure.permanent(
                  FailureKind.RESULT_DIFFERS,
                  "The receive ended, but %s has %s and the sender's snapshot has the GUID %s; look at the target before the next try"
                      .formatted(
                          target,
                          found.map(g -> "the GUID " + g).orElse("not come into being"),
                          expected.orElse("(not told)"))));
    } catch (ZfsException e) {
      return Optional.of(
          Failure.resumable(
              FailureKind.RESULT_DIFFERS,
              "Tried to read the GUID of " + target + " but " + e.getMessage()));
    }
  }

  /** A stream of hours does not fail because one question to a busy ZFS did. */
  private Optional<String> guid(SnapshotName target) throws ZfsException, InterruptedException {
    for (int failures = 1; failures < TRIES; failures++) {
      try {
        return zfs.guid(target);
      } catch (ZfsException e) {
        LOG.atWarn().setCause(e).log("asking again");
        sleeper.sleep(BETWEEN_TRIES);
      }
    }
    return zfs.guid(target);
  }

  /** Adds what the sink said itself, and for ZFS what it means. */
  private static Failure explained(SinkSpec sink, Failure failure, Outcome outcome) {
    StringBuilder message = new StringBuilder(failure.message());
    if (!outcome.stderrTail().isEmpty()) {
      message.append("; it said:\n").append(outcome.stderrTail());
      if (sink instanceof SinkSpec.Zfs) {
        message.append('\n').append(ZfsError.classify(outcome.stderrTail()).advice());
      }
    }
    return new Failure(failure.kind(), message.toString(), failure.resumable());
  }
}

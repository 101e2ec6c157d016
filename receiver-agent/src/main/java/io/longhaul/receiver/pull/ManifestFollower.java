package io.longhaul.receiver.pull;

import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.EndRecord;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.RetryableException;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.retry.Backoff;
import io.longhaul.protocol.wire.ManifestPage;
import io.longhaul.protocol.wire.SendStatus;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the sender's manifest and hands on each record as soon as its chunk may be fetched. It
 * keeps asking while it waits, so that it hears when the sender ends the session. One thread.
 */
final class ManifestFollower {
  private static final Logger LOG = LoggerFactory.getLogger(ManifestFollower.class);
  private static final int PAGE = 64;
  private static final Duration WAIT = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(2);

  /** Takes what the follower finds. */
  interface Taker {
    /** Takes the next record, whose chunk may be fetched now. */
    void chunk(ChunkRecord record) throws TransferException;

    /** Takes the end record, after the last chunk. */
    void end(EndRecord end);

    /** Hears that the sender has started its source again; nothing is handed on after it. */
    void repeated(int attempt);
  }

  private final SenderClient sender;
  private final SharedWindow window;
  private final PeerGate gate;
  private final PullCount count;
  private final PullClock clock;
  private final Taker taker;
  private final int attempt;
  private int latestAttempt;
  private long next;
  private long nextOffset;
  private int failures;

  /**
   * Creates a follower.
   *
   * @param attempt the attempt of the source that the local manifest agrees with
   * @param next the first chunk that is not in the local manifest
   * @param nextOffset where it begins in the stream
   */
  ManifestFollower(
      SenderClient sender,
      SharedWindow window,
      PeerGate gate,
      PullCount count,
      PullClock clock,
      Taker taker,
      int attempt,
      long next,
      long nextOffset) {
    this.sender = sender;
    this.window = window;
    this.gate = gate;
    this.count = count;
    this.clock = clock;
    this.taker = taker;
    this.attempt = attempt;
    this.latestAttempt = attempt;
    this.next = next;
    this.nextOffset = nextOffset;
  }

  /**
   * Follows the manifest until interrupted, also beyond its end, or until the source was started
   * again.
   *
   * @throws TransferException if the session cannot go on; never a {@link RetryableException}
   */
  void follow() throws TransferException, InterruptedException {
    boolean ended = false;
    while (!isRepeated()) {
      Optional<ManifestPage> page = ask(ended ? 1 : PAGE, ended ? Duration.ZERO : WAIT);
      if (ended) {
        clock.sleeper().sleep(LOOK_EVERY);
      } else if (page.isPresent()) {
        handOn(page.get());
        if (page.get().end().isPresent() && !isRepeated()) {
          end(page.get().end().get());
          ended = true;
        } else if (page.get().chunks().isEmpty()) {
          clock.sleeper().sleep(PAUSE);
        }
      }
    }
    taker.repeated(latestAttempt);
  }

  private boolean isRepeated() {
    return latestAttempt > attempt;
  }

  private void handOn(ManifestPage page) throws TransferException, InterruptedException {
    for (ChunkRecord record : page.chunks()) {
      if (record.chunk() != next || record.offset() != nextOffset) {
        throw contradiction(
            "expected chunk "
                + next
                + " at offset "
                + nextOffset
                + ", found chunk "
                + record.chunk()
                + " at offset "
                + record.offset());
      }
      if (!window.fits(record)) {
        throw new SessionEndedException(
            Failure.permanent(
                FailureKind.SPOOL_FAILED,
                "Tried to receive chunk "
                    + record.chunk()
                    + " of "
                    + record.length()
                    + " bytes but the receiver's spool limit is smaller; raise spool.limit there or send"
                    + " smaller chunks"));
      }
      while (!window.awaitAdmission(record, LOOK_EVERY)) {
        ask(1, Duration.ZERO);
        if (isRepeated()) {
          return;
        }
      }
      taker.chunk(record);
      next++;
      nextOffset = record.end();
    }
  }

  private void end(EndRecord end) throws SessionEndedException {
    if (end.chunks() != next || end.bytes() != nextOffset) {
      throw contradiction(
          "its end record counts "
              + end.chunks()
              + " chunks and "
              + end.bytes()
              + " bytes, its chunks are "
              + next
              + " with "
              + nextOffset
              + " bytes");
    }
    taker.end(end);
  }

  private SessionEndedException contradiction(String what) {
    return new SessionEndedException(
        Failure.permanent(
            FailureKind.SPOOL_DAMAGED,
            "Tried to follow the manifest of " + sender + " but it contradicts itself: " + what));
  }

  /** Asks once; empty if that failed, after a wait, or if the source was started again. */
  private Optional<ManifestPage> ask(int limit, Duration wait)
      throws TransferException, InterruptedException {
    gate.awaitReachable();
    long began = clock.now();
    try {
      ManifestPage page = sender.manifest(next, limit, wait);
      failures = 0;
      count.heard(page.status());
      checkGoingOn(page.status());
      latestAttempt = page.status().attempt();
      return isRepeated() ? Optional.empty() : Optional.of(page);
    } catch (RetryableException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      failures++;
      LOG.atWarn()
          .addKeyValue("failures", failures)
          .addKeyValue("why", e.getMessage())
          .log("manifest not read");
      if (!e.peerAnswered()) {
        gate.silentSince(began);
      }
      if (e.peerAnswered() || failures > 1) {
        clock
            .sleeper()
            .sleep(Backoff.PEER.after(failures, clock.random().getAsDouble(), e.retryAfter()));
      }
      return Optional.empty();
    }
  }

  /** Throws what the session ends with, if the sender has ended it. */
  static void checkGoingOn(SendStatus status) throws SessionEndedException {
    if (status.state() == SessionState.FAILED || status.state() == SessionState.ABORTED) {
      String tried = "Tried to pull session " + status.id() + " but the sender has ended it: ";
      FailureKind kind =
          status.state() == SessionState.ABORTED ? FailureKind.ABORTED : FailureKind.PEER_FAILED;
      Failure why =
          status
              .failure()
              .map(told -> new Failure(told.kind(), tried + told.message(), told.resumable()))
              .orElseGet(() -> Failure.permanent(kind, tried + "it gave no reason"));
      throw new SessionEndedException(why);
    }
    if (status.state() == SessionState.DONE) {
      throw new SessionEndedException(
          Failure.permanent(
              FailureKind.PEER_FAILED,
              "Tried to pull session "
                  + status.id()
                  + " but its sender has taken it for delivered: somebody else has completed it"));
    }
  }
}

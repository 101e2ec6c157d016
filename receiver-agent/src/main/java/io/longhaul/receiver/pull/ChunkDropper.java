package io.longhaul.receiver.pull;

import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.RetryableException;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.spool.SessionSpool;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/** Throws away what there is of a chunk that turned out wrong, so that it is fetched again. */
final class ChunkDropper {
  private static final int MOST_LOSSES = 5;

  private final SenderClient sender;
  private final SessionSpool spool;
  private final SharedWindow window;
  private final PullCount count;

  /* Held while files are deleted: nobody may delete the part that another has begun anew. */
  private final ReentrantLock deleting = new ReentrantLock();

  ChunkDropper(SenderClient sender, SessionSpool spool, SharedWindow window, PullCount count) {
    this.sender = sender;
    this.spool = spool;
    this.window = window;
    this.count = count;
  }

  /**
   * Reads a chunk's record again, because the sender's answer does not agree with it, and drops
   * what there is of the chunk.
   *
   * @throws RetryableException always, if the session can go on: the peer is to be asked again
   *     later
   * @throws SessionEndedException if the record is another one now, or the chunk was dropped too
   *     often
   */
  void reread(Claim claim, String why) throws TransferException {
    ChunkRecord before = claim.record();
    ChunkRecord now =
        sender.manifest(before.chunk(), 1, Duration.ZERO).chunks().stream()
            .filter(record -> record.chunk() == before.chunk())
            .findFirst()
            .orElseThrow(() -> new RetryableException(why, Duration.ZERO));
    if (now.offset() != before.offset() || now.length() != before.length()) {
      throw new SessionEndedException(
          Failure.permanent(
              FailureKind.SPOOL_DAMAGED,
              why
                  + ", and its record changed from bytes "
                  + before.offset()
                  + " to "
                  + before.end()
                  + " to bytes "
                  + now.offset()
                  + " to "
                  + now.end()));
    }
    deleting.lock();
    try {
      if (!window.dropped(claim)) {
        drop(now);
      }
    } finally {
      deleting.unlock();
    }
    if (window.losses(now.chunk()) >= MOST_LOSSES) {
      throw new SessionEndedException(
          Failure.resumable(
              FailureKind.DIGEST_MISMATCH,
              why
                  + "; it is the "
                  + MOST_LOSSES
                  + "th time that what there was of this chunk had to go: the sender does not keep"
                  + " to what it lists"));
    }
    throw new RetryableException(why, Duration.ZERO);
  }

  /** Drops what there is of a chunk of which no piece is under way. */
  void drop(ChunkRecord record) throws TransferException {
    try {
      PartFile.delete(spool, record.chunk());
    } catch (IOException e) {
      throw SpoolTrouble.of("delete chunk " + record.chunk(), spool, e);
    }
    count.discarded(window.drop(record));
  }
}

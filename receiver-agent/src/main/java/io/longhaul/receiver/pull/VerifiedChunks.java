package io.longhaul.receiver.pull;

import io.longhaul.protocol.chunk.AttemptRecord;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.EndRecord;
import io.longhaul.protocol.chunk.ManifestWriter;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.spool.SessionSpool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Puts verified chunks into the local manifest, in order, however they come. One thread at a time;
 * only {@link #to} and {@link #bytes} may be called by any.
 */
final class VerifiedChunks {
  /* An honest sender gives up after 5 attempts that sealed nothing, but may repeat for longer. */
  private static final int MOST_BARREN = 100;

  private final SessionSpool spool;
  private final ManifestWriter manifest;
  private final TreeMap<Long, ChunkRecord> early = new TreeMap<>();
  private boolean intact = true;
  private int barren;
  private volatile long to;
  private volatile long bytes;

  VerifiedChunks(SessionSpool spool, ManifestWriter manifest) {
    this.spool = spool;
    this.manifest = manifest;
    this.to = manifest.digest().chunks();
    this.bytes = manifest.digest().bytes();
  }

  /** Returns one past the last chunk in the manifest. */
  long to() {
    return to;
  }

  /** Returns the stream bytes in the manifest. */
  long bytes() {
    return bytes;
  }

  /** Returns the attempt of the sender's source that the manifest is known to agree with. */
  int attempt() {
    return manifest.attempts();
  }

  /**
   * Notes that the manifest agrees with what a further attempt of the sender's source gives.
   *
   * @throws SessionEndedException if too many attempts in a row have brought no chunk
   */
  void agreesWith(int attempt) throws TransferException, InterruptedException {
    barren++;
    if (barren > MOST_BARREN) {
      throw new SessionEndedException(
          Failure.resumable(
              FailureKind.PEER_FAILED,
              "Tried to go on with session "
                  + spool.id()
                  + " but its sender has started the source "
                  + barren
                  + " times again without another chunk"));
    }
    AttemptRecord record = new AttemptRecord(attempt, to, "the sender started its source again");
    write("note a new attempt of the source in the manifest", () -> manifest.append(record));
  }

  /** Returns whether the end record is in the manifest. */
  boolean ended() {
    return manifest.ended();
  }

  /**
   * Forgets the chunks that are not in the manifest; they are verified again.
   *
   * @throws SessionEndedException if writing the manifest failed before: its file has to be opened
   *     anew
   */
  void restart() throws SessionEndedException {
    early.clear();
    if (!intact) {
      throw new SessionEndedException(
          Failure.resumable(
              FailureKind.SPOOL_FAILED,
              "Tried to go on with session "
                  + spool.id()
                  + " but its manifest "
                  + spool.manifest()
                  + " could not be written; restart the receiver-agent"));
    }
  }

  /**
   * Takes a verified chunk.
   *
   * @return the numbers of the chunks that are in the manifest by that
   */
  List<Long> take(ChunkRecord record) throws TransferException, InterruptedException {
    early.put(record.chunk(), record);
    List<Long> appended = new ArrayList<>();
    for (ChunkRecord next = early.remove(to); next != null; next = early.remove(to)) {
      append(next);
      appended.add(next.chunk());
    }
    return appended;
  }

  private void append(ChunkRecord record) throws TransferException, InterruptedException {
    write("append chunk " + record.chunk() + " to the manifest", () -> manifest.append(record));
    barren = 0;
    bytes = record.end();
    to = record.chunk() + 1;
  }

  /**
   * Compares the sender's end record with what is in the manifest, and appends it, forced to disk.
   */
  void finish(EndRecord end) throws TransferException, InterruptedException {
    Optional<Failure> difference = manifest.digest().differenceFrom(end);
    if (difference.isPresent()) {
      throw new SessionEndedException(difference.get());
    }
    write("append the end record to the manifest", () -> manifest.append(end));
  }

  @FunctionalInterface
  private interface Line {
    void write() throws IOException;
  }

  /* An interrupt closes the file that is being written; the next to open it cuts the torn line off. */
  private void write(String what, Line line) throws TransferException, InterruptedException {
    try {
      intact = false;
      line.write();
      intact = true;
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      throw SpoolTrouble.of(what, spool, e);
    }
  }
}

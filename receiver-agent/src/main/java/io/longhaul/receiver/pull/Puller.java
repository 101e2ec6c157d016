package io.longhaul.receiver.pull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.ManifestReader;
import io.longhaul.protocol.chunk.ManifestWriter;
import io.longhaul.protocol.failure.AgentFailedException;
import io.longhaul.protocol.failure.RetryableException;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.failure.SessionPausedException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.spool.Damage;
import io.longhaul.protocol.spool.Mark;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.wire.ReceiveStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/*
 * How a byte travels through this package: ManifestFollower hears of a chunk and PullWindow admits it;
 * a ChunkWorker claims a piece of it, asks SenderClient for the range and writes it to the PartFile;
 * when the chunk is whole ChunkVerifier compares its digests and renames it, and VerifiedChunks puts it
 * into the manifest in order, where the receive pump finds it. PeerGate says when to ask the peer at all,
 * ConnectionTuner how many workers there are.
 *
 * What an earlier run left is taken up from the disk alone: a line in the manifest is a chunk verified in
 * order; a .chunk beyond it was verified out of order and is verified again, locally; of a .part the
 * blocks that .have names are there.
 */

/**
 * Pulls the stream of one session from its sender into the spool. Call {@link #fed} with what the
 * sink was fed before {@link #run}, and {@link #close} at the end. Apart from {@link #run}, which
 * one thread calls, all methods may be called by any thread at any time and return at once.
 */
public final class Puller implements AutoCloseable {
  private final SenderClient sender;
  private final SessionSpool spool;
  private final VerifiedChunks verified;
  private final long limitBytes;
  private final PullMachine machine;
  private final PullClock clock;
  private final PeerGate gate;
  private final PullCount count;
  private final Releaser releaser;
  private final AtomicLong mended = new AtomicLong();

  @GuardedBy("this")
  private Mark fed = Mark.NONE;

  @GuardedBy("this")
  private @Nullable SharedWindow window;

  /**
   * Creates the puller of one session; starts nothing yet.
   *
   * @param sender with a connection of this session's own
   * @param manifest the receive side's manifest, which {@link #run} alone writes from now on
   * @param limitBytes how far what is fetched may reach beyond what is fed; at least two chunks
   */
  public Puller(SenderClient sender, SessionSpool spool, ManifestWriter manifest, long limitBytes) {
    this(sender, spool, manifest, limitBytes, PullMachine.REAL);
  }

  Puller(
      SenderClient sender,
      SessionSpool spool,
      ManifestWriter manifest,
      long limitBytes,
      PullClock clock) {
    this(sender, spool, manifest, limitBytes, PullMachine.real(clock));
  }

  /** As the other constructor, on a machine that is not the real one. */
  public Puller(
      SenderClient sender,
      SessionSpool spool,
      ManifestWriter manifest,
      long limitBytes,
      PullMachine machine) {
    this.sender = sender;
    this.spool = spool;
    this.verified = new VerifiedChunks(spool, manifest);
    this.limitBytes = limitBytes;
    this.machine = machine;
    this.clock = machine.clock();
    this.gate = new PeerGate(clock);
    this.count = new PullCount(clock);
    this.releaser = new Releaser(sender, clock);
    count.listen(releaser::heard);
  }

  /**
   * Pulls until the sender's verified end record is in the local manifest, forced to disk; a chunk
   * that the pump has found damaged comes first. It may be called again, also after any exception,
   * and goes on from what is on disk.
   *
   * @throws SessionEndedException if the stream cannot be had: the sender failed, a chunk is lost
   *     or stays wrong, or the spool fails
   * @throws SessionPausedException if a person has to change something: credentials, grants, disk
   *     space
   * @throws InterruptedException if the thread is interrupted; all other threads have ended then
   */
  public void run() throws SessionEndedException, SessionPausedException, InterruptedException {
    try {
      refetchDamaged();
      while (!verified.ended()) {
        verified.restart();
        int repeated = new PullRun(sender, spool, verified, open(), gate, count, machine).pull();
        if (repeated > 0) {
          new Recheck(sender, spool, count, clock).compare(verified.to());
          verified.agreesWith(repeated);
        }
      }
    } catch (SessionEndedException | SessionPausedException e) {
      throw e;
    } catch (RetryableException | AgentFailedException e) {
      throw new IllegalStateException("each thread of the puller retries by itself", e);
    } catch (TransferException e) {
      throw new IllegalStateException("there is no other kind", e);
    }
  }

  private void refetchDamaged() throws TransferException, InterruptedException {
    try {
      Optional<Damage> damage = SpoolFile.read(spool.damaged(), Damage.class);
      if (damage.isPresent()) {
        new ChunkRefetch(sender, spool, count, machine).refetch(recorded(damage.get().chunk()));
        Files.delete(spool.damaged());
        mended.incrementAndGet();
      }
    } catch (IOException e) {
      throw SpoolTrouble.of("mend a damaged chunk", spool, e);
    }
  }

  private ChunkRecord recorded(long chunk) throws IOException {
    try (ManifestReader manifest = ManifestReader.open(spool.manifest(), spool.id())) {
      return manifest
          .chunk(chunk)
          .orElseThrow(() -> new IOException("the manifest does not list chunk " + chunk));
    }
  }

  private synchronized SharedWindow open() {
    PullWindow empty = new PullWindow(limitBytes);
    empty.fed(fed);
    SharedWindow opened = new SharedWindow(empty, clock.nanos());
    window = opened;
    return opened;
  }

  /**
   * Takes in how far the sink is fed: admits further chunks, and tells the sender in the background
   * that it may delete its own.
   */
  public synchronized void fed(Mark mark) {
    fed = mark;
    if (window != null) {
      window.fed(mark);
    }
    releaser.release(mark.to());
  }

  /** Returns how many damaged chunks were fetched again since this puller was made. */
  public long mended() {
    return mended.get();
  }

  /** Returns the live figures since this puller was made. */
  public ReceiveStatus.Transfer transfer() {
    return new ReceiveStatus.Transfer(
        gate.isReachable(),
        count.connections(),
        count.fetchedBytes(),
        count.discardedChunks(),
        count.refetchedBytes(),
        gate.outages(),
        gate.outageTime());
  }

  /** Returns how far it has come. */
  public Progress progress() {
    return new Progress(
        verified.to(),
        verified.bytes(),
        count.sender(),
        count.sinceContact(),
        count.sinceProgress());
  }

  /** Stops releasing at the sender. */
  @Override
  public void close() {
    releaser.close();
  }
}

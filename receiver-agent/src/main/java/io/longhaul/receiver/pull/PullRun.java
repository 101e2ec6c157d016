package io.longhaul.receiver.pull;

import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.EndRecord;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.spool.HaveFile;
import io.longhaul.protocol.spool.SessionSpool;
import java.io.IOException;
import java.nio.file.Files;
import java.util.BitSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One run of a puller, from what is on disk to the end of the stream. The thread that calls {@link
 * #pull} alone writes the manifest; all others tell it what they did.
 */
final class PullRun {
  private final SenderClient sender;
  private final SessionSpool spool;
  private final VerifiedChunks verified;
  private final SharedWindow window;
  private final PeerGate gate;
  private final PullCount count;
  private final PullMachine machine;
  private final PullClock clock;
  private final ChunkDropper dropper;
  private final ChunkVerifier verifier;
  private @Nullable EndRecord end;
  private int repeated;

  PullRun(
      SenderClient sender,
      SessionSpool spool,
      VerifiedChunks verified,
      SharedWindow window,
      PeerGate gate,
      PullCount count,
      PullMachine machine) {
    this.sender = sender;
    this.spool = spool;
    this.verified = verified;
    this.window = window;
    this.gate = gate;
    this.count = count;
    this.machine = machine;
    this.clock = machine.clock();
    this.dropper = new ChunkDropper(sender, spool, window, count);
    this.verifier = new ChunkVerifier(spool, dropper::drop, machine.same());
  }

  /**
   * Pulls until the end record is in the manifest, or the sender has started its source again.
   *
   * @return the attempt of the source that what is verified has to be compared with; 0 at the end
   */
  int pull() throws TransferException, InterruptedException {
    try {
      PartFile.deleteBelow(spool, verified.to());
    } catch (IOException e) {
      throw SpoolTrouble.of("remove old parts", spool, e);
    }
    try (PullTasks tasks = new PullTasks(machine.computing().get())) {
      start(tasks);
      while (end == null || verified.to() < end.chunks()) {
        take(tasks.next());
        if (repeated > 0) {
          return repeated;
        }
      }
    } finally {
      sender.rest();
    }
    verified.finish(end);
    return 0;
  }

  private void start(PullTasks tasks) {
    tasks.start(() -> gate.watch(probe()));
    tasks.start(follower(tasks)::follow);
    tasks.start(
        new WorkerCrew(
                tasks, window, gate, count, clock, machine.connections(), () -> worker(tasks))
            ::lead);
  }

  private PeerGate.Probe probe() {
    return new PeerGate.Probe() {
      @Override
      public boolean answers() {
        return sender.answers();
      }

      @Override
      public void renew(boolean afterOutage) {
        sender.renew(afterOutage);
      }
    };
  }

  private ManifestFollower follower(PullTasks tasks) {
    ManifestFollower.Taker taker =
        new ManifestFollower.Taker() {
          @Override
          public void chunk(ChunkRecord record) throws TransferException {
            admit(tasks, record);
          }

          @Override
          public void end(EndRecord end) {
            window.close();
            tasks.tell(new PullTasks.Event.Ended(end));
          }

          @Override
          public void repeated(int attempt) {
            tasks.tell(new PullTasks.Event.Repeated(attempt));
          }
        };
    return new ManifestFollower(
        sender,
        window,
        gate,
        count,
        clock,
        taker,
        verified.attempt(),
        verified.to(),
        verified.bytes());
  }

  private ChunkWorker worker(PullTasks tasks) {
    return new ChunkWorker(
        sender, spool, window, gate, count, clock, dropper, record -> verify(tasks, record));
  }

  /** Lets a chunk be fetched, as far as it is not on disk. */
  private void admit(PullTasks tasks, ChunkRecord record) throws TransferException {
    BitSet present;
    try {
      if (Files.exists(spool.chunk(record.chunk()))) {
        present = new BitSet();
        present.set(0, HaveFile.blocks(record.length()));
      } else {
        present = PartFile.present(spool, record.chunk(), record.length());
      }
    } catch (IOException e) {
      throw SpoolTrouble.of("look for chunk " + record.chunk(), spool, e);
    }
    if (window.add(record, present)) {
      verify(tasks, record);
    }
  }

  private void verify(PullTasks tasks, ChunkRecord record) {
    tasks.compute(() -> {
      Optional<ChunkRecord> good = verifier.verify(record);
      good.ifPresent(found -> tasks.tell(new PullTasks.Event.Verified(found)));
    });
  }

  private void take(PullTasks.Event event) throws TransferException, InterruptedException {
    switch (event) {
      case PullTasks.Event.Verified(ChunkRecord record) -> {
        verified.take(record).forEach(window::remove);
        count.moved();
      }
      case PullTasks.Event.Ended(EndRecord found) -> end = found;
      case PullTasks.Event.Repeated(int attempt) -> repeated = attempt;
      case PullTasks.Event.Stopped(TransferException why) -> throw why;
      case PullTasks.Event.Broken(Throwable bug) ->
          throw new IllegalStateException("a thread of the puller met a bug", bug);
    }
  }
}

package io.longhaul.receiver.pump;

import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.EndRecord;
import io.longhaul.protocol.chunk.ManifestReader;
import io.longhaul.protocol.chunk.StreamDigest;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.pipe.Child;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.retry.Sleeper;
import io.longhaul.protocol.spool.Mark;
import io.longhaul.protocol.spool.Outcome;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.spool.Started;
import io.longhaul.receiver.session.SpooledReceive;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/*
 * The order of things is the point of this class. The sink is started only when there is something to
 * feed or the stream is known to be empty, so that a source which fails at once leaves the target
 * alone. started.json is on disk before the sink is, so that it is never started twice. The sink's
 * stdin is closed in one place only, after the end record was verified; on every other way the guard
 * ends the sink by signal first.
 */

/** Owns the pipe to one sink: feeds it the verified chunks in order and reports how it ended. */
final class ReceivePump {
  private static final Duration LOOK = Duration.ofMillis(5);
  private static final int MOST_RECORDS = 64;

  private final SessionSpool spool;
  private final SinkMachine machine;
  private final Sleeper sleeper;
  private final PumpFiles files;
  private volatile @Nullable SinkGuard guard;
  private volatile boolean stopping;

  ReceivePump(SessionSpool spool, SinkMachine machine) {
    this.spool = spool;
    this.machine = machine;
    this.sleeper = machine.sleeper();
    this.files = new PumpFiles(spool, sleeper);
  }

  /**
   * Runs to the end and leaves an outcome, if the spool can be written at all.
   *
   * @return whether the stream was delivered
   */
  boolean run() throws IOException, InterruptedException {
    SpooledReceive request = SpooledReceive.read(spool);
    if (SpoolFile.read(spool.started(), Started.class).isPresent()) {
      System.out.println("a sink was started for this session before; it is never started twice");
      return false;
    }
    SinkGuard watching = new SinkGuard(spool, request.request().limits(), machine);
    guard = watching;
    if (stopping) {
      stop();
    }
    Outcome outcome;
    try (ManifestReader manifest = ManifestReader.open(spool.manifest(), spool.id())) {
      outcome =
          awaitFirst(manifest, watching)
              ? feed(request, manifest, watching)
              : watching.outcomeWithoutSink();
    } catch (IOException e) {
      watching.fail(spoolFailure(e));
      outcome = watching.outcomeWithoutSink();
    }
    try {
      files.force(spool.outcome(), outcome, () -> true);
    } finally {
      watching.awaitSinkGone(); // our end would close its stdin
    }
    watching.awaitOver();
    return outcome.failure().isEmpty();
  }

  /** Ends the sink, because the pump itself was told to end. Called by any thread. */
  void stop() {
    stopping = true;
    SinkGuard watching = guard;
    if (watching != null) {
      watching.fail(
          Failure.resumable(
              FailureKind.PUMP_DIED,
              "The receive pump was ended by a signal; a sink is never started twice, so the stream"
                  + " has to be sent again"));
    }
  }

  /** Returns whether the manifest has a first record, as against the session having been ended. */
  private boolean awaitFirst(ManifestReader manifest, SinkGuard watching)
      throws IOException, InterruptedException {
    while (true) {
      manifest.refresh();
      watching.look();
      if (watching.failed()) {
        return false;
      }
      if (manifest.sealedTo() > 0 || manifest.end().isPresent()) {
        return true;
      }
      sleeper.sleep(LOOK);
    }
  }

  private Outcome feed(SpooledReceive request, ManifestReader manifest, SinkGuard watching)
      throws IOException, InterruptedException {
    ProcessIdentity self = machine.self().identity();
    files.force(
        spool.started(), new Started(self, 1, Optional.empty()), () -> maySinkStart(watching));
    SinkStdin stdin = SinkStdin.open(spool.sinkFifo(), machine.fifos());
    Child sink;
    try {
      sink = machine.sinks().start(request.command(), spool.sinkFifo());
    } catch (IOException e) {
      stdin.close();
      watching.fail(Failure.permanent(FailureKind.SINK_FAILED, String.valueOf(e.getMessage())));
      return watching.outcomeWithoutSink();
    }
    watching.watch(sink, stdin);
    try {
      files.write(
          spool.started(),
          new Started(self, 1, Optional.of(sink.identity())),
          () -> !watching.failed());
      stdin.sinkRuns(spool.sinkFifo());
      EndRecord end = feedAll(manifest, stdin, watching);
      watching.allFed();
      files.force(spool.fed(), new Mark(end.chunks(), end.bytes(), true), () -> !watching.failed());
      watching.letGo(); // the one place where the sink is told that the stream ended well
    } catch (SessionEndedException e) {
      watching.fail(e.failure());
    } catch (IOException e) {
      watching.failToFeed(e);
    } catch (RuntimeException | Error e) {
      watching.fail(Failure.resumable(FailureKind.UNKNOWN, "The receive pump failed: " + e));
    }
    return watching.awaitOutcome();
  }

  private static boolean maySinkStart(SinkGuard watching) {
    try {
      watching.look();
    } catch (IOException e) {
      return false;
    }
    return !watching.failed();
  }

  private EndRecord feedAll(ManifestReader manifest, SinkStdin stdin, SinkGuard watching)
      throws IOException, SessionEndedException, InterruptedException {
    ChunkFeeder feeder = new ChunkFeeder(spool, stdin, watching, files, sleeper);
    StreamDigest digest = new StreamDigest();
    while (true) {
      ManifestReader.Page page = manifest.read(digest.chunks(), MOST_RECORDS);
      for (ChunkRecord chunk : page.chunks()) {
        watching.check();
        digest.add(chunk);
        feeder.feed(chunk);
      }
      if (page.end().isPresent()) {
        EndRecord end = page.end().get();
        Optional<Failure> difference = digest.differenceFrom(end);
        if (difference.isPresent()) {
          throw new SessionEndedException(difference.get());
        }
        return end;
      }
      if (page.chunks().isEmpty()) {
        watching.check();
        sleeper.sleep(LOOK);
      }
    }
  }

  private Failure spoolFailure(IOException e) {
    return Failure.resumable(
        FailureKind.SPOOL_FAILED, "Tried to work in the spool " + spool.directory() + " but " + e);
  }
}

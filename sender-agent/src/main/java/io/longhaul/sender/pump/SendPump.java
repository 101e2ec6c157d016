package io.longhaul.sender.pump;

import io.longhaul.protocol.Json;
import io.longhaul.protocol.chunk.AttemptRecord;
import io.longhaul.protocol.chunk.ChunkHasher;
import io.longhaul.protocol.chunk.DigestChoice;
import io.longhaul.protocol.chunk.ManifestReader;
import io.longhaul.protocol.chunk.ManifestWriter;
import io.longhaul.protocol.durable.Shortage;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.retry.Sleeper;
import io.longhaul.protocol.spool.Control;
import io.longhaul.protocol.spool.LastWord;
import io.longhaul.protocol.spool.Mark;
import io.longhaul.protocol.spool.Outcome;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.spool.SpoolLock;
import io.longhaul.protocol.spool.Started;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.function.Function;

/**
 * The life of one send pump: take the lock, clean up, start the source, pump, leave an outcome. It
 * runs once per session directory; if the source is repeatable, a pump whose predecessor was killed
 * starts it again, and so does one whose source was killed.
 */
final class SendPump {
  /** How a run came out. */
  enum Result {
    /** The stream is in the spool as a whole. */
    DELIVERED,
    /** There is an outcome that says why not. */
    FAILED,
    /** Another pump has, or had, this session; nothing was touched. */
    NOT_OURS
  }

  private static final int MOST_FRUITLESS = 5;
  private static final Duration FULL_DISK_RETRY = Duration.ofSeconds(1);

  private final SessionSpool spool;
  private final SpooledSend send;
  private final PumpTimes times;
  private final PumpMachine machine;
  private final Optional<Started> before;
  private final RoomOnDisk disk;

  private SendPump(
      SessionSpool spool,
      SpooledSend send,
      PumpTimes times,
      PumpMachine machine,
      Optional<Started> before) {
    this.spool = spool;
    this.send = send;
    this.times = times;
    this.machine = machine;
    this.before = before;
    this.disk = new RoomOnDisk(spool, times.inactivity(), machine);
  }

  /**
   * Runs the pump of the session in {@code directory}.
   *
   * @param times how long to wait for what, given the session's request
   * @throws IOException if the directory is no session's, or the outcome cannot be written
   */
  static Result run(Path directory, Function<SpooledSend, PumpTimes> times)
      throws IOException, InterruptedException {
    return run(directory, times, PumpMachine.real());
  }

  static Result run(Path directory, Function<SpooledSend, PumpTimes> times, PumpMachine machine)
      throws IOException, InterruptedException {
    Path request = directory.resolve("request.json");
    SpooledSend send =
        SpoolFile.read(request, SpooledSend.class)
            .orElseThrow(
                () -> new IOException("Tried to read " + request + " but it is not there"));
    SessionSpool spool = new SessionSpool(send.id(), directory);
    Optional<SpoolLock> lock = SpoolLock.take(spool.lock(), machine.sleeper());
    if (lock.isEmpty()) {
      return Result.NOT_OURS;
    }
    try (SpoolLock _ = lock.get()) {
      Optional<Started> before = SpoolFile.read(spool.started(), Started.class);
      if (Files.exists(spool.outcome()) || (before.isPresent() && !send.repeatable())) {
        return Result.NOT_OURS;
      }
      Outcome outcome = new SendPump(spool, send, times.apply(send), machine, before).pump();
      if (outcome.failure().isPresent()) {
        deleteParts(spool); // on a full disk they make room for the outcome
      }
      leave(spool, outcome, machine.sleeper());
      return outcome.failure().isEmpty() ? Result.DELIVERED : Result.FAILED;
    }
  }

  private static void deleteParts(SessionSpool spool) throws IOException {
    for (Path file : spool.chunkFiles()) {
      if (file.equals(spool.part(SessionSpool.chunkNumber(file).orElseThrow()))) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Leaves the outcome; waits for room on a full disk, as long as anybody wants to know it. */
  private static void leave(SessionSpool spool, Outcome outcome, Sleeper sleeper)
      throws IOException, InterruptedException {
    while (true) {
      try {
        LastWord.force(spool, spool.outcome(), outcome);
        return;
      } catch (IOException e) {
        if (!Shortage.isOfSpace(e) || !Files.isDirectory(spool.directory())) {
          throw e;
        }
        sleeper.sleep(FULL_DISK_RETRY);
      }
    }
  }

  private Outcome pump() throws InterruptedException {
    try {
      loadEndingClasses();
      machine.rehearsal().in(spool.directory());
      removeLeftovers();
      int attempt = before.map(Started::attempt).orElse(0) + 1;
      String cause = "the pump was killed, or the machine went down";
      while (true) {
        tellStarted(attempt, Optional.empty());
        Outcome outcome = pumpSource(attempt, cause);
        Optional<String> again = causeOfRepeating(outcome);
        if (again.isEmpty()) {
          return outcome;
        }
        attempt++;
        cause = again.get();
        removeLeftovers();
      }
    } catch (SessionEndedException e) {
      return failed(e.failure());
    } catch (IOException e) {
      return failed(SourceFailures.spool(e));
    }
  }

  private void tellStarted(int attempt, Optional<ProcessIdentity> source)
      throws IOException, SessionEndedException, InterruptedException {
    Started started = new Started(machine.self(), attempt, source);
    disk.write(() -> SpoolFile.force(spool.started(), started));
  }

  /** Returns why the source may be started again; empty if the outcome stands. */
  private Optional<String> causeOfRepeating(Outcome outcome) {
    boolean killed =
        outcome.failure().filter(f -> f.kind() == FailureKind.SOURCE_FAILED).isPresent()
            && SourceFailures.isSignal(outcome.exit());
    return killed && send.repeatable() ? outcome.failure().map(Failure::message) : Optional.empty();
  }

  private Outcome pumpSource(int attempt, String cause)
      throws IOException, SessionEndedException, InterruptedException {
    BlockingQueue<PumpEvent> events = machine.queues().get();
    SpoolRoom room = new SpoolRoom(spool.released(), send.spoolLimitBytes(), machine.now());
    room.look(machine.now());
    try (ManifestWriter manifest = ManifestWriter.open(spool.manifest(), spool.id());
        Replay replay = Replay.open(spool);
        HashPool hashes = new HashPool(machine.hashers().get(), send.request().digests(), events);
        Chunker chunker =
            new Chunker(
                spool,
                manifest,
                replay,
                hashes,
                room,
                send.request().chunkBytes(),
                times.sealAfter())) {
      if (attempt > 1) {
        if (replay.fruitlessAttempts() >= MOST_FRUITLESS) {
          return failed(SourceFailures.fruitless(MOST_FRUITLESS, cause));
        }
        AttemptRecord record = new AttemptRecord(attempt, replay.sealedTo(), cause);
        disk.write(() -> manifest.append(record));
        disk.write(() -> SpoolFile.write(spool.replayed(), Mark.NONE));
      }
      Source source;
      try {
        source =
            machine.sources().start(send.command(), spool.sourceFifo(), new BlockPool(), events);
      } catch (IOException e) {
        return failed(SourceFailures.notStarted(e));
      }
      try {
        tellStarted(attempt, Optional.of(source.identity()));
        return new StreamPump(
                send, spool, times, machine.nanos(), source, events, manifest, chunker, room)
            .run();
      } catch (IOException | SessionEndedException | RuntimeException e) {
        source.end(times.grace());
        throw e;
      }
    }
  }

  private static Outcome failed(Failure failure) {
    return new Outcome(OptionalInt.empty(), Optional.of(failure), "");
  }

  /**
   * Removes what another attempt left: what is not recorded, and after a reboot every chunk, as
   * those were not forced to disk.
   */
  private void removeLeftovers() throws IOException {
    Files.deleteIfExists(spool.sourceFifo());
    long recorded = 0;
    if (Files.exists(spool.manifest())) {
      try (ManifestReader manifest = ManifestReader.open(spool.manifest(), spool.id())) {
        manifest.refresh();
        recorded = manifest.sealedTo();
      }
    }
    boolean rebooted =
        before.isPresent() && !before.get().pump().bootId().equals(machine.self().bootId());
    long released = SpoolFile.mark(spool.released()).orElse(Mark.NONE).to();
    for (Path file : spool.chunkFiles()) {
      long number = SessionSpool.chunkNumber(file).orElseThrow();
      boolean whole = file.equals(spool.chunk(number));
      if (!whole || rebooted || number >= recorded || number < released) {
        Files.deleteIfExists(file); // the agent may have released it meanwhile
      }
    }
  }

  /**
   * Uses once what the end of a stream needs: if the image under us is replaced while we run for
   * days, no further class can be loaded.
   */
  private static void loadEndingClasses() throws IOException {
    Failure failure = Failure.permanent(FailureKind.UNKNOWN, "");
    Json.TOLERANT.readValue(Json.TOLERANT.writeValueAsBytes(new Control(failure)), Control.class);
    Json.TOLERANT.writeValueAsBytes(failed(failure));
    ChunkHasher hasher = new ChunkHasher(DigestChoice.BOTH);
    hasher.update(ByteBuffer.allocate(1));
    hasher.digests();
  }
}

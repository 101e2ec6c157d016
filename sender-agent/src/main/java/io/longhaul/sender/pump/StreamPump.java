package io.longhaul.sender.pump;

import io.longhaul.protocol.chunk.ManifestWriter;
import io.longhaul.protocol.durable.Shortage;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.spool.Control;
import io.longhaul.protocol.spool.Outcome;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/*
 * One thread decides: the reader, the hashers and the source's end only put events into one queue. It
 * polls with a time-out because what the agent says (control.json, released) comes as files.
 */

/** The main loop of a send pump, from the running source to the outcome. Used by one thread. */
final class StreamPump {
  private static final Duration TICK = Duration.ofMillis(100);
  private static final Duration TICK_WITHOUT_ROOM = Duration.ofMillis(10);

  private final SpooledSend send;
  private final SessionSpool spool;
  private final PumpTimes times;
  private final LongSupplier nanos;
  private final Source source;
  private final BlockingQueue<PumpEvent> events;
  private final ManifestWriter manifest;
  private final Chunker chunker;
  private final SpoolRoom room;
  private final SourceFailures failures;

  private final Deque<Block> unwritten = new ArrayDeque<>();
  private boolean endOfFile;
  private OptionalInt exit = OptionalInt.empty();
  private @Nullable Exception broken;
  private long progressAt;
  private long pipeQuietSince;
  private long controlLookedAt;
  private long releasedBefore;
  private boolean replaying = true;
  private long replayTold;
  private long replayToldAt;

  StreamPump(
      SpooledSend send,
      SessionSpool spool,
      PumpTimes times,
      LongSupplier nanos,
      Source source,
      BlockingQueue<PumpEvent> events,
      ManifestWriter manifest,
      Chunker chunker,
      SpoolRoom room) {
    this.send = send;
    this.spool = spool;
    this.times = times;
    this.nanos = nanos;
    this.source = source;
    this.events = events;
    this.manifest = manifest;
    this.chunker = chunker;
    this.room = room;
    this.failures = new SourceFailures(send);
    long now = nanos.getAsLong();
    this.progressAt = now;
    this.pipeQuietSince = now;
    this.controlLookedAt = now - TICK.toNanos();
    this.replayToldAt = now;
  }

  /**
   * Pumps until the stream is through or has failed; the source has then ended.
   *
   * @throws IOException if the spool cannot be read or written
   */
  Outcome run() throws IOException, InterruptedException {
    while (true) {
      Duration tick = unwritten.isEmpty() ? TICK : TICK_WITHOUT_ROOM;
      PumpEvent event = events.poll(tick.toNanos(), TimeUnit.NANOSECONDS);
      long now = nanos.getAsLong();
      while (event != null) {
        take(event, now);
        event = events.poll();
      }
      write(now);
      if (chunker.seal()) {
        progressAt = now;
      }
      tellReplay(now);
      if (exit.isPresent() && isSuccess() && endOfFile && unwritten.isEmpty()) {
        chunker.endChunk();
        chunker.seal();
        if (chunker.allSealed() && chunker.difference().isEmpty()) {
          if (!chunker.isReplayed()) {
            return end(Replay.tooShort(chunker.replayed().bytes()));
          }
          tellReplay(now);
          if (appendEnd()) {
            return new Outcome(exit, Optional.empty(), source.stderrTail());
          }
        }
      }
      Optional<Failure> failure = failure(now);
      if (failure.isPresent()) {
        return end(failure.get());
      }
    }
  }

  /** Returns whether the disk had room for the end record; else it is tried again. */
  private boolean appendEnd() throws IOException {
    try {
      manifest.append(manifest.digest().end(exit.orElseThrow(), send.guid()));
      return true;
    } catch (IOException e) {
      if (!Shortage.isOfSpace(e)) {
        throw e;
      }
      return false;
    }
  }

  /** Says how far an earlier attempt is repeated, now and then; nothing once it is. */
  private void tellReplay(long now) throws IOException {
    if (!replaying) {
      return;
    }
    if (chunker.isReplayed()) {
      Files.deleteIfExists(spool.replayed());
      replaying = false;
    } else if (now - replayToldAt >= TICK.toNanos() && chunker.replayed().to() > replayTold) {
      replayTold = chunker.replayed().to();
      replayToldAt = now;
      writeReplayed();
    }
  }

  private void writeReplayed() throws IOException {
    try {
      SpoolFile.write(spool.replayed(), chunker.replayed());
    } catch (IOException e) {
      if (!Shortage.isOfSpace(e)) {
        throw e;
      }
    }
  }

  private void take(PumpEvent event, long now) {
    switch (event) {
      case PumpEvent.Read read -> {
        unwritten.add(read.block());
        progressAt = now;
      }
      case PumpEvent.EndOfFile _ -> endOfFile = true;
      case PumpEvent.Exited exited -> {
        exit = OptionalInt.of(exited.status());
        pipeQuietSince = now;
      }
      case PumpEvent.Hashed _ -> progressAt = now;
      case PumpEvent.Broken failed -> broken = failed.cause();
    }
  }

  private void write(long now) throws IOException {
    while (!unwritten.isEmpty()) {
      pipeQuietSince = now;
      Block block = unwritten.getFirst();
      if (!chunker.take(block, now)) {
        break;
      }
      unwritten.removeFirst();
      block.letGo();
    }
    chunker.endOldChunk(now);
    if (room.releasedBytes() > releasedBefore) {
      releasedBefore = room.releasedBytes();
      chunker.deleteReleased();
      progressAt = now;
    }
  }

  private boolean isSuccess() {
    return send.successCodes().contains(exit.orElseThrow());
  }

  private Optional<Failure> failure(long now) throws IOException, InterruptedException {
    if (now - controlLookedAt >= TICK.toNanos()) {
      controlLookedAt = now;
      if (!Files.isDirectory(spool.directory())) {
        throw new NoSuchFileException(spool.directory().toString());
      }
      room.look(now);
      if (Files.exists(spool.paused())) {
        progressAt = now;
      }
      Optional<Control> control = SpoolFile.read(spool.control(), Control.class);
      if (control.isPresent()) {
        return control.map(Control::end);
      }
    }
    if (chunker.difference().isPresent()) {
      return chunker.difference();
    }
    if (broken != null) {
      return Optional.of(SourceFailures.spool(broken));
    }
    if (exit.isPresent() && !isSuccess()) {
      return Optional.of(failures.exited(exit.getAsInt(), source.stderrTail()));
    }
    if (exit.isPresent() && !endOfFile && past(times.heldPipe(), pipeQuietSince, now)) {
      return Optional.of(failures.pipeHeld(exit.getAsInt(), times.heldPipe(), source.stderrTail()));
    }
    if (past(times.inactivity(), progressAt, now)) {
      return Optional.of(failures.inactive(times.inactivity()));
    }
    return Optional.empty();
  }

  private static boolean past(Duration limit, long since, long now) {
    return now - since >= limit.toNanos();
  }

  /** Ends the source; what was not sealed by now stays unsealed. */
  private Outcome end(Failure failure) throws IOException, InterruptedException {
    Optional<Integer> status = source.end(times.grace());
    OptionalInt exitStatus =
        status.isPresent() ? OptionalInt.of(status.get()) : OptionalInt.empty();
    return new Outcome(exitStatus, Optional.of(failure), source.stderrTail());
  }
}

package io.longhaul.sender.pump;

import io.longhaul.protocol.Json;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.DigestChoice;
import io.longhaul.protocol.chunk.EndRecord;
import io.longhaul.protocol.chunk.ManifestReader;
import io.longhaul.protocol.pipe.Command;
import io.longhaul.protocol.spool.Mark;
import io.longhaul.protocol.spool.Outcome;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.spool.SpoolRoot;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.wire.SourceSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** A send pump in this JVM, over a real source, and the place of its reader. */
final class PumpUnderTest {
  static final PumpTimes QUICK =
      new PumpTimes(
          Duration.ofMinutes(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(30),
          Duration.ofMillis(300));

  final SessionSpool spool;
  private final PumpTimes times;
  private FutureTask<SendPump.Result> run;

  PumpUnderTest(Path root, long chunkBytes, long limitBytes, PumpTimes times, List<String> source)
      throws Exception {
    this(root, chunkBytes, limitBytes, times, Set.of(0), false, source);
  }

  /** Creates a pump whose source may be started again. */
  static PumpUnderTest repeatable(Path root, long chunkBytes, PumpTimes times, List<String> source)
      throws Exception {
    return new PumpUnderTest(root, chunkBytes, 1 << 20, times, Set.of(0), true, source);
  }

  PumpUnderTest(
      Path root,
      long chunkBytes,
      long limitBytes,
      PumpTimes times,
      Set<Integer> successCodes,
      boolean repeatable,
      List<String> source)
      throws Exception {
    SessionId id = SessionId.create(InstantSource.system());
    SendRequest request =
        new SendRequest(
            new SourceSpec.Stream("test"),
            "local",
            chunkBytes,
            DigestChoice.BOTH,
            SessionLimits.DEFAULT,
            Map.of());
    SpooledSend send =
        new SpooledSend(
            SpooledSend.FORMAT,
            id,
            "local",
            Instant.now(),
            request,
            Command.of(source),
            successCodes,
            limitBytes,
            Optional.empty(),
            OptionalLong.empty(),
            repeatable,
            false);
    try (SpoolRoot spools = SpoolRoot.open(root, Role.SEND)) {
      spool = spools.create(id, Json.TOLERANT.writeValueAsBytes(send));
    }
    this.times = times;
    run = task();
  }

  private FutureTask<SendPump.Result> task() {
    return new FutureTask<>(() -> SendPump.run(spool.directory(), _ -> times));
  }

  PumpUnderTest start() {
    Thread.ofPlatform().daemon().name("pump-under-test").start(run);
    return this;
  }

  /** Runs another pump in the same directory, as if the one before had been killed. */
  PumpUnderTest startAnother() throws Exception {
    run.get(60, TimeUnit.SECONDS);
    Files.delete(spool.outcome());
    run = task();
    return start();
  }

  boolean isDone() {
    return run.isDone();
  }

  /** Waits for the pump's end and returns its outcome. */
  Outcome outcome() throws Exception {
    run.get(60, TimeUnit.SECONDS);
    return SpoolFile.read(spool.outcome(), Outcome.class).orElseThrow();
  }

  SendPump.Result result() throws Exception {
    return run.get(60, TimeUnit.SECONDS);
  }

  List<ChunkRecord> chunks() throws IOException {
    if (!Files.exists(spool.manifest())) {
      return List.of();
    }
    try (ManifestReader manifest = ManifestReader.open(spool.manifest(), spool.id())) {
      List<ChunkRecord> all = new ArrayList<>();
      while (all.addAll(manifest.read(all.size(), ManifestReader.MOST_LINES).chunks())) {}
      return all;
    }
  }

  Optional<EndRecord> end() throws IOException {
    try (ManifestReader manifest = ManifestReader.open(spool.manifest(), spool.id())) {
      manifest.refresh();
      return manifest.end();
    }
  }

  /** Returns the bytes of all sealed chunks. */
  byte[] bytes() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (ChunkRecord chunk : chunks()) {
      bytes.write(Files.readAllBytes(spool.chunk(chunk.chunk())));
    }
    return bytes.toByteArray();
  }

  /** Does what the agent does when the reader has released the chunks below {@code to}. */
  void release(long to) throws IOException {
    List<ChunkRecord> released = chunks().stream().limit(to).toList();
    for (ChunkRecord chunk : released) {
      Files.deleteIfExists(spool.chunk(chunk.chunk()));
    }
    SpoolFile.write(
        spool.released(), new Mark(to, released.isEmpty() ? 0 : released.getLast().end(), false));
  }
}

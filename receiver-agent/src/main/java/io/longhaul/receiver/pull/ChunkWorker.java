package io.longhaul.receiver.pull;

import io.longhaul.protocol.ByteRange;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.failure.RetryableException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.retry.Backoff;
import io.longhaul.protocol.spool.SessionSpool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection: takes a piece, fetches it into the part, takes the next. One virtual thread. */
final class ChunkWorker {
  private static final Logger LOG = LoggerFactory.getLogger(ChunkWorker.class);

  /* For a range that fails while others get bytes; when nobody does, PeerGate sets the pace. */
  private static final Backoff RANGE =
      new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofMillis(300));

  private static final Duration MOST_ASKED = Duration.ofSeconds(60);
  private static final int SLOW_BUFFER_BYTES = 64 * 1024;
  private static final int FAST_BUFFER_BYTES = 256 * 1024;
  private static final double FAST_RATE = 8e6;

  private final SenderClient sender;
  private final SessionSpool spool;
  private final SharedWindow window;
  private final PeerGate gate;
  private final PullCount count;
  private final PullClock clock;
  private final ChunkDropper dropper;
  private final Consumer<ChunkRecord> whole;

  private ByteBuffer buffer = ByteBuffer.allocateDirect(SLOW_BUFFER_BYTES);
  private double rate;
  private int failures;
  private long lastByte;

  /**
   * Creates a worker.
   *
   * @param whole is told of each chunk that is whole by this worker's last write
   */
  ChunkWorker(
      SenderClient sender,
      SessionSpool spool,
      SharedWindow window,
      PeerGate gate,
      PullCount count,
      PullClock clock,
      ChunkDropper dropper,
      Consumer<ChunkRecord> whole) {
    this.sender = sender;
    this.spool = spool;
    this.window = window;
    this.gate = gate;
    this.count = count;
    this.clock = clock;
    this.dropper = dropper;
    this.whole = whole;
    this.lastByte = clock.now();
  }

  /**
   * Works until it is not wanted any more.
   *
   * @throws TransferException if the session cannot go on; never a {@link RetryableException}
   */
  void work(BooleanSupplier wanted) throws TransferException, InterruptedException {
    for (Optional<Claim> claim = window.take(rate, wanted);
        claim.isPresent();
        claim = window.take(rate, wanted)) {
      try {
        tryFetch(claim.get());
      } finally {
        window.giveBack(claim.get());
      }
    }
  }

  private void tryFetch(Claim claim) throws TransferException, InterruptedException {
    boolean scout = gate.enter();
    long began = clock.now();
    long fetchedBefore = claim.at();
    lastByte = began;
    try {
      if (window.left(claim) > 0) {
        fetch(claim, began);
        rate = (claim.at() - fetchedBefore) * 1e9 / Math.max(1, clock.now() - began);
      }
      failures = 0;
      return;
    } catch (RetryableException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      boolean nothingCame = claim.at() == fetchedBefore;
      failures = nothingCame ? failures + 1 : 1;
      if (nothingCame) {
        gate.failed(e.peerAnswered(), e.retryAfter());
      }
      boolean peerAlive = e.peerAnswered() || gate.silentSince(lastByte);
      LOG.atWarn()
          .addKeyValue("session", spool.id())
          .addKeyValue("peerAlive", peerAlive)
          .addKeyValue("failures", failures)
          .addKeyValue("why", e.getMessage())
          .log("range failed");
      if (!e.peerAnswered() && (failures == 1 || !peerAlive)) {
        return; // the rest at once, or as soon as the peer is back
      }
      gate.leave(scout);
      scout = false;
      clock.sleeper().sleep(pause(e));
    } finally {
      gate.leave(scout);
    }
  }

  private Duration pause(RetryableException e) {
    Duration own = RANGE.after(failures, clock.random().getAsDouble(), Duration.ZERO);
    Duration asked = e.retryAfter().compareTo(MOST_ASKED) < 0 ? e.retryAfter() : MOST_ASKED;
    return own.compareTo(asked) < 0 ? asked : own;
  }

  private void fetch(Claim claim, long began) throws TransferException, InterruptedException {
    ByteRange range = new ByteRange(claim.at(), claim.to());
    switch (sender.fetch(claim.record(), range, claim.fresh())) {
      case ChunkReply.Unlike(String why) -> dropper.reread(claim, why);
      case ChunkReply.Partial(ChunkBody body) -> {
        count.answeredAfter(clock.now() - began);
        try (body) {
          store(claim, body);
        }
      }
    }
  }

  private void store(Claim claim, ChunkBody body) throws TransferException, InterruptedException {
    if (rate > FAST_RATE && buffer.capacity() < FAST_BUFFER_BYTES) {
      buffer = ByteBuffer.allocateDirect(FAST_BUFFER_BYTES);
    }
    try (PartFile part = PartFile.open(spool, claim.record().chunk())) {
      for (long left = window.left(claim); left > 0; left = window.left(claim)) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), left));
        Optional<IOException> broken = fill(body);
        if (buffer.flip().hasRemaining()) {
          write(claim, part);
        }
        if (broken.isPresent()) {
          throw new RetryableException(
              "Tried to read chunk "
                  + claim.record().chunk()
                  + " at byte "
                  + claim.at()
                  + " but "
                  + broken.get(),
              broken.get());
        }
      }
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      throw SpoolTrouble.of("write chunk " + claim.record().chunk(), spool, e);
    }
  }

  private Optional<IOException> fill(ChunkBody body) throws InterruptedException {
    try {
      while (buffer.hasRemaining()) {
        int read = body.read(buffer);
        lastByte = clock.now();
        gate.progress();
        count.fetched(read);
      }
      return Optional.empty();
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      return Optional.of(e);
    }
  }

  private void write(Claim claim, PartFile part) throws IOException {
    int bytes = buffer.remaining();
    part.write(buffer, claim.at());
    PullWindow.Written written = window.written(claim, bytes);
    count.repeated(bytes - written.counted());
    for (int block : written.blocks()) {
      part.have(block);
    }
    if (written.whole()) {
      whole.accept(claim.record());
    }
  }
}

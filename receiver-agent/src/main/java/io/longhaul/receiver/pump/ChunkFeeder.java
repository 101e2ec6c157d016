package io.longhaul.receiver.pump;

import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.retry.Sleeper;
import io.longhaul.protocol.spool.Damage;
import io.longhaul.protocol.spool.Mark;
import io.longhaul.protocol.spool.SessionSpool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.zip.CRC32C;

/*
 * A chunk is read twice, from the page cache: first against the checksum that was taken when it was
 * verified, then into the pipe. So no byte of a damaged chunk reaches the sink, and the agent can fetch
 * it again. The checksum of the second reading is compared too.
 */

/** Writes verified chunks into the sink's pipe, in order, and deletes each once it is fed. */
final class ChunkFeeder {
  private static final int BLOCK_BYTES = 1 << 20;
  private static final int MOST_DAMAGES = 3;
  private static final Duration LOOK = Duration.ofMillis(50);

  private final SessionSpool spool;
  private final WritableByteChannel sink;
  private final SinkGuard guard;
  private final PumpFiles files;
  private final Sleeper sleeper;
  private final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);

  /** Creates a feeder that tells {@code guard} of each byte that the sink took. */
  ChunkFeeder(
      SessionSpool spool,
      WritableByteChannel sink,
      SinkGuard guard,
      PumpFiles files,
      Sleeper sleeper) {
    this.spool = spool;
    this.sink = sink;
    this.guard = guard;
    this.files = files;
    this.sleeper = sleeper;
  }

  /**
   * Feeds one chunk, deletes its file, and says so in {@code fed}. If the file is not what was
   * verified, waits until the agent has fetched it again.
   *
   * @throws SessionEndedException if the file is damaged again and again, or while it is fed
   * @throws IOException if it cannot be read, or the sink does not take it
   */
  void feed(ChunkRecord chunk) throws IOException, SessionEndedException, InterruptedException {
    awaitSound(chunk);
    Path path = spool.chunk(chunk.chunk());
    Optional<String> difference = read(chunk, this::feedBlock);
    if (difference.isPresent()) {
      throw damaged(chunk, difference.get() + ", while it was fed");
    }
    Files.delete(path);
    files.write(
        spool.fed(), new Mark(chunk.chunk() + 1, chunk.end(), false), () -> !guard.failed());
  }

  /** Waits until the chunk's file is what was verified, asking the agent for it if need be. */
  private void awaitSound(ChunkRecord chunk)
      throws IOException, SessionEndedException, InterruptedException {
    for (int times = 0; ; times++) {
      Optional<String> difference = differenceOnDisk(chunk);
      if (difference.isEmpty()) {
        return;
      }
      if (times == MOST_DAMAGES) {
        throw damaged(chunk, difference.get() + ", " + times + " times in a row");
      }
      System.out.println("chunk " + chunk.chunk() + " is wanted again: " + difference.get());
      files.write(
          spool.damaged(), new Damage(chunk.chunk(), difference.get()), () -> !guard.failed());
      while (Files.exists(spool.damaged())) {
        guard.check();
        sleeper.sleep(LOOK);
      }
    }
  }

  /* A disk that cannot give the chunk back has damaged it as well. */
  private Optional<String> differenceOnDisk(ChunkRecord chunk) throws SessionEndedException {
    try {
      return read(chunk, _ -> {});
    } catch (IOException e) {
      return Optional.of(e.toString());
    }
  }

  @FunctionalInterface
  private interface BlockTaker {
    void take(ByteBuffer bytes) throws IOException;
  }

  private void feedBlock(ByteBuffer bytes) throws IOException {
    guard.offers(bytes.remaining());
    while (bytes.hasRemaining()) {
      sink.write(bytes);
      guard.moved();
    }
  }

  /** Hands out the file's blocks; returns what differs from what was verified, if anything does. */
  private Optional<String> read(ChunkRecord chunk, BlockTaker taker)
      throws IOException, SessionEndedException {
    CRC32C crc = new CRC32C();
    long length = 0;
    try (FileChannel file = FileChannel.open(spool.chunk(chunk.chunk()), StandardOpenOption.READ)) {
      for (int n = read(file); n > 0; n = read(file)) {
        guard.check();
        crc.update(block.duplicate());
        length += n;
        taker.take(block);
      }
    }
    int found = (int) crc.getValue();
    int expected = chunk.crc32c().orElse(found);
    return length == chunk.length() && found == expected
        ? Optional.empty()
        : Optional.of(
            "%d bytes with CRC32C %08x, expected %d with %08x"
                .formatted(length, found, chunk.length(), expected));
  }

  private SessionEndedException damaged(ChunkRecord chunk, String what) {
    return new SessionEndedException(
        Failure.resumable(
            FailureKind.SPOOL_DAMAGED,
            "Tried to feed chunk %d from %s but the file changed after it was verified: %s; check the disk"
                .formatted(chunk.chunk(), spool.chunk(chunk.chunk()), what)));
  }

  private int read(FileChannel file) throws IOException {
    block.clear();
    int n = file.read(block);
    block.flip();
    return n;
  }
}

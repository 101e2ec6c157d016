package io.longhaul.receiver.pull;

import io.longhaul.protocol.chunk.ChunkDigests;
import io.longhaul.protocol.chunk.ChunkHasher;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.DigestChoice;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.spool.SessionSpool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares whole chunks with their digests and gives the good ones their final name. Thread-safe.
 */
final class ChunkVerifier {
  private static final Logger LOG = LoggerFactory.getLogger(ChunkVerifier.class);
  private static final int MOST_MISMATCHES = 5;
  private static final int BUFFER_BYTES = 1 << 20;
  private static final ThreadLocal<ByteBuffer> BUFFER =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BUFFER_BYTES));

  private final SessionSpool spool;
  private final Mismatch mismatch;
  private final BiPredicate<ChunkDigests, ChunkDigests> same;
  private final Map<Long, Integer> mismatches = new ConcurrentHashMap<>();

  /** What becomes of a chunk that is not what its record says. */
  @FunctionalInterface
  interface Mismatch {
    /** Throws away what there is of it. */
    void drop(ChunkRecord record) throws TransferException;
  }

  /**
   * Creates the verifier.
   *
   * @param same tells whether the digests that were found are those expected
   */
  ChunkVerifier(
      SessionSpool spool, Mismatch mismatch, BiPredicate<ChunkDigests, ChunkDigests> same) {
    this.spool = spool;
    this.mismatch = mismatch;
    this.same = same;
  }

  /**
   * Reads and compares a chunk. If it is good, it has its final name afterwards; if not, it is
   * gone. Call it on a platform thread: it computes and reads files.
   *
   * @return the record with the CRC32C of the file, or empty if the chunk is to be fetched again
   * @throws SessionEndedException if the chunk came wrong too often, or the disk fails
   */
  Optional<ChunkRecord> verify(ChunkRecord record) throws TransferException {
    long number = record.chunk();
    Path whole = spool.chunk(number);
    try {
      boolean named = Files.exists(whole);
      Path file = named ? whole : spool.part(number);
      ChunkHasher hasher = new ChunkHasher(choice(record));
      boolean rightLength = hash(file, record.length(), hasher);
      ChunkDigests found = hasher.digests();
      if (rightLength && same.test(found, record.digests())) {
        if (!named) {
          Files.move(file, whole);
        }
        Files.deleteIfExists(spool.have(number));
        mismatches.remove(number);
        return Optional.of(record.withCrc32c(hasher.crc32c()));
      }
      Files.deleteIfExists(whole);
      mismatch(record, found);
      return Optional.empty();
    } catch (IOException e) {
      throw SpoolTrouble.of("verify chunk " + number, spool, e);
    }
  }

  private void mismatch(ChunkRecord record, ChunkDigests found) throws TransferException {
    int times = mismatches.merge(record.chunk(), 1, Integer::sum);
    String why =
        "Tried to verify chunk "
            + record.chunk()
            + " of session "
            + spool.id()
            + " but it has "
            + found
            + ", expected "
            + record.digests();
    if (times >= MOST_MISMATCHES) {
      throw new SessionEndedException(
          Failure.resumable(
              FailureKind.DIGEST_MISMATCH,
              why
                  + ", "
                  + times
                  + " times in a row; check the sender's disk and memory, and what"
                  + " stands between both machines"));
    }
    LOG.atWarn().addKeyValue("why", why).addKeyValue("times", times).log("chunk is fetched again");
    mismatch.drop(record);
  }

  private static DigestChoice choice(ChunkRecord record) {
    if (record.md5().isEmpty()) {
      return DigestChoice.SHA256;
    }
    return record.sha256().isEmpty() ? DigestChoice.MD5 : DigestChoice.BOTH;
  }

  /** Takes in the first {@code length} bytes; returns whether the file has exactly so many. */
  private static boolean hash(Path path, long length, ChunkHasher hasher) throws IOException {
    ByteBuffer buffer = BUFFER.get();
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      long left = length;
      while (left > 0) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), left));
        int read = file.read(buffer);
        if (read < 0) {
          return false;
        }
        left -= read;
        hasher.update(buffer.flip());
      }
      return file.size() == length;
    }
  }
}

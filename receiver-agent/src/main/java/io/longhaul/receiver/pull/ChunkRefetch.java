package io.longhaul.receiver.pull;

import io.longhaul.protocol.ByteRange;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.RetryableException;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.spool.SessionSpool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;

/**
 * Fetches one verified chunk again that was damaged since, on our own disk: the sender has it as
 * long as it is not fed. Used by one thread.
 */
final class ChunkRefetch {
  private static final int BUFFER_BYTES = 256 * 1024;

  private final SenderClient sender;
  private final SessionSpool spool;
  private final PullCount count;
  private final Retrier retrier;
  private final ChunkVerifier verifier;

  ChunkRefetch(SenderClient sender, SessionSpool spool, PullCount count, PullMachine machine) {
    this.sender = sender;
    this.spool = spool;
    this.count = count;
    this.retrier = new Retrier(spool.id(), machine.clock());
    this.verifier = new ChunkVerifier(spool, record -> delete(record.chunk()), machine.same());
  }

  /**
   * Fetches the chunk, over any outage; it then has its final name.
   *
   * @throws TransferException if the session cannot go on; never a {@link RetryableException}
   */
  void refetch(ChunkRecord record) throws TransferException, InterruptedException {
    count.discarded(record.length());
    do {
      retrier.repeat(
          "fetch a damaged chunk again",
          () -> {
            fetch(record);
            return record;
          });
    } while (verifier.verify(record).isEmpty());
  }

  private void fetch(ChunkRecord record) throws TransferException, InterruptedException {
    delete(record.chunk());
    switch (sender.fetch(record, new ByteRange(0, record.length()), true)) {
      case ChunkReply.Unlike(String why) ->
          throw new SessionEndedException(Failure.resumable(FailureKind.SPOOL_DAMAGED, why));
      case ChunkReply.Partial(ChunkBody body) -> {
        try (body;
            PartFile part = PartFile.open(spool, record.chunk())) {
          store(record, body, part);
        } catch (IOException e) {
          throw SpoolTrouble.of("write chunk " + record.chunk(), spool, e);
        }
      }
    }
  }

  private void store(ChunkRecord record, ChunkBody body, PartFile part)
      throws IOException, RetryableException, InterruptedException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    for (long at = 0; at < record.length(); ) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), record.length() - at));
      int read = read(record, body, buffer);
      count.fetched(read);
      part.write(buffer.flip(), at);
      at += read;
    }
  }

  private static int read(ChunkRecord record, ChunkBody body, ByteBuffer buffer)
      throws RetryableException, InterruptedException {
    try {
      return body.read(buffer);
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      throw new RetryableException("Tried to read chunk " + record.chunk() + " again but " + e, e);
    }
  }

  private void delete(long chunk) throws TransferException {
    try {
      PartFile.delete(spool, chunk);
      Files.deleteIfExists(spool.chunk(chunk));
    } catch (IOException e) {
      throw SpoolTrouble.of("delete chunk " + chunk, spool, e);
    }
  }
}

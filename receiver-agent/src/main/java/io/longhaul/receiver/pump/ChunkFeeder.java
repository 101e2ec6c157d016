package io.longhaul.receiver.pump;

import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.spool.Mark;
import io.longhaul.protocol.spool.SessionSpool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/** Writes verified chunks into the sink's pipe, in order, and deletes each once it is fed. */
final class ChunkFeeder {
  private static final int BLOCK_BYTES = 1 << 20;

  private final SessionSpool spool;
  private final WritableByteChannel sink;
  private final SinkGuard guard;
  private final PumpFiles files;
  private final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);

  /** Creates a feeder that tells {@code guard} of each byte that the sink took. */
  ChunkFeeder(SessionSpool spool, WritableByteChannel sink, SinkGuard guard, PumpFiles files) {
    this.spool = spool;
    this.sink = sink;
    this.guard = guard;
    this.files = files;
  }

  /**
   * Feeds one chunk, deletes its file, and says so in {@code fed}.
   *
   * @throws SessionEndedException if the file is not what was verified
   * @throws IOException if it cannot be read, or the sink does not take it
   */
  void feed(ChunkRecord chunk) throws IOException, SessionEndedException, InterruptedException {
    Path path = spool.chunk(chunk.chunk());
    CRC32C crc = new CRC32C();
    long length = 0;
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      for (int n = read(file); n > 0; n = read(file)) {
        crc.update(block.duplicate());
        length += n;
        guard.offers(block.remaining());
        while (block.hasRemaining()) {
          sink.write(block);
          guard.moved();
        }
      }
    }
    int found = (int) crc.getValue();
    if (length != chunk.length() || found != chunk.crc32c().orElse(found)) {
      throw new SessionEndedException(
          Failure.resumable(
              FailureKind.SPOOL_DAMAGED,
              "Tried to feed chunk %d from %s but the file changed after it was verified: %d bytes with CRC32C %08x, expected %d with %08x; check the disk"
                  .formatted(
                      chunk.chunk(),
                      path,
                      length,
                      found,
                      chunk.length(),
                      chunk.crc32c().orElse(found))));
    }
    Files.delete(path);
    files.write(
        spool.fed(), new Mark(chunk.chunk() + 1, chunk.end(), false), () -> !guard.failed());
  }

  private int read(FileChannel file) throws IOException {
    block.clear();
    int n = file.read(block);
    block.flip();
    return n;
  }
}

package io.longhaul.sender.pump;

import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.ManifestReader;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.spool.SessionSpool;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/**
 * What earlier attempts of the source have sealed: where its chunks end and what their digests are.
 * A new attempt must give the same again before it may go on (design section 3, attempt records).
 * Used by one thread.
 */
final class Replay implements Closeable {
  private final ManifestReader manifest;
  private final long sealedTo;

  private Replay(ManifestReader manifest) {
    this.manifest = manifest;
    this.sealedTo = manifest.sealedTo();
  }

  /** Opens the manifest as earlier attempts have left it. */
  static Replay open(SessionSpool spool) throws IOException {
    ManifestReader manifest = ManifestReader.open(spool.manifest(), spool.id());
    try {
      manifest.refresh();
      return new Replay(manifest);
    } catch (IOException e) {
      manifest.close();
      throw e;
    }
  }

  /** Returns one past the last chunk that is to be given again. */
  long sealedTo() {
    return sealedTo;
  }

  /** Returns how many attempts in a row have sealed nothing. */
  int fruitlessAttempts() {
    return manifest.fruitlessAttempts();
  }

  /** Returns what an earlier attempt recorded as this chunk; empty if it is a new one. */
  Optional<ChunkRecord> record(long number) throws IOException {
    return number < sealedTo ? manifest.chunk(number) : Optional.empty();
  }

  /** Says that the source ended before it was where it had been. */
  static Failure tooShort(long bytes) {
    return Failure.permanent(
        FailureKind.SOURCE_DIFFERS,
        ("Tried to repeat the stream up to where it was cut but the source ended after %d bytes,"
                + " earlier than before; start a new session from the beginning")
            .formatted(bytes));
  }

  @Override
  public void close() throws IOException {
    manifest.close();
  }
}

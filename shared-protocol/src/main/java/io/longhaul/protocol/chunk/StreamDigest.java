package io.longhaul.protocol.chunk;

import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import java.security.MessageDigest;
import java.util.Optional;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The digest of a stream: SHA-256 over the raw bytes of each chunk's strongest digest, in order. It
 * also checks that the chunks follow each other without a gap. Not thread-safe.
 */
public final class StreamDigest {
  private final MessageDigest digest = DigestUtils.getSha256Digest();
  private long chunks;
  private long bytes;

  /**
   * Takes in the next chunk.
   *
   * @throws IllegalArgumentException if it does not begin where the one before it ended
   */
  public void add(ChunkRecord next) {
    check(next);
    digest.update(ChunkDigests.bytes(next.digests().strongest()));
    chunks++;
    bytes = next.end();
  }

  /**
   * @throws IllegalArgumentException if {@code next} does not begin where the last one ended
   */
  void check(ChunkRecord next) {
    if (next.chunk() != chunks || next.offset() != bytes) {
      throw new IllegalArgumentException(
          "expected chunk "
              + chunks
              + " at offset "
              + bytes
              + ", but the manifest lists chunk "
              + next.chunk()
              + " at offset "
              + next.offset());
    }
  }

  /** Returns the number of chunks so far, which is the number of the next one. */
  public long chunks() {
    return chunks;
  }

  /** Returns the number of bytes so far, which is the offset of the next chunk. */
  public long bytes() {
    return bytes;
  }

  /**
   * Returns the end record of a stream whose last chunk was taken in.
   *
   * @param exit the source's exit status
   * @param guid the GUID of the snapshot that was sent, if there is one
   */
  public EndRecord end(int exit, Optional<String> guid) {
    return new EndRecord(chunks, bytes, exit, Hex.encodeHexString(soFar()), guid);
  }

  /* MessageDigest.digest() forgets all that it took in: a second call must not see that. */
  private byte[] soFar() {
    try {
      return ((MessageDigest) digest.clone()).digest();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's SHA-256 cannot be copied", e);
    }
  }

  /**
   * Compares an end record with the chunks taken in.
   *
   * @return what differs, or empty if nothing does
   */
  public Optional<Failure> differenceFrom(EndRecord claimed) {
    EndRecord ours = end(claimed.exit(), claimed.guid());
    return ours.equals(claimed)
        ? Optional.empty()
        : Optional.of(
            Failure.permanent(
                FailureKind.SPOOL_DAMAGED,
                "Tried to end the stream but the end record does not agree with the chunks: it says "
                    + claimed.chunks()
                    + " chunks, "
                    + claimed.bytes()
                    + " bytes, digest "
                    + claimed.digest()
                    + "; the chunks add up to "
                    + ours.chunks()
                    + ", "
                    + ours.bytes()
                    + ", "
                    + ours.digest()));
  }
}

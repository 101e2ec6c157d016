package io.longhaul.protocol.chunk;

import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A sealed chunk: a numbered, contiguous piece of the stream with its digests.
 *
 * @param chunk its number, from 0 without a gap
 * @param offset where it begins in the stream, in bytes
 * @param length its bytes, 1 or more
 * @param md5 in hexadecimal
 * @param sha256 in hexadecimal
 * @param crc32c of the file's bytes, taken when the digest was verified; only in a receiver's
 *     manifest
 */
public record ChunkRecord(
    long chunk,
    long offset,
    long length,
    Optional<String> md5,
    Optional<String> sha256,
    OptionalInt crc32c)
    implements ManifestRecord {
  /**
   * @throws IllegalArgumentException if a number is out of range or the digests are not well formed
   */
  public ChunkRecord {
    if (chunk < 0 || offset < 0 || length < 1 || offset > Long.MAX_VALUE - length) {
      throw new IllegalArgumentException(
          "chunk " + chunk + " cannot have offset " + offset + " and length " + length);
    }
    new ChunkDigests(md5, sha256);
  }

  /** Creates the record of a chunk as its sender lists it. */
  public static ChunkRecord of(long chunk, long offset, long length, ChunkDigests digests) {
    return new ChunkRecord(
        chunk, offset, length, digests.md5(), digests.sha256(), OptionalInt.empty());
  }

  /** Returns the same chunk with the CRC32C of its verified file. */
  public ChunkRecord withCrc32c(int crc) {
    return new ChunkRecord(chunk, offset, length, md5, sha256, OptionalInt.of(crc));
  }

  /** Returns the chunk's digests. */
  public ChunkDigests digests() {
    return new ChunkDigests(md5, sha256);
  }

  /** Returns where the next chunk begins, in bytes of the stream. */
  public long end() {
    return offset + length;
  }

  /** Returns why this is not what the source gave there before; empty if it is the same. */
  public Optional<Failure> differenceFrom(ChunkRecord before) {
    boolean same =
        chunk == before.chunk
            && offset == before.offset
            && length == before.length
            && digests().equals(before.digests());
    return same
        ? Optional.empty()
        : Optional.of(
            Failure.permanent(
                FailureKind.SOURCE_DIFFERS,
                ("Tried to repeat the stream up to where it was cut but chunk %d differs: it was %s"
                        + " (%d bytes), it is now %s (%d bytes); the source does not repeat itself"
                        + " byte for byte, so start a new session from the beginning")
                    .formatted(
                        before.chunk,
                        before.digests().strongest(),
                        before.length,
                        digests().strongest(),
                        length)));
  }
}

package io.longhaul.protocol.chunk;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;

/**
 * Takes the digests of one chunk and its CRC32C, block by block in order. Not thread-safe.
 *
 * <p>The CRC32C is not for the peer: it lets a later reader of the same file notice damage without
 * a second pass of the digest.
 */
public final class ChunkHasher {
  /*
   * Bytes outside of the heap are copied into the processor's cache first: a MessageDigest would do
   * that by itself, but in pieces of 4 KiB, which costs a fifth of its speed.
   */
  private static final int MOST_COPIED = 64 * 1024;

  private final @Nullable MessageDigest md5;
  private final @Nullable MessageDigest sha256;
  private final CRC32C crc = new CRC32C();
  private byte[] copy = new byte[0];

  /** Creates the hasher of one chunk. */
  public ChunkHasher(DigestChoice choice) {
    md5 = choice.md5() ? DigestUtils.getMd5Digest() : null;
    sha256 = choice.sha256() ? DigestUtils.getSha256Digest() : null;
  }

  /**
   * Takes in the bytes from the buffer's position to its limit; the buffer itself is not changed.
   */
  public void update(ByteBuffer block) {
    ByteBuffer rest = block.duplicate();
    int most = Math.min(rest.remaining(), MOST_COPIED);
    if (copy.length < most) {
      copy = new byte[most];
    }
    while (rest.hasRemaining()) {
      int length = Math.min(rest.remaining(), copy.length);
      rest.get(copy, 0, length);
      update(length);
    }
  }

  private void update(int length) {
    if (md5 != null) {
      md5.update(copy, 0, length);
    }
    if (sha256 != null) {
      sha256.update(copy, 0, length);
    }
    crc.update(copy, 0, length);
  }

  /** Returns the digests of all that was taken in. Call it once. */
  public ChunkDigests digests() {
    return new ChunkDigests(hex(md5), hex(sha256));
  }

  private static Optional<String> hex(@Nullable MessageDigest digest) {
    return digest == null ? Optional.empty() : Optional.of(Hex.encodeHexString(digest.digest()));
  }

  /** Returns the CRC32C of all that was taken in. */
  public int crc32c() {
    return (int) crc.getValue();
  }
}

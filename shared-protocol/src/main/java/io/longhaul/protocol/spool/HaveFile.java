package io.longhaul.protocol.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.BitSet;
import java.util.Set;

/**
 * Which blocks of 1 MiB of a part are there: one byte a block, set to 1 after the block was
 * written. Thread-safe.
 */
public final class HaveFile implements Closeable {
  /** The size of a block, in bytes; a chunk's last one may be shorter. */
  public static final int BLOCK_BYTES = 1 << 20;

  private final FileChannel file;

  private HaveFile(FileChannel file) {
    this.file = file;
  }

  /** Opens the file, creating it empty. */
  public static HaveFile open(Path path) throws IOException {
    return new HaveFile(
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
  }

  /** Returns the number of blocks in a chunk of {@code length} bytes. */
  public static int blocks(long length) {
    return Math.toIntExact((length + BLOCK_BYTES - 1) / BLOCK_BYTES);
  }

  /** Returns which blocks of a chunk with {@code blocks} of them are there. */
  public BitSet present(int blocks) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(blocks);
    int read = 0;
    while (bytes.hasRemaining() && read >= 0) {
      read = file.read(bytes, bytes.position());
    }
    BitSet present = new BitSet(blocks);
    for (int i = 0; i < bytes.position(); i++) {
      present.set(i, bytes.get(i) == 1);
    }
    return present;
  }

  /** Notes that a block was written to the part. */
  public void set(int block) throws IOException {
    file.write(ByteBuffer.wrap(new byte[] {1}), block);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

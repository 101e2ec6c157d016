package io.longhaul.protocol.testing;

import io.longhaul.protocol.durable.Shortage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** A small file system of its own, in memory, that can be filled to the last byte. */
public final class Tmpfs implements AutoCloseable {
  private static final int BLOCK = 64 << 10;
  private static final String BALLAST = "ballast";

  private final Path path;

  private Tmpfs(Path path) {
    this.path = path;
  }

  /**
   * Mounts one; goes on only where that is allowed, see {@link Requirements}.
   *
   * @param size as mount(8) takes it, such as {@code 32m}
   */
  public static Tmpfs mount(String size) throws IOException {
    Optional<Tmpfs> mounted = mountIfAllowed(size);
    Requirements.need(mounted.isPresent(), "the right to mount a file system");
    return mounted.orElseThrow();
  }

  /**
   * Mounts one; returns empty where that is not allowed.
   *
   * @param size as mount(8) takes it, such as {@code 32m}
   */
  public static Optional<Tmpfs> mountIfAllowed(String size) throws IOException {
    Path path =
        Files.createTempDirectory(
            "longhaul-tmpfs-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    boolean mounted =
        run("mount", "-t", "tmpfs", "-o", "mode=0700,size=" + size, "tmpfs", path.toString());
    if (!mounted) {
      Files.delete(path);
      return Optional.empty();
    }
    return Optional.of(new Tmpfs(path));
  }

  private static boolean run(String... words) throws IOException {
    try {
      return new ProcessBuilder(words)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for " + words[0]);
    }
  }

  /** Returns where it is mounted. */
  public Path path() {
    return path;
  }

  /** Takes all of the room but {@code left} bytes, in place of what was taken before. */
  public void fillBut(long left) throws IOException {
    free();
    take(left == 0 ? Long.MAX_VALUE : usableBytes() - left);
  }

  /** Takes what room there is, besides what was taken before. */
  public void fill() throws IOException {
    take(Long.MAX_VALUE);
  }

  /* As far as there is room: others may take some meanwhile. */
  private void take(long bytes) throws IOException {
    try (FileChannel ballast =
        FileChannel.open(
            path.resolve(BALLAST), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      ByteBuffer block = ByteBuffer.allocate(BLOCK);
      for (long written = 0; written < bytes; written += block.position()) {
        block.clear().limit((int) Math.min(BLOCK, bytes - written));
        while (block.hasRemaining()) {
          ballast.write(block);
        }
      }
    } catch (IOException e) {
      if (Shortage.of(e).isEmpty()) {
        throw e;
      }
    }
  }

  /** Returns how much room is left. */
  public long usableBytes() throws IOException {
    return Files.getFileStore(path).getUsableSpace();
  }

  /** Gives the room back. */
  public void free() throws IOException {
    Files.deleteIfExists(path.resolve(BALLAST));
  }

  /** Unmounts it, with whatever is still in use in it. */
  @Override
  public void close() throws IOException {
    run("umount", "--lazy", path.toString());
    Files.delete(path);
  }
}

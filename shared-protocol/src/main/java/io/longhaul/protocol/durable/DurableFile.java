package io.longhaul.protocol.durable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Replaces small files as a whole: a reader sees the old content or the new, never a mixture. One
 * writer at a time for each path.
 */
public final class DurableFile {
  private static final Set<PosixFilePermission> OWNER_ALONE =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> READABLE =
      PosixFilePermissions.fromString("rw-r--r--");

  private DurableFile() {}

  /**
   * Replaces {@code path} so that the new content also survives a power failure: write beside it,
   * force, rename, force the directory. The file's mode is 0600.
   *
   * @throws IOException if any step fails; {@code path} is then as it was, or wholly replaced but
   *     not certain to survive a power failure
   */
  public static void replace(Path path, byte[] content) throws IOException {
    write(path, content, true, OWNER_ALONE);
    forceDirectory(parent(path));
  }

  /**
   * As {@link #replace}, but everybody may read the file: its mode is 0644.
   *
   * @throws IOException as {@link #replace}
   */
  public static void replaceReadable(Path path, byte[] content) throws IOException {
    write(path, content, true, READABLE);
    forceDirectory(parent(path));
  }

  /**
   * As {@link #replace}, but leaves it to the system when the content reaches the disk.
   *
   * @throws IOException if any step fails; {@code path} is then as it was
   */
  public static void replaceUnforced(Path path, byte[] content) throws IOException {
    write(path, content, false, OWNER_ALONE);
  }

  private static void write(Path path, byte[] content, boolean force, Set<PosixFilePermission> mode)
      throws IOException {
    Path temporary = parent(path).resolve("." + path.getFileName() + ".new");
    Files.deleteIfExists(temporary);
    try {
      try (FileChannel file =
          FileChannel.open(
              temporary,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(OWNER_ALONE))) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          file.write(bytes);
        }
        if (!mode.equals(OWNER_ALONE)) {
          Files.setPosixFilePermissions(temporary, mode); // the umask has no say
        }
        if (force) {
          file.force(true);
        }
      }
      Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  private static Path parent(Path path) throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException("'" + path + "' is not a file's path");
    }
    return directory;
  }

  /** Forces the names in a directory to disk. */
  public static void forceDirectory(Path directory) throws IOException {
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true);
    }
  }
}

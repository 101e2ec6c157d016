package io.longhaul.protocol.spool;

import io.longhaul.protocol.Json;
import io.longhaul.protocol.durable.DurableFile;
import io.longhaul.protocol.durable.Shortage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes what has to be written also on a full disk: that a session is to end, and how it ended.
 * Each session keeps a small file in reserve, which it gives up for that.
 */
public final class LastWord {
  private static final int RESERVED_BYTES = 64 << 10;

  private LastWord() {}

  /* Not zeros: a file system that compresses would keep nothing for them. */
  static void reserve(SessionSpool spool) throws IOException {
    byte[] bytes = new byte[RESERVED_BYTES];
    ThreadLocalRandom.current().nextBytes(bytes);
    try (FileChannel file =
        FileChannel.open(
            spool.reserve(),
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      write(file, bytes);
    }
  }

  private static void write(FileChannel file, byte[] bytes) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    while (left.hasRemaining()) {
      file.write(left);
    }
  }

  /**
   * Writes a file as {@link SpoolFile#force}, in the place of the reserve if there is no other
   * room.
   *
   * @throws IOException if it cannot be written even so; it may then be tried again
   */
  public static void force(SessionSpool spool, Path path, Object content) throws IOException {
    try {
      SpoolFile.force(path, content);
    } catch (IOException e) {
      if (!Shortage.isOfSpace(e) || !intoReserve(spool, path, content)) {
        throw e;
      }
    }
  }

  /*
   * Into the very blocks of the reserve: were they freed first, the stream that waits for room could
   * take them. Whoever renames it has it for himself: agent and pump may both be in need.
   */
  private static boolean intoReserve(SessionSpool spool, Path path, Object content)
      throws IOException {
    Path mine = path.resolveSibling("." + path.getFileName() + ".reserve");
    try {
      Files.move(spool.reserve(), mine, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return false;
    }
    try {
      overwrite(mine, Json.TOLERANT.writeValueAsBytes(content));
      Files.move(mine, path, StandardCopyOption.ATOMIC_MOVE);
      DurableFile.forceDirectory(spool.directory());
    } catch (IOException e) {
      Files.deleteIfExists(mine);
      if (!Shortage.isOfSpace(e)) {
        throw e;
      }
      SpoolFile.force(path, content); // a file system that never writes in place
    }
    return true;
  }

  private static void overwrite(Path path, byte[] content) throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
      write(file, content);
      file.truncate(content.length);
      file.force(true);
    }
  }
}

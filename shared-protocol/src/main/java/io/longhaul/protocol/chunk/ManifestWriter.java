package io.longhaul.protocol.chunk;

import io.longhaul.protocol.SessionId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The single writer of a manifest. The send pump may only open one while it holds the session's
 * lock. Not thread-safe.
 */
public final class ManifestWriter implements Closeable {
  private final FileChannel file;
  private final StreamDigest digest;

  /* Where the last whole line ends. What a failed write left after it, the next one writes over. */
  private long wholeBytes;
  private int attempts;
  private boolean ended;

  private ManifestWriter(
      FileChannel file, StreamDigest digest, long wholeBytes, int attempts, boolean ended) {
    this.file = file;
    this.digest = digest;
    this.wholeBytes = wholeBytes;
    this.attempts = attempts;
    this.ended = ended;
  }

  /**
   * Opens the manifest at {@code path}, creating it with its header, or going on after its last
   * whole line: a torn tail is cut off.
   *
   * @throws IOException if it cannot be read or written, or contradicts itself or {@code session}
   */
  public static ManifestWriter open(Path path, SessionId session) throws IOException {
    FileChannel file =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      StreamDigest digest = new StreamDigest();
      boolean ended = false;
      int attempts;
      long good;
      try (ManifestReader reader = ManifestReader.open(path, session)) {
        while (true) {
          var page = reader.read(digest.chunks(), ManifestReader.MOST_LINES);
          page.chunks().forEach(digest::add);
          ended = page.end().isPresent();
          if (page.chunks().isEmpty()) {
            break;
          }
        }
        attempts = reader.attempts();
        good = reader.wholeBytes();
      }
      file.truncate(good);
      ManifestWriter writer = new ManifestWriter(file, digest, good, attempts, ended);
      if (good == 0) {
        writer.write(new HeaderRecord(session, ManifestRecord.FORMAT));
      }
      return writer;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Returns the digest over the chunks written so far, which also numbers the next one. */
  public StreamDigest digest() {
    return digest;
  }

  /** Returns the number of the source's last attempt that is noted here, 1 or more. */
  public int attempts() {
    return attempts;
  }

  /** Returns whether the end record is written. */
  public boolean ended() {
    return ended;
  }

  /**
   * Appends a chunk; its file must already have its final name.
   *
   * @throws IllegalArgumentException if the chunk does not follow the one before it
   * @throws IllegalStateException if the end record is written
   * @throws IOException if it cannot be written, as on a full disk; it may then be tried again
   */
  public void append(ChunkRecord chunk) throws IOException {
    digest.check(chunk);
    write(chunk);
    digest.add(chunk);
  }

  /**
   * Appends the note that a new attempt of the source begins.
   *
   * @throws IllegalStateException if the end record is written
   * @throws IOException if it cannot be written; it may then be tried again
   */
  public void append(AttemptRecord attempt) throws IOException {
    write(attempt);
    attempts = attempt.attempt();
  }

  /**
   * Appends the end record and forces the file to disk.
   *
   * @throws IllegalArgumentException if it does not count the chunks and bytes that are written
   * @throws IllegalStateException if the end record is written
   * @throws IOException if it cannot be written; it may then be tried again
   */
  public void append(EndRecord end) throws IOException {
    if (!ended && (end.chunks() != digest.chunks() || end.bytes() != digest.bytes())) {
      throw new IllegalArgumentException(
          "an end of "
              + end.chunks()
              + " chunks and "
              + end.bytes()
              + " bytes cannot follow "
              + digest.chunks()
              + " chunks and "
              + digest.bytes()
              + " bytes");
    }
    long before = wholeBytes;
    write(end);
    try {
      file.truncate(wholeBytes);
      file.force(true);
    } catch (IOException e) {
      wholeBytes = before;
      throw e;
    }
    ended = true;
  }

  private void write(ManifestRecord line) throws IOException {
    if (ended) {
      throw new IllegalStateException("nothing may follow the end record");
    }
    ByteBuffer bytes = ByteBuffer.wrap(ManifestLine.encode(line));
    long at = wholeBytes;
    while (bytes.hasRemaining()) {
      at += file.write(bytes, at);
    }
    wholeBytes = at;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

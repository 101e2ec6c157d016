package io.longhaul.protocol.pipe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A descriptor that holds one end, or both, of a FIFO open and does nothing else. While somebody
 * holds the writing end, the reader cannot see an end of file. Not thread-safe.
 */
public final class Fifo implements FifoHold {
  /* The system's default limit for users without privileges (pipe(7)). */
  private static final int PIPE_BYTES = 1 << 20;

  private int descriptor;

  private Fifo(int descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * Makes a FIFO of mode 0600 with a buffer of 1 MiB where the system allows it, and holds both
   * ends, so that others can open either end at once.
   *
   * @throws IOException if it exists or cannot be made
   */
  public static Fifo create(Path path) throws IOException {
    Posix.mkfifo(path);
    Fifo both = new Fifo(Posix.open(path, Posix.O_RDWR));
    /* Only an empty pipe may be enlarged: openzfs#13232. */
    Posix.setPipeSize(both.descriptor, PIPE_BYTES);
    return both;
  }

  /** Holds both ends of an existing FIFO, so that others can open either end at once. */
  public static Fifo holdBothEnds(Path path) throws IOException {
    return new Fifo(Posix.open(path, Posix.O_RDWR));
  }

  /**
   * Holds the writing end of an existing FIFO.
   *
   * @return empty if no process has the reading end open
   */
  public static Optional<Fifo> holdWritingEnd(Path path) throws IOException {
    int descriptor = Posix.open(path, Posix.O_WRONLY);
    return descriptor < 0 ? Optional.empty() : Optional.of(new Fifo(descriptor));
  }

  /**
   * Holds the reading end of an existing FIFO, so that what was written and not read can be counted
   * after its reader has ended.
   */
  public static Fifo holdReadingEnd(Path path) throws IOException {
    return new Fifo(Posix.open(path, Posix.O_RDONLY));
  }

  @Override
  public int unreadBytes() throws IOException {
    return Posix.unread(descriptor);
  }

  @Override
  public void close() {
    if (descriptor >= 0) {
      Posix.close(descriptor);
      descriptor = -1;
    }
  }
}

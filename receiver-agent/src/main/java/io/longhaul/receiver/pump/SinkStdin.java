package io.longhaul.receiver.pump;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.longhaul.protocol.pipe.FifoHold;
import io.longhaul.protocol.pipe.Fifos;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/**
 * The pump's end of the sink's FIFO: a channel to write to, and a hold beside it, so that the
 * channel can be closed under a blocked writer while the sink still sees no end of file.
 * Thread-safe.
 */
final class SinkStdin implements WritableByteChannel {
  private final Fifos fifos;
  private final WritableByteChannel feed;

  @GuardedBy("this")
  private FifoHold hold;

  @GuardedBy("this")
  private boolean closed;

  private SinkStdin(Fifos fifos, WritableByteChannel feed, FifoHold hold) {
    this.fifos = fifos;
    this.feed = feed;
    this.hold = hold;
  }

  /** Opens the FIFO; nobody needs to read it yet, and the agent need not be there. */
  static SinkStdin open(Path fifo, Fifos fifos) throws IOException {
    FifoHold both = fifos.holdBothEnds(fifo);
    try {
      return new SinkStdin(fifos, fifos.writer(fifo), both);
    } catch (IOException e) {
      both.close();
      throw e;
    }
  }

  /** Gives up the reading end, once the sink has it: from now on its exit is noticed. */
  synchronized void sinkRuns(Path fifo) throws IOException {
    if (closed) {
      return; // it has failed already; opened again, nobody would close it
    }
    FifoHold both = hold;
    hold = fifos.holdWritingEnd(fifo).orElseThrow(() -> new IOException("nobody reads " + fifo));
    both.close();
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    return feed.write(bytes);
  }

  /** Ends a write that waits, and all later ones; the sink sees nothing of that. */
  void stopFeeding() {
    try {
      feed.close();
    } catch (IOException e) {
      System.out.println("closing the sink's FIFO: " + e);
    }
  }

  @Override
  public boolean isOpen() {
    return feed.isOpen();
  }

  /** Lets the sink see the end of file. */
  @Override
  public synchronized void close() {
    closed = true;
    stopFeeding();
    hold.close();
  }
}

package io.longhaul.packaging.simulation;

import io.longhaul.protocol.pipe.FifoHold;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A FIFO: whoever reads it sees its end when it is empty and nobody has its writing end open. */
final class Pipe {
  private static final int CAPACITY = 6000;
  private static final Duration LOOK = Duration.ofMillis(3);

  private final byte[] bytes = new byte[CAPACITY];
  private final List<End> open = new ArrayList<>();
  private int first;
  private int count;

  /** One descriptor of a process. */
  final class End implements FifoHold, WritableByteChannel {
    private final SimProcess owner;
    private final boolean reads;
    private final boolean writes;
    private boolean closed;

    private End(SimProcess owner, boolean reads, boolean writes) {
      this.owner = owner;
      this.reads = reads;
      this.writes = writes;
    }

    SimProcess owner() {
      return owner;
    }

    @Override
    public int unreadBytes() {
      return count;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
      owner.operation("feed");
      while (!closed && hasReader() && count == CAPACITY) {
        try {
          owner.world().scheduler().sleep(LOOK);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new ClosedByInterruptException();
        }
      }
      if (closed) {
        throw new ClosedChannelException();
      }
      if (!hasReader()) {
        throw new IOException("Broken pipe");
      }
      int length = Math.min(from.remaining(), CAPACITY - count);
      for (int i = 0; i < length; i++) {
        bytes[(first + count++) % CAPACITY] = from.get();
      }
      return length;
    }

    @Override
    public boolean isOpen() {
      return !closed;
    }

    @Override
    public void close() {
      closed = true;
      open.remove(this);
    }
  }

  End open(SimProcess owner, boolean reads, boolean writes) {
    End end = new End(owner, reads, writes);
    open.add(end);
    owner.ends().add(end);
    return end;
  }

  /** Returns the processes that have it open, each once. */
  List<SimProcess> users() {
    return open.stream().map(End::owner).distinct().toList();
  }

  boolean hasReader() {
    return open.stream().anyMatch(end -> end.reads);
  }

  boolean hasWriter() {
    return open.stream().anyMatch(end -> end.writes);
  }

  /** Takes up to {@code most} bytes; none if it is empty. */
  byte[] take(int most) {
    byte[] taken = new byte[Math.min(most, count)];
    for (int i = 0; i < taken.length; i++) {
      taken[i] = bytes[first];
      first = (first + 1) % CAPACITY;
    }
    count -= taken.length;
    return taken;
  }
}

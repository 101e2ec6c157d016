package io.longhaul.packaging.simulation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/** An open file of a simulated process: a write may be torn by a crash, or find the disk full. */
final class SimFileChannel extends FileChannel {
  private final SimProcess process;
  private final Disk disk;
  private final String path;
  private final Disk.Node node;
  private long position;

  SimFileChannel(SimProcess process, Disk disk, String path, Disk.Node node) {
    this.process = process;
    this.disk = disk;
    this.path = path;
    this.node = node;
  }

  /* An interrupt closes the channel in use, as it does with a real one. */
  private void check() throws IOException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
    if (Thread.currentThread().isInterrupted()) {
      close();
      throw new ClosedByInterruptException();
    }
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    int read = read(into, position);
    position += Math.max(0, read);
    return read;
  }

  @Override
  public int read(ByteBuffer into, long at) throws IOException {
    check();
    int length = (int) Math.min(into.remaining(), node.size() - at);
    if (length <= 0) {
      return into.hasRemaining() ? -1 : 0;
    }
    byte[] bytes = new byte[length];
    node.get((int) at, bytes, length);
    into.put(bytes);
    return length;
  }

  @Override
  public long read(ByteBuffer[] into, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    int written = write(from, position);
    position += written;
    return written;
  }

  @Override
  public int write(ByteBuffer from, long at) throws IOException {
    check();
    World world = process.world();
    byte[] bytes = new byte[from.remaining()];
    from.duplicate().get(bytes);
    int length = bytes.length;
    boolean torn = process.crashesNow("write " + path);
    if (torn) {
      length = world.random(length + 1);
    } else if (disk.isFull()) {
      length = world.random(length + 1) / 2;
      if (length == 0) {
        throw new IOException("No space left on device");
      }
    }
    long where =
        world.planted().contains(Planted.TORN_TAIL_KEPT) && path.endsWith("manifest.jsonl")
            ? node.size()
            : at;
    node.put((int) where, bytes, length);
    from.position(from.position() + length);
    if (torn) {
      process.crash();
    }
    world.judge().changed(process.host(), path);
    world.maybeYield();
    return length;
  }

  @Override
  public long write(ByteBuffer[] from, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public FileChannel position(long to) {
    position = to;
    return this;
  }

  @Override
  public long size() throws IOException {
    check();
    return node.size();
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    check();
    if (size < node.size() && !process.world().planted().contains(Planted.TORN_TAIL_KEPT)) {
      process.operation("truncate " + path);
      node.truncate((int) size);
    }
    return this;
  }

  @Override
  public void force(boolean metadata) throws IOException {
    check();
    process.operation("force " + path);
    if (node.isDirectory()) {
      disk.forceNames(path);
    } else {
      node.force();
    }
  }

  @Override
  public long transferTo(long from, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long to, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long from, long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock lock(long from, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }

  @Override
  public @Nullable FileLock tryLock(long from, long size, boolean shared) {
    SimProcess holder = node.locker();
    if (holder != null && holder != process) {
      return null;
    }
    if (!shared) {
      node.lock(process);
    }
    return new Held(from, size, shared);
  }

  /* POSIX: closing any descriptor of the file drops the lock of this process. */
  @Override
  protected void implCloseChannel() {
    if (node.locker() == process) {
      node.lock(null);
    }
  }

  private final class Held extends FileLock {
    Held(long from, long size, boolean shared) {
      super(SimFileChannel.this, from, size, shared);
    }

    @Override
    public boolean isValid() {
      return SimFileChannel.this.isOpen();
    }

    @Override
    public void release() {
      if (!isShared() && node.locker() == process) {
        node.lock(null);
      }
    }
  }
}

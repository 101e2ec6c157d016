package io.longhaul.sender.pump;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.concurrent.BlockingQueue;

/**
 * The thread that reads the source's pipe into blocks and does nothing else. It is ended by closing
 * the pipe; an interrupt cannot free a thread from a pipe's read.
 */
final class PipeReader implements Runnable {
  private final FileInputStream pipe;
  private final BlockPool blocks;
  private final BlockingQueue<PumpEvent> events;

  private PipeReader(FileInputStream pipe, BlockPool blocks, BlockingQueue<PumpEvent> events) {
    this.pipe = pipe;
    this.blocks = blocks;
    this.events = events;
  }

  /** Starts to read {@code pipe}; what it finds goes to {@code events}. */
  static void start(FileInputStream pipe, BlockPool blocks, BlockingQueue<PumpEvent> events) {
    Thread.ofPlatform().daemon().name("pipe-reader").start(new PipeReader(pipe, blocks, events));
  }

  @Override
  public void run() {
    try {
      FileChannel channel = pipe.getChannel();
      while (true) {
        Block block = blocks.take();
        boolean open = fill(channel, block.bytes());
        if (block.bytes().flip().hasRemaining()) {
          events.add(new PumpEvent.Read(block));
        }
        if (!open) {
          pipe.close();
          events.add(new PumpEvent.EndOfFile());
          return;
        }
      }
    } catch (ClosedChannelException e) {
      return; // the pump is ending the source
    } catch (IOException e) {
      events.add(new PumpEvent.Broken(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for bytes and then takes all that is there: few large blocks also from small writes. */
  private boolean fill(FileChannel channel, ByteBuffer bytes) throws IOException {
    do {
      if (channel.read(bytes) < 0) {
        return false;
      }
    } while (bytes.hasRemaining() && pipe.available() > 0);
    return true;
  }
}

package io.longhaul.sender.pump;

import io.longhaul.protocol.pipe.OwnImage;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.retry.Sleeper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What the machine is to a send pump; a simulation has its own.
 *
 * @param nanos elapsed time, in nanoseconds
 * @param sleeper waits
 * @param self the pump's own process
 * @param rehearsal is done in the session's directory before the source is started
 * @param sources starts the source
 * @param queues makes the queue of events of one attempt
 * @param hashers makes the threads that hash in one attempt
 */
record PumpMachine(
    LongSupplier nanos,
    Sleeper sleeper,
    ProcessIdentity self,
    Rehearsal rehearsal,
    Source.Starter sources,
    Supplier<BlockingQueue<PumpEvent>> queues,
    Supplier<ExecutorService> hashers) {
  /** Does once what the pump will do later, so that it no longer needs its image then. */
  @FunctionalInterface
  interface Rehearsal {
    /** Runs it; nobody else may start a child in the directory meanwhile. */
    void in(Path directory) throws InterruptedException;
  }

  /** Returns the one that this process runs on. */
  static PumpMachine real() throws IOException {
    return new PumpMachine(
        System::nanoTime,
        Sleeper.REAL,
        ProcessIdentity.self(),
        OwnImage::load,
        PipedSource::start,
        LinkedBlockingQueue::new,
        PumpMachine::hashThreads);
  }

  private static ExecutorService hashThreads() {
    return Executors.newFixedThreadPool(
        Runtime.getRuntime().availableProcessors(),
        Thread.ofPlatform().daemon().name("hash-", 0).factory());
  }

  /** Returns the elapsed time, in nanoseconds from an unknown beginning. */
  long now() {
    return nanos.getAsLong();
  }
}

package io.longhaul.sender.pump;

import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.retry.Sleeper;
import java.io.IOException;
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
 * @param sources starts the source
 * @param queues makes the queue of events of one attempt
 * @param hashers makes the threads that hash in one attempt
 */
record PumpMachine(
    LongSupplier nanos,
    Sleeper sleeper,
    ProcessIdentity self,
    Source.Starter sources,
    Supplier<BlockingQueue<PumpEvent>> queues,
    Supplier<ExecutorService> hashers) {
  /** Returns the one that this process runs on. */
  static PumpMachine real() throws IOException {
    return new PumpMachine(
        System::nanoTime,
        Sleeper.REAL,
        ProcessIdentity.self(),
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

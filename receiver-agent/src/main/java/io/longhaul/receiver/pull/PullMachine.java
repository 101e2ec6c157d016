package io.longhaul.receiver.pull;

import io.longhaul.protocol.chunk.ChunkDigests;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiPredicate;
import java.util.function.Supplier;

/**
 * What the machine is to a puller; a simulation has its own, and may break it on purpose.
 *
 * @param clock time and chance
 * @param connections the most connections to the sender
 * @param computing makes the threads of one run that compute
 * @param same tells whether the digests of a chunk's file are those of its record
 */
public record PullMachine(
    PullClock clock,
    int connections,
    Supplier<ExecutorService> computing,
    BiPredicate<ChunkDigests, ChunkDigests> same) {
  /** The one that this process runs on. */
  public static final PullMachine REAL = real(PullClock.REAL);

  static PullMachine real(PullClock clock) {
    return new PullMachine(
        clock, ChunkClient.MOST_CONNECTIONS, PullMachine::verifiers, ChunkDigests::equals);
  }

  private static ExecutorService verifiers() {
    return Executors.newFixedThreadPool(
        Runtime.getRuntime().availableProcessors(),
        Thread.ofPlatform().name("verify-", 0).daemon().factory());
  }
}

package io.longhaul.receiver.pull;

import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.EndRecord;
import io.longhaul.protocol.failure.TransferException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The threads of one run of a puller, and what they have to tell to the one that started it:
 * virtual threads for what waits, as many platform threads as there are processors for what
 * computes.
 */
final class PullTasks implements AutoCloseable {
  /** What a thread tells. */
  sealed interface Event {
    /** A chunk is verified and has its final name. */
    record Verified(ChunkRecord record) implements Event {}

    /** The sender's stream has ended well. */
    record Ended(EndRecord end) implements Event {}

    /** The sender has started its source again: what is verified has to be compared first. */
    record Repeated(int attempt) implements Event {}

    /** The session cannot go on. */
    record Stopped(TransferException why) implements Event {}

    /** A thread met a bug. */
    record Broken(Throwable bug) implements Event {}
  }

  /** What a thread does. */
  @FunctionalInterface
  interface Task {
    /** Ends normally, by interrupt, or with what ends the run. */
    void run() throws TransferException, InterruptedException;
  }

  private final ExecutorService waiting =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("pull-", 0).factory());
  private final ExecutorService computing;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

  /**
   * Creates the tasks of one run.
   *
   * @param computing the threads that compute; ended with the run
   */
  PullTasks(ExecutorService computing) {
    this.computing = computing;
  }

  /** Runs a task that mostly waits. */
  void start(Task task) {
    waiting.execute(() -> run(task));
  }

  /** Runs a task that mostly computes, when a processor is free. */
  void compute(Task task) {
    computing.execute(() -> run(task));
  }

  private void run(Task task) {
    try {
      task.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the run is over
    } catch (TransferException e) {
      events.add(new Event.Stopped(e));
    } catch (RuntimeException | Error e) {
      events.add(new Event.Broken(e));
    }
  }

  /** Tells something to whoever calls {@link #next}. */
  void tell(Event event) {
    events.add(event);
  }

  /** Waits for the next thing that a thread tells. */
  Event next() throws InterruptedException {
    return events.take();
  }

  /** Interrupts all threads and waits for them. */
  @Override
  public void close() {
    waiting.shutdownNow();
    computing.shutdownNow();
    waiting.close();
    computing.close();
  }
}

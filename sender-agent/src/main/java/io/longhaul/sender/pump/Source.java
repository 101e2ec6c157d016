package io.longhaul.sender.pump;

import io.longhaul.protocol.pipe.Command;
import io.longhaul.protocol.pipe.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;

/** The source while it runs. What it gives and how it ends goes to a queue of events. */
interface Source {
  /** Starts sources. */
  @FunctionalInterface
  interface Starter {
    /**
     * Starts the command with its stdout in a new FIFO, and reads it into {@code events}.
     *
     * @throws IOException if the program cannot be started
     */
    Source start(Command command, Path fifo, BlockPool blocks, BlockingQueue<PumpEvent> events)
        throws IOException;
  }

  /** Returns which process it is. */
  ProcessIdentity identity();

  /**
   * Ends the source, whether or not it has ended by itself.
   *
   * @param grace the wait after SIGTERM, and again after SIGKILL
   * @return its exit status; empty if it could not be ended
   */
  Optional<Integer> end(Duration grace) throws IOException, InterruptedException;

  /** Returns the last that the source said. */
  String stderrTail() throws InterruptedException;
}

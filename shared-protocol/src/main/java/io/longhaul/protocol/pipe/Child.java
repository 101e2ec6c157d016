package io.longhaul.protocol.pipe;

import io.longhaul.protocol.retry.Sleeper;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** A source or a sink that was started, as its pump sees it; see {@link ChildProcess}. */
public interface Child {
  /** Returns which process it is. */
  ProcessIdentity identity();

  /** Waits for the exit status, at most {@code most}; empty if it still runs. */
  Optional<Integer> awaitExit(Duration most) throws InterruptedException;

  /**
   * Ends the whole group within twice the grace period. For a source, close our reading end before;
   * for a sink, close its stdin only after this has returned.
   *
   * @return whether it is gone
   */
  boolean end(Duration grace, Sleeper sleeper) throws IOException, InterruptedException;

  /** Returns the last that the child said. */
  String stderrTail() throws InterruptedException;
}

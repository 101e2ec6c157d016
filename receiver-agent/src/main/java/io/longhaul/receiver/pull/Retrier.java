package io.longhaul.receiver.pull;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.failure.RetryableException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.retry.Backoff;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the sender again and again, over any outage. Used by one thread. */
final class Retrier {
  private static final Logger LOG = LoggerFactory.getLogger(Retrier.class);

  private final SessionId session;
  private final PullClock clock;

  Retrier(SessionId session, PullClock clock) {
    this.session = session;
    this.clock = clock;
  }

  /** What is asked for. */
  @FunctionalInterface
  interface Call<T> {
    /** Asks once. */
    T once() throws TransferException, InterruptedException;
  }

  /**
   * Returns the first answer.
   *
   * @param what names the attempt, for the log
   * @throws TransferException if the session cannot go on; never a {@link RetryableException}
   */
  <T> T repeat(String what, Call<T> call) throws TransferException, InterruptedException {
    for (int failures = 1; ; failures++) {
      try {
        return call.once();
      } catch (RetryableException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedException();
        }
        LOG.atWarn()
            .addKeyValue("session", session)
            .addKeyValue("failures", failures)
            .addKeyValue("why", e.getMessage())
            .log("cannot {} yet", what);
        clock
            .sleeper()
            .sleep(Backoff.PEER.after(failures, clock.random().getAsDouble(), e.retryAfter()));
      }
    }
  }
}

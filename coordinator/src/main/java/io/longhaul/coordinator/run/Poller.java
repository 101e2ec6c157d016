package io.longhaul.coordinator.run;

import io.longhaul.coordinator.agent.Agent;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.RetryableException;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.retry.Backoff;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/*
 * The first looks follow each other quickly, so that a transfer of a second does not take a second longer
 * because of us; then twice a second is enough for a person.
 */

/** Asks one agent about one session, again and again, until interrupted. */
final class Poller<S> {
  private static final Duration FIRST = Duration.ofMillis(20);
  private static final Duration EVERY = Duration.ofMillis(500);
  private static final Backoff AWAY =
      new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofMillis(500));

  private final Agent<?, S> agent;
  private final SessionId id;
  private final Consumer<Look<S>> news;

  Poller(Agent<?, S> agent, SessionId id, Consumer<Look<S>> news) {
    this.agent = agent;
    this.id = id;
    this.news = news;
  }

  /** What one question brought. */
  sealed interface Look<S> {
    /** The agent answered. */
    record Status<S>(S status) implements Look<S> {}

    /** The agent says that there is no such session. */
    record Gone<S>() implements Look<S> {}

    /** The agent did not answer, or not to the question. */
    record Silence<S>(TransferException why) implements Look<S> {}
  }

  /** Asks until the thread is interrupted. */
  void run() throws InterruptedException {
    int failures = 0;
    Duration pause = FIRST;
    while (true) {
      Look<S> look = look();
      news.accept(look);
      if (look instanceof Look.Silence<S> silence) {
        failures++;
        Thread.sleep(
            AWAY.after(failures, ThreadLocalRandom.current().nextDouble(), wish(silence.why())));
      } else {
        failures = 0;
        Thread.sleep(pause);
        pause = pause.multipliedBy(2).compareTo(EVERY) > 0 ? EVERY : pause.multipliedBy(2);
      }
    }
  }

  private Look<S> look() {
    try {
      return new Look.Status<>(agent.status(id));
    } catch (SessionEndedException e) {
      return e.failure().kind() == FailureKind.NO_SUCH_SESSION
          ? new Look.Gone<>()
          : new Look.Silence<>(e);
    } catch (TransferException e) {
      return new Look.Silence<>(e);
    }
  }

  private static Duration wish(TransferException why) {
    return why instanceof RetryableException retryable ? retryable.retryAfter() : Duration.ZERO;
  }
}

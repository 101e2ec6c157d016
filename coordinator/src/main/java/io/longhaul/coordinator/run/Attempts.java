package io.longhaul.coordinator.run;

import io.longhaul.protocol.failure.RetryableException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.retry.Backoff;
import io.longhaul.protocol.retry.Sleeper;
import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * Repeats a control call a few times before a person is told. All calls of the API may be repeated.
 *
 * @param sleeper waits between two attempts
 * @param random in [0, 1)
 */
public record Attempts(Sleeper sleeper, DoubleSupplier random) {
  private static final int MOST = 5;
  private static final Backoff BACKOFF =
      new Backoff(Duration.ofMillis(500), Duration.ofSeconds(4), Duration.ofMillis(200));

  /** One call. */
  @FunctionalInterface
  public interface Call<T> {
    /** Makes the call once. */
    T make() throws TransferException;
  }

  /** Repeats while a living agent answers that it is not ready; an agent out of reach ends it. */
  public <T> T whileItAnswers(Call<T> call) throws TransferException, InterruptedException {
    return repeat(call, false);
  }

  /** Repeats also while nobody is reached: what was asked may have been done already. */
  public <T> T untilItAnswers(Call<T> call) throws TransferException, InterruptedException {
    return repeat(call, true);
  }

  private <T> T repeat(Call<T> call, boolean alsoUnreached)
      throws TransferException, InterruptedException {
    for (int failures = 1; ; failures++) {
      try {
        return call.make();
      } catch (RetryableException e) {
        if (failures == MOST || !(e.peerAnswered() || alsoUnreached)) {
          throw e;
        }
        sleeper.sleep(BACKOFF.after(failures, random.getAsDouble(), e.retryAfter()));
      }
    }
  }
}

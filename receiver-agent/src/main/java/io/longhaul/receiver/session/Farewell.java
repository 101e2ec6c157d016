package io.longhaul.receiver.session;

import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.RetryableException;
import io.longhaul.protocol.failure.SessionPausedException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.retry.Backoff;
import io.longhaul.protocol.retry.Sleeper;
import io.longhaul.receiver.pull.SenderClient;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the sender how a session ended, again and again until it is told or the limit is over. */
final class Farewell {
  private static final Logger LOG = LoggerFactory.getLogger(Farewell.class);

  private final SenderClient sender;
  private final Optional<Failure> failure;
  private final Sleeper sleeper;
  private final DoubleSupplier random;
  private int failures;

  /**
   * Creates the farewell of one session.
   *
   * @param failure why the stream was not delivered; empty if it was
   */
  Farewell(SenderClient sender, Optional<Failure> failure, ReceiveMachine machine) {
    this.sender = sender;
    this.failure = failure;
    this.sleeper = machine.sleeper();
    this.random = machine.pull().clock().random();
  }

  /** Tries once; returns empty if the sender is told, or how long to wait before the next try. */
  Optional<Duration> tell() {
    Duration asked;
    try {
      if (failure.isPresent()) {
        sender.abort(failure.get());
      } else {
        sender.complete();
      }
      return Optional.empty();
    } catch (RetryableException e) {
      asked = e.retryAfter();
    } catch (SessionPausedException e) {
      LOG.atWarn().addKeyValue("reason", e.getMessage()).log("the sender refuses the farewell");
      asked = Backoff.PEER.ceiling();
    } catch (TransferException e) {
      LOG.atInfo().addKeyValue("reason", e.getMessage()).log("the sender has ended already");
      return Optional.empty();
    }
    failures++;
    return Optional.of(Backoff.PEER.after(failures, random.getAsDouble(), asked));
  }

  /** Tries as long as {@code goOn} says so, at most for {@code limit}. */
  void repeat(Duration limit, BooleanSupplier goOn) throws InterruptedException {
    long began = System.nanoTime();
    for (Optional<Duration> wait = tell(); wait.isPresent() && goOn.getAsBoolean(); wait = tell()) {
      if (System.nanoTime() - began > limit.toNanos()) {
        LOG.atWarn().log("the sender could not be told the end");
        return;
      }
      sleeper.sleep(wait.get());
    }
  }
}

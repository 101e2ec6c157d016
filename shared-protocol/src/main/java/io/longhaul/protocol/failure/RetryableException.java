package io.longhaul.protocol.failure;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** This attempt failed; the same thing may be tried again. */
public final class RetryableException extends TransferException {
  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;
  private final boolean peerAnswered;

  /** Creates a failure of the way to the peer: nobody answered. */
  public RetryableException(String message, @Nullable Throwable cause) {
    super(message, cause);
    this.retryAfter = Duration.ZERO;
    this.peerAnswered = false;
  }

  /**
   * Creates a failure that a living peer answered.
   *
   * @param retryAfter the peer's wish; zero when it said nothing
   */
  public RetryableException(String message, Duration retryAfter) {
    super(message, null);
    this.retryAfter = retryAfter;
    this.peerAnswered = true;
  }

  /**
   * Creates a failure that a living peer answered with an HTTP status.
   *
   * @param retryAfter the peer's wish; zero when it said nothing
   */
  RetryableException(String message, Duration retryAfter, int status) {
    super(message, status);
    this.retryAfter = retryAfter;
    this.peerAnswered = true;
  }

  /** Returns how long the peer asks to wait at least; zero when it said nothing. */
  public Duration retryAfter() {
    return retryAfter;
  }

  /** Returns whether a living peer answered, as against nobody having been reached. */
  public boolean peerAnswered() {
    return peerAnswered;
  }
}

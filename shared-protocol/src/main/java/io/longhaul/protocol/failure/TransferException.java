package io.longhaul.protocol.failure;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A failure of the world that a transfer met. The subtype says how far it reaches: {@link
 * RetryableException} this attempt, {@link SessionPausedException} and {@link
 * SessionEndedException} this session, {@link AgentFailedException} the whole agent. One session's
 * failure never decides for another.
 */
public abstract sealed class TransferException extends Exception
    permits RetryableException,
        SessionPausedException,
        SessionEndedException,
        AgentFailedException {
  private static final long serialVersionUID = 1L;

  private final transient OptionalInt status;

  TransferException(String message, @Nullable Throwable cause) {
    super(Said.fit(message), cause);
    this.status = OptionalInt.empty();
  }

  TransferException(String message, int status) {
    super(Said.fit(message));
    this.status = OptionalInt.of(status);
  }

  /** Returns the HTTP status that said so; empty if it was no HTTP answer. */
  public OptionalInt status() {
    return status;
  }
}

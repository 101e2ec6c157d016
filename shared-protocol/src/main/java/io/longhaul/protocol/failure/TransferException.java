package io.longhaul.protocol.failure;

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

  TransferException(String message, @Nullable Throwable cause) {
    super(Said.fit(message), cause);
  }
}

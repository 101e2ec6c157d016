package io.longhaul.protocol.failure;

import org.jspecify.annotations.Nullable;

/**
 * The agent as a whole cannot work: its configuration, its port, its spool root. It exits with 1.
 */
public final class AgentFailedException extends TransferException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure with what to do about it. */
  public AgentFailedException(String message) {
    super(message, null);
  }

  /** Creates the failure with the exception behind it. */
  public AgentFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

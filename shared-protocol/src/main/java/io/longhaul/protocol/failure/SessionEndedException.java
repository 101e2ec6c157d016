package io.longhaul.protocol.failure;

import org.jspecify.annotations.Nullable;

/** This session has failed; other sessions are not affected. */
public final class SessionEndedException extends TransferException {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  /** Creates the end of a session. */
  public SessionEndedException(Failure failure) {
    this(failure, null);
  }

  /** Creates the end of a session with the exception behind it. */
  public SessionEndedException(Failure failure, @Nullable Throwable cause) {
    super(failure.message(), cause);
    this.failure = failure;
  }

  /** Creates the end of a session that an HTTP status told. */
  SessionEndedException(Failure failure, int status) {
    super(failure.message(), status);
    this.failure = failure;
  }

  /** Returns what ends the session. */
  public Failure failure() {
    return failure;
  }
}

package io.longhaul.protocol.failure;

/** This session cannot go on until a person changes something: retry slowly and raise an alarm. */
public final class SessionPausedException extends TransferException {
  private static final long serialVersionUID = 1L;

  private final FailureKind kind;

  /** Creates the pause with what has to be changed. */
  public SessionPausedException(FailureKind kind, String message) {
    super(message, null);
    this.kind = kind;
  }

  /** Creates the pause of a session that was refused something with an HTTP status. */
  SessionPausedException(String message, int status) {
    super(message, status);
    this.kind = FailureKind.PEER_REFUSED;
  }

  /** Returns what the session waits for. */
  public Failure failure() {
    return Failure.resumable(kind, String.valueOf(getMessage()));
  }
}

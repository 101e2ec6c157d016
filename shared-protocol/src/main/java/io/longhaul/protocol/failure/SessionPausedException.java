package io.longhaul.protocol.failure;

/** This session cannot go on until a person changes something: retry slowly and raise an alarm. */
public final class SessionPausedException extends TransferException {
  private static final long serialVersionUID = 1L;

  private final FailureKind kind;

  /** Creates the pause of a session that is refused something, with what has to be changed. */
  public SessionPausedException(String message) {
    this(FailureKind.PEER_REFUSED, message);
  }

  /** Creates the pause with what has to be changed. */
  public SessionPausedException(FailureKind kind, String message) {
    super(message, null);
    this.kind = kind;
  }

  /** Returns what the session waits for. */
  public Failure failure() {
    return Failure.resumable(kind, String.valueOf(getMessage()));
  }
}

package io.longhaul.protocol.failure;

/** This session cannot go on until a person changes something: retry slowly and raise an alarm. */
public final class SessionPausedException extends TransferException {
  private static final long serialVersionUID = 1L;

  /** Creates the pause with what has to be changed. */
  public SessionPausedException(String message) {
    super(message, null);
  }
}

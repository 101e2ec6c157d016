package io.longhaul.coordinator;

/** A command cannot do what it was asked; its message is all that the user sees. */
public final class CommandFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final ExitCode code;

  /** Creates the failure with what happened and what to do about it. */
  public CommandFailure(ExitCode code, String message) {
    super(message);
    this.code = code;
  }

  /** Creates the failure with the exception behind it. */
  public CommandFailure(ExitCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** Returns what the command exits with. */
  public ExitCode code() {
    return code;
  }
}

package io.longhaul.coordinator;

/** What a command tells the shell; an interrupt is the Java runtime's own 130. */
public enum ExitCode {
  /** Done. */
  DONE(0),
  /** The transfer failed or was aborted, or an agent does not answer. */
  FAILED(1),
  /** The command line or a configuration file is wrong; nothing was started. */
  USAGE(2),
  /** Nothing moved, or a side was out of reach, for longer than the session's limit. */
  INACTIVE(3);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  /** Returns the exit status. */
  public int number() {
    return number;
  }
}

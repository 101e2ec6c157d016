package io.longhaul.protocol.failure;

/** A wish that somebody known may not have. The answer may hide what the audit log says. */
public final class RefusedException extends ProblemException {
  private static final long serialVersionUID = 1L;

  private final String wish;
  private final String rule;

  /**
   * Creates the exception.
   *
   * @param answer what the asker is told
   * @param wish what was asked for, for the audit log
   * @param rule by which rule it was refused, for the audit log
   */
  public RefusedException(Problem answer, String wish, String rule) {
    super(answer);
    this.wish = wish;
    this.rule = rule;
  }

  /** Returns what was asked for. */
  public String wish() {
    return wish;
  }

  /** Returns by which rule it was refused. */
  public String rule() {
    return rule;
  }
}

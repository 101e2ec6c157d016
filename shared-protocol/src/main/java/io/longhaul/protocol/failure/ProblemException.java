package io.longhaul.protocol.failure;

/** A request that has to be answered with a {@link Problem}. */
public sealed class ProblemException extends Exception permits RefusedException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  /** Creates the exception for a problem of this type. */
  public ProblemException(ProblemType type, String detail) {
    this(Problem.of(type, detail));
  }

  /** Creates the exception for this problem. */
  public ProblemException(Problem problem) {
    super(problem.title() + ": " + problem.detail());
    this.problem = problem;
  }

  /** Returns what to answer. */
  public Problem problem() {
    return problem;
  }
}

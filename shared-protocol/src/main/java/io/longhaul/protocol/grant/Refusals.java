package io.longhaul.protocol.grant;

import io.longhaul.protocol.auth.Identity;
import io.longhaul.protocol.failure.Problem;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.failure.RefusedException;

/** What the answer to a refused wish tells: less than the audit log. */
public final class Refusals {
  private Refusals() {}

  /**
   * Returns the answer to a wish that is not granted, the same whether its object exists or not. An
   * administrator is told the rule.
   *
   * @param wish what was asked for, such as {@code to sweep}
   * @param rule by which rule it was refused
   */
  public static RefusedException notGranted(Identity identity, String wish, String rule) {
    return forbidden(
        "'"
            + identity.name()
            + "' is not granted "
            + wish
            + (identity.admin() ? ": " + rule : "")
            + "; see grants in the agent's configuration, and its log",
        wish,
        rule);
  }

  /** Returns the answer to a wish that only an administrator may have. */
  public static RefusedException notAdministrator(Identity identity, String wish) {
    return forbidden(
        "'" + identity.name() + "' is not an administrator of this agent, as one needs " + wish,
        wish,
        "only an administrator may");
  }

  private static RefusedException forbidden(String detail, String wish, String rule) {
    return new RefusedException(Problem.of(ProblemType.FORBIDDEN, detail), wish, rule);
  }

  /**
   * Returns the answer to one who may have no more sessions now.
   *
   * @param whose the identity whose sessions are counted
   * @param wish what was asked for
   */
  public static RefusedException tooManySessions(String whose, String wish, Quota quota) {
    return new RefusedException(
        Problem.of(
            ProblemType.TOO_MANY_REQUESTS,
            "Tried to create a session but '"
                + whose
                + "' may have "
                + quota.sessions()
                + " at a time; wait until one has ended"),
        wish,
        "the grant of '" + whose + "': sessions is " + quota.sessions());
  }

  /**
   * Returns the answer to one who asks for a session of others: as if there were none.
   *
   * @param none what is answered for a session that does not exist
   */
  public static RefusedException ofOthers(Problem none, String wish) {
    return new RefusedException(none, wish, "the session belongs to others");
  }
}

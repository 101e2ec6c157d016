package io.longhaul.protocol.grant;

import io.longhaul.protocol.auth.Identity;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs each refusal with identity, wish and rule. The answer tells the asker less. */
public final class Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

  private Refusals() {}

  /**
   * Returns the answer to a wish that is not granted, the same whether its object exists or not. An
   * administrator is told the rule.
   *
   * @param wish what was asked for, such as {@code to sweep}
   * @param rule by which rule it was refused
   */
  public static ProblemException notGranted(Identity identity, String wish, String rule) {
    log(identity, wish, rule);
    return new ProblemException(
        ProblemType.FORBIDDEN,
        "'"
            + identity.name()
            + "' is not granted "
            + wish
            + (identity.admin() ? ": " + rule : "")
            + "; see grants in the agent's configuration, and its log");
  }

  /** Returns the answer to a wish that only an administrator may have. */
  public static ProblemException notAdministrator(Identity identity, String wish) {
    log(identity, wish, "only an administrator may");
    return new ProblemException(
        ProblemType.FORBIDDEN,
        "'" + identity.name() + "' is not an administrator of this agent, as one needs " + wish);
  }

  /** Logs what was refused, where the answer hides that there is anything. */
  public static void log(Identity identity, String wish, String rule) {
    LOG.atWarn()
        .addKeyValue("identity", identity.name())
        .addKeyValue("wish", wish)
        .addKeyValue("rule", rule)
        .log("refused");
  }
}

package io.longhaul.protocol.grant;

/** What was decided about a wish. */
public sealed interface Decision {
  /** It is granted, within a quota. */
  record Allowed(Quota quota) implements Decision {}

  /**
   * It is not granted.
   *
   * @param rule whose grant lacks what, for the agent's log; the asker is not told
   */
  record Refused(String rule) implements Decision {}
}

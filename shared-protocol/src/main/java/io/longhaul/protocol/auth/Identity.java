package io.longhaul.protocol.auth;

/**
 * Who is asking.
 *
 * @param name as the agent's configuration gives it
 * @param admin whether it may end sessions of others
 */
public record Identity(String name, boolean admin) {
  /** Everybody on this machine, where an agent on a loopback address has no tokens configured. */
  public static final Identity LOCAL = new Identity("local", true);
}

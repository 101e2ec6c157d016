package io.longhaul.protocol;

/** The paths of HTTP API version 1, relative to an agent's base URL, without a leading slash. */
public final class ApiPaths {
  /** Who the agent is and what it can do. */
  public static final String AGENT = "v1/agent";

  /** The send sessions of a sender-agent. */
  public static final String SENDS = "v1/sends";

  /** The receive sessions of a receiver-agent. */
  public static final String RECEIVES = "v1/receives";

  /** The senders that a receiver-agent may pull from. */
  public static final String PEERS = "v1/peers";

  /** What is stale in the agent's spool, and its removal. */
  public static final String SWEEP = "v1/sweep";

  /** The datasets of an agent's machine. */
  public static final String FILESYSTEMS = "v1/filesystems";

  /** Changes to datasets, snapshots and bookmarks. */
  public static final String CHANGES = FILESYSTEMS + "/changes";

  /** How long streams would be. */
  public static final String ESTIMATES = FILESYSTEMS + "/estimates";

  /** What resume tokens say. */
  public static final String TOKENS = FILESYSTEMS + "/tokens";

  private ApiPaths() {}

  /** Returns the path of one send session. */
  public static String send(SessionId id) {
    return SENDS + "/" + id;
  }

  /** Returns the path of one receive session. */
  public static String receive(SessionId id) {
    return RECEIVES + "/" + id;
  }

  /** Returns the path of a send session's manifest. */
  public static String manifest(SessionId id) {
    return send(id) + "/manifest";
  }

  /** Returns the path of chunk {@code number} of a send session. */
  public static String chunk(SessionId id, long number) {
    return send(id) + "/chunks/" + number;
  }
}

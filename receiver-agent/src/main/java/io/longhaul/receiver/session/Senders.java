package io.longhaul.receiver.session;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.client.AgentAddress;
import io.longhaul.protocol.client.AgentClient;
import io.longhaul.protocol.client.AgentConnection;
import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.tls.Tls;
import io.longhaul.protocol.wire.AgentInfo;
import io.longhaul.protocol.wire.PeerInfo;
import io.longhaul.receiver.pull.SenderClient;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The senders that this agent's own configuration names. A request can only choose among them: a
 * receiver never sends its credential to an address that somebody told it. Immutable.
 */
public final class Senders {
  private static final String PROGRAM = "receiver-agent";
  private static final int MOST_CONNECTIONS = 96;

  private final Map<String, AgentAddress> addresses;
  private final Connector connector;

  /**
   * Creates the senders by name.
   *
   * @param tls who we are at those that want a certificate
   */
  public Senders(Map<String, AgentAddress> addresses, Optional<Tls> tls) {
    this(addresses, (address, idle) -> AgentConnection.to(PROGRAM, address, tls, idle));
  }

  /** Creates the senders by name, reached in this way. */
  Senders(Map<String, AgentAddress> addresses, Connector connector) {
    this.connector = connector;
    this.addresses = Map.copyOf(addresses);
  }

  /** Prepares to talk to a sender; see {@link AgentConnection#to}. */
  @FunctionalInterface
  interface Connector {
    /** Returns how to reach it. */
    AgentConnection connect(AgentAddress address, int idle) throws ConfigException;
  }

  /**
   * Returns the address of a sender.
   *
   * @throws ProblemException if the configuration has none of this name
   */
  AgentAddress require(String peer) throws ProblemException {
    AgentAddress address = addresses.get(peer);
    if (address == null) {
      throw new ProblemException(
          ProblemType.NOT_FOUND,
          "no peer '%s' is configured here, known are %s; add it under 'peers' in the receiver-agent's configuration"
              .formatted(peer, new TreeSet<>(addresses.keySet())));
    }
    return address;
  }

  /** Returns the calls of one session, over connections of its own. */
  SenderClient client(String peer, SessionId session) throws ProblemException {
    return new SenderClient(connect(require(peer), MOST_CONNECTIONS), session);
  }

  private AgentConnection connect(AgentAddress address, int idle) throws ProblemException {
    try {
      return connector.connect(address, idle);
    } catch (ConfigException e) {
      throw new ProblemException(ProblemType.UNAVAILABLE_HERE, String.valueOf(e.getMessage()));
    }
  }

  /** Returns what a sender says of itself when this agent asks it now. */
  public PeerInfo probe(String peer) throws ProblemException {
    AgentAddress address = require(peer);
    try {
      AgentInfo agent =
          new AgentClient(connect(address, 0), SenderClient.MOST_REPLY_BYTES)
              .get(ApiPaths.AGENT, Duration.ZERO, AgentInfo.class);
      return new PeerInfo(peer, address.url(), Optional.of(agent), Optional.empty());
    } catch (TransferException e) {
      return new PeerInfo(
          peer, address.url(), Optional.empty(), Optional.of(String.valueOf(e.getMessage())));
    }
  }

  /** Returns the names. */
  public SortedSet<String> names() {
    return new TreeSet<>(addresses.keySet());
  }
}

package io.longhaul.coordinator.agent;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.client.AgentAddress;
import io.longhaul.protocol.client.AgentClient;
import io.longhaul.protocol.client.AgentConnection;
import io.longhaul.protocol.client.FilesystemsClient;
import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.tls.Tls;
import io.longhaul.protocol.wire.Abort;
import io.longhaul.protocol.wire.AgentInfo;
import io.longhaul.protocol.wire.PauseRequest;
import io.longhaul.protocol.wire.PeerInfo;
import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.protocol.wire.SweepReport;
import io.longhaul.protocol.wire.SweepRequest;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One agent and the calls it answers; each call is one attempt. Thread-safe.
 *
 * @param <Q> how it is asked for a session
 * @param <S> how it tells of one
 */
public final class Agent<Q, S> {
  private static final String PROGRAM = "coordinator";
  private static final int IDLE_CONNECTIONS = 2;
  private static final Duration PEERS_WAIT = Duration.ofSeconds(50);

  private final String name;
  private final Role role;
  private final URI url;
  private final AgentClient client;
  private final String sessions;
  private final Class<S> status;
  private final Class<S[]> statuses;

  private Agent(
      String name,
      Role role,
      AgentAddress at,
      Optional<Tls> tls,
      String sessions,
      Class<S> status,
      Class<S[]> statuses)
      throws ConfigException {
    this.name = name;
    this.role = role;
    this.url = at.url();
    this.client = new AgentClient(AgentConnection.to(PROGRAM, at, tls, IDLE_CONNECTIONS));
    this.sessions = sessions;
    this.status = status;
    this.statuses = statuses;
  }

  /**
   * Returns the sender-agent of machine {@code name}; connects to nobody yet.
   *
   * @param tls who we are, if it wants a certificate
   * @throws ConfigException if its token file cannot be used
   */
  public static Agent<SendRequest, SendStatus> sender(
      String name, AgentAddress at, Optional<Tls> tls) throws ConfigException {
    return new Agent<>(
        name, Role.SEND, at, tls, ApiPaths.SENDS, SendStatus.class, SendStatus[].class);
  }

  /**
   * Returns the receiver-agent of machine {@code name}; connects to nobody yet.
   *
   * @param tls who we are, if it wants a certificate
   * @throws ConfigException if its token file cannot be used
   */
  public static Agent<ReceiveRequest, ReceiveStatus> receiver(
      String name, AgentAddress at, Optional<Tls> tls) throws ConfigException {
    return new Agent<>(
        name, Role.RECEIVE, at, tls, ApiPaths.RECEIVES, ReceiveStatus.class, ReceiveStatus[].class);
  }

  /** Returns the name that endpoints use. */
  public String name() {
    return name;
  }

  /** Returns which side of a session it serves. */
  public Role role() {
    return role;
  }

  /** Returns where it is. */
  public URI url() {
    return url;
  }

  /** Returns the program that serves a role: {@code sender-agent} or {@code receiver-agent}. */
  public static String program(Role role) {
    return switch (role) {
      case SEND -> "sender-agent";
      case RECEIVE -> "receiver-agent";
    };
  }

  /** Asks who it is. */
  public AgentInfo info() throws TransferException {
    return client.get(ApiPaths.AGENT, Duration.ZERO, AgentInfo.class);
  }

  /** Asks a receiver-agent what it finds when it asks its sender {@code peer}. */
  public PeerInfo peer(String peer) throws TransferException {
    return client.get(ApiPaths.PEERS + "/" + peer, Duration.ZERO, PeerInfo.class);
  }

  /** Asks a receiver-agent what it finds when it asks each of its senders, one after the other. */
  public List<PeerInfo> peers() throws TransferException {
    return List.of(client.get(ApiPaths.PEERS, PEERS_WAIT, PeerInfo[].class));
  }

  /** Creates a session, or finds it there if the same was asked before. */
  public S create(SessionId id, Q request) throws TransferException {
    return client.put(path(id), request, status);
  }

  /** Asks how a session stands. */
  public S status(SessionId id) throws TransferException {
    return client.get(path(id), Duration.ZERO, status);
  }

  /** Asks for all its sessions. */
  public List<S> sessions() throws TransferException {
    return List.of(client.get(sessions, Duration.ZERO, statuses));
  }

  /** Ends a session. */
  public void abort(SessionId id, Failure why) throws TransferException {
    client.post(path(id) + "/abort", new Abort(why), Abort.MOST_WAIT, JsonNode.class);
  }

  /** Pauses a session. */
  public void pause(SessionId id, String reason) throws TransferException {
    client.post(path(id) + "/pause", new PauseRequest(reason), Duration.ZERO, JsonNode.class);
  }

  /** Takes a pause back; does nothing if there is none. */
  public void resume(SessionId id) throws TransferException {
    client.post(path(id) + "/resume", Map.of(), Duration.ZERO, JsonNode.class);
  }

  /** Asks what is stale in its spool, and to delete that unless {@code dryRun}. */
  public SweepReport sweep(SweepRequest request) throws TransferException {
    return client.post(ApiPaths.SWEEP, request, Duration.ZERO, SweepReport.class);
  }

  /**
   * Returns the calls about its datasets.
   *
   * @param reader at a sender-agent, whose grant counts; ours if it is left out
   */
  public FilesystemsClient filesystems(Optional<String> reader) {
    return new FilesystemsClient(client, reader);
  }

  private String path(SessionId id) {
    return sessions + "/" + id;
  }

  /** Returns a name for messages, such as {@code sender-agent of office}. */
  @Override
  public String toString() {
    return program(role) + " of " + name;
  }
}

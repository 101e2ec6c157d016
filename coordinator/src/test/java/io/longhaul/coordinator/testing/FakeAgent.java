package io.longhaul.coordinator.testing;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.auth.TokenAuthenticator;
import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.failure.AgentFailedException;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.server.ApiRoutes;
import io.longhaul.protocol.server.Endpoint;
import io.longhaul.protocol.server.HttpServer;
import io.longhaul.protocol.server.Reply;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.wire.Abort;
import io.longhaul.protocol.wire.AgentInfo;
import io.longhaul.protocol.wire.PauseRequest;
import io.longhaul.protocol.wire.PeerInfo;
import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.wire.SweepReport;
import io.longhaul.protocol.wire.SweepRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * An agent that says what it is told to say, over real HTTP. It is scripted before it is asked;
 * what it was asked can be read at any time.
 *
 * @param <S> how it tells of a session
 */
public final class FakeAgent<S> implements AutoCloseable {
  private final String collection;
  private final Class<?> requestType;
  private final Map<String, PeerInfo> peers = new HashMap<>();
  private final Deque<Function<SessionId, S>> script = new ArrayDeque<>();
  private final List<S> sessions = new ArrayList<>();
  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  private final List<Object> bodies = Collections.synchronizedList(new ArrayList<>());
  private final ApiRoutes routes;
  private HttpServer server;
  private final int port;
  private AgentInfo info;
  private SweepReport sweep = new SweepReport(List.of());
  private Optional<ProblemException> refusal = Optional.empty();

  public FakeAgent(Role role, String name) throws ConfigException, AgentFailedException {
    collection = role == Role.SEND ? "v1/sends" : "v1/receives";
    requestType = role == Role.SEND ? SendRequest.class : ReceiveRequest.class;
    info = Statuses.info(role, name);
    routes = new ApiRoutes(TokenAuthenticator.of(List.of()));
    routes.add("GET", "v1/agent", _ -> Reply.ok(info));
    routes.add("GET", "v1/peers", _ -> Reply.ok(peers.values()));
    routes.add("GET", "v1/peers/{name}", call -> Reply.ok(peer(call.path("name"))));
    routes.add("GET", collection, _ -> Reply.ok(sessions));
    routes.add("GET", collection + "/{id}", call -> Reply.ok(status(call.session())));
    routes.add(
        "PUT",
        collection + "/{id}",
        noted(
            "PUT",
            call -> {
              bodies.add(call.body(requestType));
              if (refusal.isPresent()) {
                throw refusal.get();
              }
              return Reply.ok(status(call.session()));
            }));
    routes.add(
        "POST",
        collection + "/{id}/abort",
        noted(
            "abort",
            call -> {
              bodies.add(call.body(Abort.class));
              return Reply.ok(Map.of());
            }));
    routes.add(
        "POST",
        collection + "/{id}/pause",
        noted(
            "pause",
            call -> {
              bodies.add(call.body(PauseRequest.class));
              return Reply.ok(Map.of());
            }));
    routes.add("POST", collection + "/{id}/resume", noted("resume", _ -> Reply.ok(Map.of())));
    routes.add(
        "POST",
        "v1/sweep",
        call -> {
          bodies.add(call.body(SweepRequest.class));
          return Reply.ok(sweep);
        });
    server =
        HttpServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Optional.empty(),
            routes.handler());
    port = server.port();
  }

  private Endpoint noted(String what, Endpoint endpoint) {
    return call -> {
      calls.add(what + " " + call.session());
      return endpoint.answer(call);
    };
  }

  private PeerInfo peer(String name) throws ProblemException {
    PeerInfo peer = peers.get(name);
    if (peer == null) {
      throw new ProblemException(ProblemType.NOT_FOUND, "there is no peer '" + name + "'");
    }
    return peer;
  }

  private synchronized S status(SessionId id) throws ProblemException {
    if (script.isEmpty()) {
      throw new ProblemException(ProblemType.NO_SUCH_SESSION, "no session " + id);
    }
    return (script.size() > 1 ? script.removeFirst() : script.getFirst()).apply(id);
  }

  /** Says this next about any session; the last thing is said again and again. */
  public synchronized FakeAgent<S> says(Function<SessionId, S> status) {
    script.add(status);
    return this;
  }

  /** Lists this session. */
  public FakeAgent<S> lists(S status) {
    sessions.add(status);
    return this;
  }

  public FakeAgent<S> introducesItselfAs(AgentInfo newer) {
    info = newer;
    return this;
  }

  public FakeAgent<S> sees(PeerInfo peer) {
    peers.put(peer.name(), peer);
    return this;
  }

  public FakeAgent<S> refuses(ProblemType type, String detail) {
    refusal = Optional.of(new ProblemException(type, detail));
    return this;
  }

  public FakeAgent<S> sweeps(SweepReport report) {
    sweep = report;
    return this;
  }

  /** Returns the calls that change something, oldest first: {@code PUT ID}, {@code abort ID}. */
  public List<String> calls() {
    return List.copyOf(calls);
  }

  /** Returns the body of the newest call of this type. */
  public <B> B body(Class<B> type) {
    return bodies.stream()
        .filter(type::isInstance)
        .map(type::cast)
        .reduce((_, b) -> b)
        .orElseThrow();
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  public AgentInfo info() {
    return info;
  }

  /** Is as if it had been killed. */
  public void stop() {
    server.close();
  }

  /** Is there again, at the same address. */
  public void restart() throws AgentFailedException {
    server =
        HttpServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            Optional.empty(),
            routes.handler());
  }

  @Override
  public void close() {
    server.close();
    routes.close();
  }
}

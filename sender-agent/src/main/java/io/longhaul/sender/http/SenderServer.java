package io.longhaul.sender.http;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.auth.Authenticator;
import io.longhaul.protocol.chunk.ManifestReader;
import io.longhaul.protocol.failure.AgentFailedException;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.server.ApiCall;
import io.longhaul.protocol.server.ApiRoutes;
import io.longhaul.protocol.server.Endpoint;
import io.longhaul.protocol.server.Entrance;
import io.longhaul.protocol.server.HttpServer;
import io.longhaul.protocol.server.Limits;
import io.longhaul.protocol.server.Reply;
import io.longhaul.protocol.wire.Abort;
import io.longhaul.protocol.wire.PauseRequest;
import io.longhaul.protocol.wire.Release;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.wire.SweepRequest;
import io.longhaul.sender.session.SendSessions;
import java.io.IOException;
import java.time.Duration;

/** Serves the API of design section 4 for the sending side. Thread-safe. */
public final class SenderServer implements AutoCloseable {
  private static final String SEND = ApiPaths.SENDS + "/{id}";
  private static final int CREATED = 201;
  private static final int MOST_WAIT_SECONDS = 30;

  private final SendSessions sessions;
  private final AgentDescription description;
  private final ApiRoutes routes;
  private final HttpServer server;

  private SenderServer(
      SendSessions sessions, AgentDescription description, Entrance entrance, Limits limits)
      throws AgentFailedException {
    this.sessions = sessions;
    this.description = description;
    this.routes = routes(entrance.authenticator());
    this.server = HttpServer.start(entrance.address(), entrance.tls(), limits, routes.handler());
  }

  /**
   * Starts to serve; until the sessions are scanned, every call is answered 503.
   *
   * @throws AgentFailedException if the address cannot be bound
   */
  public static SenderServer start(
      SendSessions sessions, AgentDescription description, Entrance entrance, Limits limits)
      throws AgentFailedException {
    return new SenderServer(sessions, description, entrance, limits);
  }

  private ApiRoutes routes(Authenticator authenticator) {
    ChunkHandler chunks = new ChunkHandler(sessions);
    String chunk = SEND + "/chunks/{chunk}";
    return new ApiRoutes(authenticator)
        .add("GET", ApiPaths.AGENT, whenReady(call -> Reply.ok(description.of(call.identity()))))
        .add("PUT", SEND, whenReady(this::create))
        .add("GET", ApiPaths.SENDS, whenReady(call -> Reply.ok(sessions.list(call.identity()))))
        .add(
            "GET",
            SEND,
            whenReady(call -> Reply.ok(sessions.status(call.session(), call.identity()))))
        .add("GET", SEND + "/manifest", whenReady(this::manifest))
        .raw("GET", chunk, chunks)
        .raw("HEAD", chunk, chunks)
        .add("POST", SEND + "/release", whenReady(this::release))
        .add(
            "POST",
            SEND + "/complete",
            whenReady(call -> Reply.ok(sessions.complete(call.session(), call.identity()))))
        .add("POST", SEND + "/abort", whenReady(this::abort))
        .add("POST", SEND + "/pause", whenReady(this::pause))
        .add(
            "POST",
            SEND + "/resume",
            whenReady(call -> Reply.ok(sessions.resume(call.session(), call.identity()))))
        .add(
            "DELETE",
            SEND,
            whenReady(call -> Reply.ok(sessions.forget(call.session(), call.identity()))))
        .add("POST", ApiPaths.SWEEP, whenReady(this::sweep));
  }

  private Endpoint whenReady(Endpoint endpoint) {
    return call -> {
      sessions.requireReady();
      return endpoint.answer(call);
    };
  }

  private Reply create(ApiCall call) throws ProblemException, IOException, InterruptedException {
    SendSessions.Created created =
        sessions.create(call.session(), call.identity(), call.body(SendRequest.class));
    return created.isNew() ? new Reply(CREATED, created.status()) : Reply.ok(created.status());
  }

  private Reply manifest(ApiCall call) throws ProblemException, IOException, InterruptedException {
    long from = call.number("from", 0, 0, Long.MAX_VALUE);
    int limit = (int) call.number("limit", ManifestReader.MOST_LINES, 1, ManifestReader.MOST_LINES);
    Duration wait = Duration.ofSeconds(call.number("wait", 0, 0, MOST_WAIT_SECONDS));
    return Reply.ok(sessions.manifest(call.session(), call.identity(), from, limit, wait));
  }

  private Reply release(ApiCall call) throws ProblemException, IOException {
    long to = call.body(Release.class).releasedTo();
    return Reply.ok(sessions.release(call.session(), call.identity(), to));
  }

  private Reply abort(ApiCall call) throws ProblemException, IOException, InterruptedException {
    return Reply.ok(
        sessions.abort(call.session(), call.identity(), call.body(Abort.class).failure()));
  }

  private Reply pause(ApiCall call) throws ProblemException, IOException {
    return Reply.ok(
        sessions.pause(call.session(), call.identity(), call.body(PauseRequest.class).reason()));
  }

  private Reply sweep(ApiCall call) throws ProblemException, IOException {
    if (!call.identity().admin()) {
      throw new ProblemException(
          ProblemType.FORBIDDEN, "only an administrator of this agent may sweep its spool");
    }
    return Reply.ok(sessions.sweep(call.body(SweepRequest.class)));
  }

  /** Returns the port that is served. */
  public int port() {
    return server.port();
  }

  /** Ends the calls that wait, and stops serving. */
  @Override
  public void close() {
    routes.close();
    server.close();
  }
}

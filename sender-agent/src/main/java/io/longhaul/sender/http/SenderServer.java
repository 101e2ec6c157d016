package io.longhaul.sender.http;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.auth.Authenticator;
import io.longhaul.protocol.auth.Identity;
import io.longhaul.protocol.chunk.ManifestReader;
import io.longhaul.protocol.failure.AgentFailedException;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.grant.Refusals;
import io.longhaul.protocol.server.ApiCall;
import io.longhaul.protocol.server.ApiRoutes;
import io.longhaul.protocol.server.Endpoint;
import io.longhaul.protocol.server.Entrance;
import io.longhaul.protocol.server.FilesystemCalls;
import io.longhaul.protocol.server.HttpServer;
import io.longhaul.protocol.server.Limits;
import io.longhaul.protocol.server.Reply;
import io.longhaul.protocol.wire.Abort;
import io.longhaul.protocol.wire.PauseRequest;
import io.longhaul.protocol.wire.Release;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.protocol.wire.SweepReport;
import io.longhaul.protocol.wire.SweepRequest;
import io.longhaul.protocol.zfs.Zfs;
import io.longhaul.sender.grant.SendGrants;
import io.longhaul.sender.session.SendSessions;
import java.io.IOException;
import java.time.Duration;
import java.util.SortedSet;
import java.util.function.Predicate;

/** Serves the API of design section 4 for the sending side. Thread-safe. */
public final class SenderServer implements AutoCloseable {
  private static final String SEND = ApiPaths.SENDS + "/{id}";
  private static final int CREATED = 201;
  private static final int MOST_WAIT_SECONDS = 30;
  private static final Duration LISTING_TURN = Duration.ofMinutes(1);

  private final SendSessions sessions;
  private final AgentDescription description;
  private final SendGrants grants;
  private final Zfs zfs;
  private final ApiRoutes routes;
  private final HttpServer server;

  private SenderServer(
      SendSessions sessions,
      AgentDescription description,
      SendGrants grants,
      Zfs zfs,
      Entrance entrance,
      Limits limits)
      throws AgentFailedException {
    this.sessions = sessions;
    this.description = description;
    this.grants = grants;
    this.zfs = zfs;
    this.routes = routes(entrance.authenticator());
    this.server = HttpServer.start(entrance.address(), entrance.tls(), limits, routes.handler());
  }

  /**
   * Starts to serve; until the sessions are scanned, every call is answered 503.
   *
   * @param grants who may read what, and how fast
   * @param zfs whose datasets are told of
   * @throws AgentFailedException if the address cannot be bound
   */
  public static SenderServer start(
      SendSessions sessions,
      AgentDescription description,
      SendGrants grants,
      Zfs zfs,
      Entrance entrance,
      Limits limits)
      throws AgentFailedException {
    return new SenderServer(sessions, description, grants, zfs, entrance, limits);
  }

  private ApiRoutes routes(Authenticator authenticator) {
    ApiRoutes all = new ApiRoutes(authenticator);
    FilesystemCalls filesystems = new FilesystemCalls(zfs, grants, LISTING_TURN);
    FilesystemCalls.Adding ready =
        (method, path, endpoint) -> all.add(method, path, whenReady(endpoint));
    filesystems.addTo(ready);
    new StreamQuestions(zfs, grants, filesystems).addTo(ready);
    ChunkHandler chunks = new ChunkHandler(sessions, all, new Paces(grants));
    String chunk = SEND + "/chunks/{chunk}";
    return all.add(
            "GET", ApiPaths.AGENT, whenReady(call -> Reply.ok(description.of(call.identity()))))
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
        .add("POST", SEND + "/complete", whenReady(this::complete))
        .add("POST", SEND + "/abort", whenReady(this::abort))
        .add("POST", SEND + "/pause", whenReady(this::pause))
        .add("POST", SEND + "/resume", whenReady(this::resume))
        .add("DELETE", SEND, whenReady(this::forget))
        .add("POST", ApiPaths.SWEEP, whenReady(this::sweep));
  }

  private Endpoint whenReady(Endpoint endpoint) {
    return call -> {
      sessions.requireReady();
      return endpoint.answer(call);
    };
  }

  private Reply create(ApiCall call) throws ProblemException, IOException, InterruptedException {
    SendRequest request = call.body(SendRequest.class);
    SendSessions.Created created = sessions.create(call.session(), call.identity(), request);
    if (created.isNew()) {
      call.audit("started")
          .with("session", call.session())
          .with("source", request.source())
          .with("reader", request.reader())
          .log();
    }
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

  @FunctionalInterface
  private interface Change {
    SendStatus of(SessionId id, Identity asker)
        throws ProblemException, IOException, InterruptedException;
  }

  /** Changes a session; the audit log says so unless it was so already. */
  private Reply change(ApiCall call, String what, Predicate<SessionState> already, Change change)
      throws ProblemException, IOException, InterruptedException {
    SessionId id = call.session();
    boolean changes = !already.test(sessions.status(id, call.identity()).state());
    SendStatus after = change.of(id, call.identity());
    if (changes) {
      call.audit(what).with("session", id).with("outcome", after.state().text()).log();
    }
    return Reply.ok(after);
  }

  private Reply complete(ApiCall call) throws ProblemException, IOException, InterruptedException {
    return change(call, "completed", SessionState::ended, sessions::complete);
  }

  private Reply abort(ApiCall call) throws ProblemException, IOException, InterruptedException {
    Failure why = call.body(Abort.class).failure();
    return change(
        call, "aborted", SessionState::ended, (id, asker) -> sessions.abort(id, asker, why));
  }

  private Reply pause(ApiCall call) throws ProblemException, IOException, InterruptedException {
    String why = call.body(PauseRequest.class).reason();
    return change(
        call, "paused", SessionState.PAUSED::equals, (id, asker) -> sessions.pause(id, asker, why));
  }

  private Reply resume(ApiCall call) throws ProblemException, IOException, InterruptedException {
    return change(call, "resumed", before -> before != SessionState.PAUSED, sessions::resume);
  }

  private Reply forget(ApiCall call) throws ProblemException, IOException, InterruptedException {
    return change(call, "forgotten", _ -> false, sessions::forget);
  }

  private Reply sweep(ApiCall call) throws ProblemException, IOException {
    if (!call.identity().admin()) {
      throw Refusals.notAdministrator(call.identity(), "to sweep the spool");
    }
    SweepRequest request = call.body(SweepRequest.class);
    SweepReport report = sessions.sweep(request);
    if (!request.dryRun()) {
      call.audit("swept").with("sessions", report.deleted()).log();
    }
    return Reply.ok(report);
  }

  /** Returns the calls that are served, each as its method and the template of its path. */
  public SortedSet<String> calls() {
    return routes.calls();
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

package io.longhaul.receiver.http;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.auth.Identity;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.grant.Refusals;
import io.longhaul.protocol.server.ApiCall;
import io.longhaul.protocol.server.ApiRoutes;
import io.longhaul.protocol.server.Endpoint;
import io.longhaul.protocol.server.FilesystemCalls;
import io.longhaul.protocol.server.Reply;
import io.longhaul.protocol.wire.Abort;
import io.longhaul.protocol.wire.AgentInfo;
import io.longhaul.protocol.wire.PauseRequest;
import io.longhaul.protocol.wire.PeerInfo;
import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SweepReport;
import io.longhaul.protocol.wire.SweepRequest;
import io.longhaul.receiver.grant.ReceiveGrants;
import io.longhaul.receiver.session.ReceiveSessions;
import io.longhaul.receiver.session.Senders;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** The calls of a receiver-agent (design section 4). Thread-safe. */
public final class ReceiverApi {
  private final ReceiveSessions sessions;
  private final Senders senders;
  private final ReceiveGrants grants;
  private final FilesystemCalls filesystems;
  private final Function<Identity, AgentInfo> self;
  private volatile boolean ready;

  /**
   * Creates the calls.
   *
   * @param grants who may know of which sender
   * @param filesystems the calls about datasets
   * @param self tells who this agent is, to an identity
   */
  public ReceiverApi(
      ReceiveSessions sessions,
      Senders senders,
      ReceiveGrants grants,
      FilesystemCalls filesystems,
      Function<Identity, AgentInfo> self) {
    this.sessions = sessions;
    this.senders = senders;
    this.grants = grants;
    this.filesystems = filesystems;
    this.self = self;
  }

  /** Says that the spool was scanned; before, every call is answered with 503. */
  public void ready() {
    ready = true;
  }

  /** Adds the calls to the routes. */
  public void addTo(ApiRoutes routes) {
    String one = ApiPaths.RECEIVES + "/{id}";
    add(routes, "GET", ApiPaths.AGENT, c -> Reply.ok(self.apply(c.identity())));
    add(routes, "GET", ApiPaths.PEERS, c -> Reply.ok(peers(c.identity())));
    add(routes, "GET", ApiPaths.PEERS + "/{name}", this::peer);
    add(routes, "GET", ApiPaths.RECEIVES, c -> Reply.ok(sessions.list(c.identity())));
    add(routes, "GET", one, c -> Reply.ok(sessions.status(c.session(), c.identity())));
    add(routes, "PUT", one, this::create);
    add(routes, "DELETE", one, this::forget);
    add(routes, "POST", one + "/abort", this::abort);
    add(routes, "POST", one + "/pause", this::pause);
    add(routes, "POST", one + "/resume", this::resume);
    add(routes, "POST", ApiPaths.SWEEP, this::sweep);
    filesystems.addTo((method, path, endpoint) -> add(routes, method, path, endpoint));
  }

  private void add(ApiRoutes routes, String method, String template, Endpoint endpoint) {
    routes.add(
        method,
        template,
        call -> {
          if (!ready) {
            throw new ProblemException(ProblemType.NOT_READY, "the spool is being looked through");
          }
          return endpoint.answer(call);
        });
  }

  private List<PeerInfo> peers(Identity asker) throws ProblemException {
    List<PeerInfo> found = new ArrayList<>();
    for (String name : senders.names()) {
      if (grants.hasPeer(asker, name)) {
        found.add(senders.probe(name));
      }
    }
    return found;
  }

  private Reply peer(ApiCall call) throws ProblemException {
    String name = call.path("name");
    if (!grants.hasPeer(call.identity(), name)) {
      throw Refusals.notGranted(call.identity(), "the peer '" + name + "'", "no grant has it");
    }
    return Reply.ok(senders.probe(name));
  }

  private Reply create(ApiCall call) throws ProblemException, IOException, InterruptedException {
    ReceiveRequest request = call.body(ReceiveRequest.class);
    ReceiveSessions.Created created = sessions.create(call.session(), request, call.identity());
    if (created.isNew()) {
      call.audit("started")
          .with("session", call.session())
          .with("peer", request.peer())
          .with("sink", request.sink())
          .log();
    }
    return new Reply(created.isNew() ? 201 : 200, created.status());
  }

  @FunctionalInterface
  private interface Change {
    ReceiveStatus of(SessionId id, Identity asker)
        throws ProblemException, IOException, InterruptedException;
  }

  /** Changes a session; the audit log says so unless it was so already. */
  private Reply change(ApiCall call, String what, Predicate<SessionState> already, Change change)
      throws ProblemException, IOException, InterruptedException {
    SessionId id = call.session();
    boolean changes = !already.test(sessions.status(id, call.identity()).state());
    ReceiveStatus after = change.of(id, call.identity());
    if (changes) {
      call.audit(what).with("session", id).with("outcome", after.state().text()).log();
    }
    return Reply.ok(after);
  }

  private Reply abort(ApiCall call) throws ProblemException, IOException, InterruptedException {
    Failure why = call.body(Abort.class).failure();
    return change(
        call, "aborted", SessionState::ended, (id, asker) -> sessions.abort(id, why, asker));
  }

  private Reply pause(ApiCall call) throws ProblemException, IOException, InterruptedException {
    String why = call.body(PauseRequest.class).reason();
    return change(
        call, "paused", SessionState.PAUSED::equals, (id, asker) -> sessions.pause(id, why, asker));
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
}

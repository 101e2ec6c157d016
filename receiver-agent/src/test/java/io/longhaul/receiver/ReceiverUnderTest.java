package io.longhaul.receiver;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.auth.TokenConfig;
import io.longhaul.protocol.auth.TokenFile;
import io.longhaul.protocol.client.AgentAddress;
import io.longhaul.protocol.client.AgentClient;
import io.longhaul.protocol.client.AgentConnection;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.config.SpoolConfig;
import io.longhaul.protocol.config.ZfsConfig;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.RetryableException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.server.Listen;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.spool.SpoolLock;
import io.longhaul.protocol.spool.Started;
import io.longhaul.protocol.wire.Abort;
import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.wire.SinkSpec;
import io.longhaul.receiver.grant.ReceiveGrant;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A receiver-agent in this JVM, on a spool of its own, with pumps and sinks as real processes. */
public final class ReceiverUnderTest {
  private final Path folder;
  private final Map<String, StreamConfig> streams = new LinkedHashMap<>();
  private final Map<String, AgentAddress> peers = new LinkedHashMap<>();
  private final List<TokenConfig> tokens = new ArrayList<>();
  private final List<ReceiveGrant> grants = new ArrayList<>();
  private List<String> zfs = List.of("/nowhere/zfs");
  private long limitBytes = 64 << 20;
  private @Nullable ReceiverAgent agent;

  /** Makes an agent that is not started yet. */
  public ReceiverUnderTest(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(spoolRoot());
  }

  public Path spoolRoot() {
    return folder.resolve("spool");
  }

  public Path file(String name) {
    return folder.resolve(name);
  }

  /** Defines a sink that a shell runs. */
  public ReceiverUnderTest sink(String name, String script) {
    return sink(name, script, Map.of());
  }

  /** Defines a sink that a shell runs with these variables. */
  public ReceiverUnderTest sink(String name, String script, Map<String, String> environment) {
    streams.put(
        name,
        new StreamConfig(
            Optional.of(List.of("sh", "-c", script)), Optional.of(environment), Optional.empty()));
    return this;
  }

  /** Defines a file as a sink. */
  public ReceiverUnderTest fileSink(String name, Path file) {
    streams.put(name, new StreamConfig(Optional.empty(), Optional.empty(), Optional.of(file)));
    return this;
  }

  public ReceiverUnderTest peer(String name, URI url) {
    return peer(name, new AgentAddress(url, Optional.empty()));
  }

  public ReceiverUnderTest peer(String name, AgentAddress address) {
    peers.put(name, address);
    return this;
  }

  public ReceiverUnderTest withoutPeers() {
    peers.clear();
    return this;
  }

  public ReceiverUnderTest zfs(String... command) {
    zfs = List.of(command);
    return this;
  }

  public ReceiverUnderTest limit(long bytes) {
    limitBytes = bytes;
    return this;
  }

  /** Lets an identity in; from the first on, everybody needs a token. */
  public Path token(String identity, boolean admin) throws IOException {
    String token = UUID.randomUUID() + "-" + UUID.randomUUID();
    Path file = secret(identity + ".token", token);
    Path kept = secret(identity + ".token.sha256", TokenFile.hashed(token));
    tokens.add(new TokenConfig(identity, kept, admin));
    return file;
  }

  public ReceiverUnderTest grant(ReceiveGrant grant) {
    grants.add(grant);
    return this;
  }

  /** Grants these streams from the peer {@code office}. */
  public ReceiverUnderTest grantStreams(String identity, String... names) {
    return grant(
        new ReceiveGrant(
            identity,
            Optional.of(Set.of("office")),
            Optional.empty(),
            Optional.of(Set.of(names)),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
  }

  private Path secret(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  public ReceiverConfig config() {
    return new ReceiverConfig(
        "vault",
        new Listen(
            Optional.empty(),
            0,
            Optional.empty(),
            Optional.of(List.copyOf(tokens)),
            Optional.empty(),
            Optional.empty()),
        Optional.of(
            new SpoolConfig(Optional.of(spoolRoot()), Optional.of(new DataSize(limitBytes)))),
        Optional.of(new ZfsConfig(zfs)),
        Optional.of(Map.copyOf(streams)),
        Optional.empty(),
        Optional.of(Map.copyOf(peers)),
        grants.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(grants)));
  }

  public ReceiverUnderTest start() throws Exception {
    agent = ReceiverAgent.start(config());
    return this;
  }

  /** Stops the agent as a service is stopped; pumps and sinks go on. */
  public void stop() throws IOException {
    ReceiverAgent running = agent;
    if (running != null) {
      running.close();
      agent = null;
    }
  }

  /** Returns the calls that the agent serves. */
  public Set<String> served() {
    return running().calls();
  }

  /** Makes any call, with the token in this file. */
  public HttpResponse<String> exchange(
      String method, String path, Object body, Optional<Path> token) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + running().port() + "/" + path))
            .method(method, BodyPublishers.ofByteArray(Json.TOLERANT.writeValueAsBytes(body)));
    if (token.isPresent()) {
      request.header("Authorization", "Bearer " + Files.readString(token.get()));
    }
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request.build(), BodyHandlers.ofString());
    }
  }

  private ReceiverAgent running() {
    ReceiverAgent running = agent;
    if (running == null) {
      throw new IllegalStateException("the agent is not started");
    }
    return running;
  }

  private AgentClient client(Optional<Path> token) throws Exception {
    URI url = URI.create("http://127.0.0.1:" + running().port());
    return new AgentClient(
        AgentConnection.to("test", new AgentAddress(url, token), Optional.empty(), 1));
  }

  /** Returns the calls of one who presents this token. */
  public AgentClient as(Path token) throws Exception {
    return client(Optional.of(token));
  }

  public AgentClient calls() throws Exception {
    return client(Optional.empty());
  }

  public static SessionId newId() {
    return SessionId.create(InstantSource.system());
  }

  /** Returns a request to feed the sink of this name from the peer {@code office}. */
  public static ReceiveRequest into(String sink) {
    return into(sink, SessionLimits.DEFAULT);
  }

  public static ReceiveRequest into(String sink, SessionLimits limits) {
    return new ReceiveRequest(new SinkSpec.Stream(sink), "office", limits, Map.of());
  }

  public ReceiveStatus put(SessionId id, ReceiveRequest request) throws Exception {
    return calls().put(ApiPaths.receive(id), request, ReceiveStatus.class);
  }

  public ReceiveStatus status(SessionId id) throws Exception {
    return calls().get(ApiPaths.receive(id), Duration.ZERO, ReceiveStatus.class);
  }

  /** Asks for the end; once more if the answer is late, as anybody would: a pump may not react. */
  public ReceiveStatus abort(SessionId id) throws Exception {
    try {
      return askToAbort(id);
    } catch (RetryableException e) {
      return askToAbort(id);
    }
  }

  private ReceiveStatus askToAbort(SessionId id) throws Exception {
    return calls()
        .post(
            ApiPaths.receive(id) + "/abort",
            new Abort(Failure.permanent(FailureKind.ABORTED, "the test wants it")),
            Abort.MOST_WAIT,
            ReceiveStatus.class);
  }

  /** Waits until the session is in this state, and fails if it ends in another. */
  public ReceiveStatus await(SessionId id, SessionState wanted) throws Exception {
    ReceiveStatus seen =
        Eventually.find(
            "session to be " + wanted,
            () -> Optional.of(status(id)).filter(s -> s.state() == wanted || s.state().ended()));
    if (seen.state() != wanted) {
      throw new AssertionError("expected " + wanted + ", found " + seen);
    }
    return seen;
  }

  /** Waits until the sink was fed this many chunks. */
  public void awaitFed(SessionId id, long chunks) throws Exception {
    Eventually.holds(chunks + " chunks to be fed", () -> status(id).fedTo() >= chunks);
  }

  public SessionSpool spool(SessionId id) {
    return new SessionSpool(id, spoolRoot().resolve("longhaul-" + Role.RECEIVE.text() + "-" + id));
  }

  public Started started(SessionId id) throws IOException {
    return SpoolFile.read(spool(id).started(), Started.class).orElseThrow();
  }

  public void awaitNoSpool(SessionId id) throws Exception {
    Eventually.holds("no spool directory", () -> !Files.exists(spool(id).directory()));
  }

  /** Stops the agent and ends what is left of its sessions. */
  public void close() throws Exception {
    ReceiverAgent running = agent;
    if (running != null) {
      for (ReceiveStatus session : list()) {
        if (!session.state().ended()) {
          abort(session.id());
        }
      }
      stop();
    }
  }

  private List<ReceiveStatus> list() throws Exception {
    if (!tokens.isEmpty()) {
      return List.of();
    }
    try {
      return List.of(calls().get(ApiPaths.RECEIVES, Duration.ZERO, ReceiveStatus[].class));
    } catch (TransferException e) {
      throw new AssertionError("the agent does not answer", e);
    }
  }

  /** Returns whether the session's pump holds its lock. */
  public boolean pumpLives(SessionId id) throws IOException {
    return SpoolLock.isHeld(spool(id).lock());
  }
}

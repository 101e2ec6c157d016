package io.longhaul.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.auth.TokenConfig;
import io.longhaul.protocol.auth.TokenFile;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.DigestChoice;
import io.longhaul.protocol.client.AgentAddress;
import io.longhaul.protocol.client.AgentClient;
import io.longhaul.protocol.client.AgentConnection;
import io.longhaul.protocol.client.FilesystemsClient;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.config.SpoolConfig;
import io.longhaul.protocol.config.ZfsConfig;
import io.longhaul.protocol.failure.Problem;
import io.longhaul.protocol.server.Limits;
import io.longhaul.protocol.server.Listen;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.wire.ManifestPage;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.wire.SourceSpec;
import io.longhaul.sender.grant.SendGrant;
import io.longhaul.sender.session.StreamConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A sender-agent in this JVM, with real pumps and sources, and somebody who calls it over HTTP. */
public final class SenderUnderTest implements AutoCloseable {
  /** The size of a chunk in these tests, in bytes. */
  public static final int CHUNK = 64 * 1024;

  /** The spool limit in these tests: four chunks. */
  public static final long LIMIT = 4 * CHUNK;

  private final Path directory;
  private final Map<String, StreamConfig> streams = new HashMap<>();
  private final Map<String, String> tokens = new HashMap<>();
  private final List<TokenConfig> tokenConfigs = new ArrayList<>();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<SendGrant> grants = new ArrayList<>();
  private Optional<DataSize> total = Optional.empty();
  private Optional<Limits> agentLimits = Optional.empty();
  private Optional<ZfsConfig> zfs = Optional.empty();
  private SenderAgent agent;
  private SessionLimits limits = SessionLimits.DEFAULT;

  /** Starts an agent that knows these streams, each a shell script, and these identities. */
  public SenderUnderTest(Path directory, Map<String, String> scripts, String... identities)
      throws Exception {
    this.directory = directory;
    Files.createDirectories(spool());
    scripts.forEach((name, script) ->
        streams.put(
            name,
            new StreamConfig(
                List.of("sh", "-c", script),
                Optional.empty(),
                Optional.empty(),
                Optional.empty())));
    streams.put(
        "absent",
        new StreamConfig(
            List.of("no-such-program"), Optional.empty(), Optional.empty(), Optional.empty()));
    for (String identity : identities) {
      Path file = directory.resolve(identity + ".token.sha256");
      String token = identity + "-0123456789abcdef";
      Files.writeString(file, TokenFile.hashed(token));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      tokens.put(identity, token);
      tokenConfigs.add(new TokenConfig(identity, file, identity.equals("admin")));
    }
    agent = SenderAgent.start(config());
  }

  private SenderConfig config() {
    return new SenderConfig(
        "office",
        new Listen(
            Optional.empty(),
            0,
            Optional.empty(),
            tokenConfigs.isEmpty() ? Optional.empty() : Optional.of(tokenConfigs),
            Optional.empty(),
            Optional.empty()),
        Optional.of(new SpoolConfig(Optional.of(spool()), Optional.of(new DataSize(LIMIT)), total)),
        zfs,
        Optional.of(streams),
        grants.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(grants)),
        agentLimits);
  }

  /** Has it use this {@code zfs}, and restarts the agent. */
  public void zfs(Path command) throws Exception {
    zfs = Optional.of(new ZfsConfig(List.of(command.toString())));
    restart();
  }

  /** Returns the calls about datasets, as an identity. */
  public FilesystemsClient filesystems(String identity, Optional<String> reader) throws Exception {
    Path token = directory.resolve(identity + ".token");
    Files.writeString(token, String.valueOf(tokens.get(identity)));
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    AgentAddress address =
        new AgentAddress(URI.create("http://127.0.0.1:" + port()), Optional.of(token));
    AgentConnection connection = AgentConnection.to("test", address, Optional.empty(), 1);
    return new FilesystemsClient(new AgentClient(connection), reader);
  }

  /** Bounds what all sessions may spool and other things, and restarts the agent. */
  public void limit(DataSize allSessions, Limits wanted) throws Exception {
    total = Optional.of(allSessions);
    agentLimits = Optional.of(wanted);
    restart();
  }

  /** Adds a stream that may be started again, and restarts the agent, which reads it then. */
  public void addRepeatable(String name, String script) throws Exception {
    streams.put(
        name,
        new StreamConfig(
            List.of("sh", "-c", script), Optional.empty(), Optional.empty(), Optional.of(true)));
    restart();
  }

  /** Makes these the grants, and restarts the agent, which reads them then. */
  public void grant(SendGrant... entries) throws Exception {
    grants.clear();
    grants.addAll(List.of(entries));
    restart();
  }

  /** Returns a grant of these streams and nothing else. */
  public static SendGrant grantOf(String identity, String... names) {
    return new SendGrant(
        identity,
        Optional.empty(),
        Optional.of(Set.of(names)),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Returns the calls that the agent serves. */
  public Set<String> calls() {
    return agent.calls();
  }

  /** Makes later sessions have these limits. */
  public void limit(SessionLimits limits) {
    this.limits = limits;
  }

  /** Stops the agent's part and starts another one on the same spool. */
  public void restart() throws Exception {
    agent.close();
    agent = SenderAgent.start(config());
  }

  private Path spool() {
    return directory.resolve("spool");
  }

  /** Returns the directory of a session. */
  public SessionSpool spool(SessionId id) {
    return new SessionSpool(id, spool().resolve("longhaul-send-" + id));
  }

  /** Returns a new id. */
  public static SessionId newId() {
    return SessionId.create(InstantSource.system());
  }

  /** Returns the request for a stream. */
  public SendRequest request(String stream, String reader) {
    return new SendRequest(
        new SourceSpec.Stream(stream), reader, CHUNK, DigestChoice.BOTH, limits, Map.of());
  }

  /** Creates a session for a local reader. */
  public SessionId send(String stream) throws Exception {
    SessionId id = newId();
    HttpResponse<byte[]> reply = put(id, request(stream, "local"), "");
    assertThat(reply.statusCode()).as(text(reply)).isEqualTo(201);
    return id;
  }

  /** Asks for a session. */
  public HttpResponse<byte[]> put(SessionId id, SendRequest request, String identity)
      throws Exception {
    return call("PUT", ApiPaths.send(id), request, identity);
  }

  /** Makes a JSON call. */
  public HttpResponse<byte[]> call(String method, String path, Object body, String identity)
      throws Exception {
    return exchange(
        builder(path, identity)
            .method(method, BodyPublishers.ofByteArray(Json.TOLERANT.writeValueAsBytes(body))));
  }

  /** Makes a JSON call as everybody on this machine. */
  public HttpResponse<byte[]> post(SessionId id, String call, Object body) throws Exception {
    return call("POST", ApiPaths.send(id) + "/" + call, body, "");
  }

  /** Gets a path. */
  public HttpResponse<byte[]> get(String path, String identity, String... headers)
      throws Exception {
    HttpRequest.Builder request = builder(path, identity);
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return exchange(request);
  }

  /** Begins a request. */
  public HttpRequest.Builder builder(String path, String identity) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + agent.port() + "/" + path));
    if (!identity.isEmpty()) {
      request.header("Authorization", authorization(identity));
    }
    return request;
  }

  /** Returns what an identity shows. */
  public String authorization(String identity) {
    return "Bearer " + tokens.get(identity);
  }

  /** Makes a request. */
  public HttpResponse<byte[]> exchange(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), BodyHandlers.ofByteArray());
  }

  /** Returns the agent's port. */
  public int port() {
    return agent.port();
  }

  /** Reads the manifest, waiting up to a few seconds for a chunk. */
  public ManifestPage manifest(SessionId id, long from) throws Exception {
    return read(get(ApiPaths.manifest(id) + "?wait=10&from=" + from, ""), ManifestPage.class);
  }

  /** Reads the manifest until it lists {@code count} chunks. */
  public List<ChunkRecord> chunks(SessionId id, int count) throws Exception {
    List<ChunkRecord> all = new ArrayList<>();
    while (all.size() < count) {
      ManifestPage page = manifest(id, all.size());
      all.addAll(page.chunks());
      assertThat(page.status().state().ended()).as(page.toString()).isFalse();
    }
    return all;
  }

  /** Reads the manifest, from the last chunk on, until the session is in this state. */
  public SendStatus awaitState(SessionId id, SessionState state) throws Exception {
    SendStatus status = status(id);
    while (status.state() != state) {
      assertThat(status.state().ended()).as(status.toString()).isFalse();
      status =
          read(
                  get(ApiPaths.manifest(id) + "?wait=1&from=" + status.sealedTo(), ""),
                  ManifestPage.class)
              .status();
    }
    return status;
  }

  /** Returns how a session stands. */
  public SendStatus status(SessionId id) throws Exception {
    return status(id, "");
  }

  /** Returns how a session stands, as an identity sees it. */
  public SendStatus status(SessionId id, String identity) throws Exception {
    return read(get(ApiPaths.send(id), identity), SendStatus.class);
  }

  /** Reads an answer of status 200 or 201. */
  public static <T> T read(HttpResponse<byte[]> reply, Class<T> type) throws IOException {
    assertThat(reply.statusCode()).as(text(reply)).isBetween(200, 201);
    return Json.TOLERANT.readValue(reply.body(), type);
  }

  /** Reads a problem. */
  public static Problem problem(HttpResponse<byte[]> reply) throws IOException {
    assertThat(reply.headers().firstValue("Content-Type")).hasValue(Problem.MEDIA_TYPE);
    Problem problem = Json.TOLERANT.readValue(reply.body(), Problem.class);
    assertThat(problem.status()).isEqualTo(reply.statusCode());
    return problem;
  }

  /** Returns an answer's body as text. */
  public static String text(HttpResponse<byte[]> reply) {
    return new String(reply.body(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    agent.close();
    http.close();
  }
}

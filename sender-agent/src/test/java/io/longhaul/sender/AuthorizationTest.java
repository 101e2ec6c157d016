package io.longhaul.sender;

import static io.longhaul.sender.SenderUnderTest.grantOf;
import static io.longhaul.sender.SenderUnderTest.problem;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.audit.AuditLine;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.Problem;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.grant.DatasetFilter;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.spool.Started;
import io.longhaul.protocol.testing.Eventually;
import io.longhaul.protocol.testing.ScriptedZfs;
import io.longhaul.protocol.wire.Abort;
import io.longhaul.protocol.wire.AgentInfo;
import io.longhaul.protocol.wire.ChangesRequest;
import io.longhaul.protocol.wire.EstimatesRequest;
import io.longhaul.protocol.wire.ManifestPage;
import io.longhaul.protocol.wire.PauseRequest;
import io.longhaul.protocol.wire.Release;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.protocol.wire.SourceSpec;
import io.longhaul.protocol.wire.SweepRequest;
import io.longhaul.protocol.wire.TokensRequest;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.ZfsChange;
import io.longhaul.protocol.zfs.ZfsSend;
import io.longhaul.sender.grant.SendGrant;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/** Who may do what at a sender-agent, over HTTP: every call, by everybody. */
@Timeout(200)
class AuthorizationTest {
  /*
   * Nobody is listed but has no grant; other has a grant, but not of this stream; a stranger has the
   * same grant and no part in the session. The admin has no grant.
   */
  private static final List<String> ASKERS =
      List.of("", "nobody", "other", "stranger", "admin", "coordinator", "vault");

  /* The statuses in the order of ASKERS, who ask one after the other for a session of their own row. */
  private static final Map<String, List<Integer>> TABLE =
      Map.ofEntries(
          Map.entry("GET /v1/agent", List.of(401, 200, 200, 200, 200, 200, 200)),
          Map.entry("PUT /v1/sends/{id}", List.of(401, 403, 403, 409, 409, 200, 409)),
          Map.entry("GET /v1/sends", List.of(401, 200, 200, 200, 200, 200, 200)),
          Map.entry("GET /v1/sends/{id}", List.of(401, 404, 404, 404, 200, 200, 200)),
          Map.entry("GET /v1/sends/{id}/manifest", List.of(401, 404, 404, 404, 404, 404, 200)),
          Map.entry(
              "GET /v1/sends/{id}/chunks/{chunk}", List.of(401, 404, 404, 404, 404, 404, 200)),
          Map.entry(
              "HEAD /v1/sends/{id}/chunks/{chunk}", List.of(401, 404, 404, 404, 404, 404, 200)),
          Map.entry("POST /v1/sends/{id}/release", List.of(401, 404, 404, 404, 404, 404, 200)),
          Map.entry("POST /v1/sends/{id}/complete", List.of(401, 404, 404, 404, 404, 404, 200)),
          Map.entry("POST /v1/sends/{id}/abort", List.of(401, 404, 404, 404, 200, 200, 200)),
          Map.entry("POST /v1/sends/{id}/pause", List.of(401, 404, 404, 404, 200, 200, 200)),
          Map.entry("POST /v1/sends/{id}/resume", List.of(401, 404, 404, 404, 200, 200, 200)),
          Map.entry("DELETE /v1/sends/{id}", List.of(401, 404, 404, 404, 409, 409, 409)),
          Map.entry("GET /v1/filesystems", List.of(401, 403, 403, 403, 403, 200, 200)),
          Map.entry("POST /v1/filesystems/changes", List.of(401, 403, 403, 403, 403, 200, 200)),
          Map.entry("POST /v1/filesystems/estimates", List.of(401, 403, 403, 403, 403, 200, 200)),
          Map.entry("POST /v1/filesystems/tokens", List.of(401, 403, 403, 403, 403, 200, 200)),
          Map.entry("POST /v1/sweep", List.of(401, 403, 403, 403, 200, 403, 403)));

  private static final DatasetName VM = DatasetName.parse("tank/vm");
  private static final Logger AUDIT = (Logger) LoggerFactory.getLogger(AuditLine.LOGGER);

  @TempDir private Path directory;
  private SenderUnderTest agent;
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void start() throws Exception {
    agent =
        new SenderUnderTest(
            directory,
            Map.of("word", "printf word", "endless", "printf word; exec sleep 1000"),
            "coordinator",
            "vault",
            "stranger",
            "other",
            "nobody",
            "admin");
    agent.zfs(new ScriptedZfs(directory.resolve("zfs")).command());
    agent.grant(
        withDatasets(grantOf("coordinator", "word", "endless")),
        withDatasets(grantOf("vault", "word", "endless")),
        grantOf("stranger", "word", "endless"),
        grantOf("other", "endless"));
    log.start();
    AUDIT.addAppender(log);
  }

  @AfterEach
  void stop() throws Exception {
    AUDIT.detachAppender(log);
    for (SendStatus session :
        SenderUnderTest.read(agent.get(ApiPaths.SENDS, "admin"), SendStatus[].class)) {
      call("POST /v1/sends/{id}/abort", session.id(), "admin");
    }
    agent.close();
  }

  private static SendGrant withDatasets(SendGrant grant) {
    return new SendGrant(
        grant.identity(),
        Optional.of(new DatasetFilter(Map.of("tank/vm<", true))),
        grant.streams(),
        grant.flags(),
        grant.rawOnly(),
        grant.sessions(),
        grant.spool(),
        grant.rate());
  }

  private SessionId create(String stream) throws Exception {
    SessionId id = SenderUnderTest.newId();
    assertThat(agent.put(id, agent.request(stream, "vault"), "coordinator").statusCode())
        .isEqualTo(201);
    boolean ends = stream.equals("word");
    ManifestPage page;
    do {
      page =
          SenderUnderTest.read(
              agent.get(ApiPaths.manifest(id) + "?wait=10", "vault"), ManifestPage.class);
    } while (page.chunks().isEmpty() || (ends && page.end().isEmpty()));
    return id;
  }

  private HttpResponse<byte[]> call(String call, SessionId id, String asker) throws Exception {
    String method = call.substring(0, call.indexOf(' '));
    String path =
        call.substring(call.indexOf('/') + 1).replace("{id}", id.text()).replace("{chunk}", "0");
    Object body =
        switch (call.substring(call.lastIndexOf('/') + 1)) {
          case "release" -> new Release(0);
          case "abort" -> new Abort(Failure.permanent(FailureKind.ABORTED, "no longer wanted"));
          case "pause" -> new PauseRequest("a test");
          case "sweep" -> SweepRequest.usual(true);
          case "changes" ->
              new ChangesRequest(
                  Optional.empty(), List.of(new ZfsChange.Hold("longhaul_a", List.of(VM.at("a")))));
          case "estimates" ->
              new EstimatesRequest(Optional.empty(), List.of(ZfsSend.full(VM.at("a"))));
          case "tokens" -> new TokensRequest(Optional.empty(), VM, List.of());
          default -> method.equals("PUT") ? agent.request("word", "vault") : Map.of();
        };
    String query = path.endsWith("filesystems") ? "?root=" + VM : "";
    HttpRequest.Builder request = agent.builder(path + query, asker);
    return agent.exchange(
        method.equals("GET") || method.equals("HEAD")
            ? request.method(method, BodyPublishers.noBody())
            : request.method(
                method, BodyPublishers.ofByteArray(Json.TOLERANT.writeValueAsBytes(body))));
  }

  @Test
  void everyCallHasARowInTheTable() {
    assertThat(agent.calls()).isEqualTo(new TreeSet<>(TABLE.keySet()));
  }

  @Test
  void everyCallIsForThoseOfTheTable() throws Exception {
    for (Map.Entry<String, List<Integer>> row : new TreeMap<>(TABLE).entrySet()) {
      String call = row.getKey();
      SessionId id = create("word");
      for (int i = 0; i < ASKERS.size(); i++) {
        String asker = ASKERS.get(i);
        log.list.clear();
        HttpResponse<byte[]> reply = call(call, id, asker);
        assertThat(reply.statusCode())
            .as("%s by '%s': %s", call, asker, SenderUnderTest.text(reply))
            .isEqualTo(row.getValue().get(i));
        if (reply.statusCode() == 403 || reply.statusCode() == 404) {
          List<KeyValuePair> facts =
              log.list.stream()
                  .filter(line -> line.getMessage().equals("refused"))
                  .flatMap(line -> line.getKeyValuePairs().stream())
                  .toList();
          assertThat(facts)
              .as("%s by '%s'", call, asker)
              .extracting(fact -> fact.key)
              .containsExactly("identity", "address", "wish", "rule", "outcome");
          assertThat(facts.getFirst().value).isEqualTo(asker);
        }
      }
      call("POST /v1/sends/{id}/abort", id, "admin");
    }
  }

  @Test
  void aListHoldsOnlyOnesOwn() throws Exception {
    SessionId id = create("word");
    for (String asker : List.of("nobody", "other", "stranger")) {
      assertThat(agent.get(ApiPaths.SENDS, asker).body()).asString().isEqualTo("[]");
    }
    for (String asker : List.of("vault", "coordinator", "admin")) {
      assertThat(agent.get(ApiPaths.SENDS, asker).body()).asString().contains(id.text());
    }
  }

  @Test
  void onlyAnAdministratorIsToldTheWarnings() throws Exception {
    agent.grant();
    assertThat(SenderUnderTest.read(agent.get(ApiPaths.AGENT, "admin"), AgentInfo.class).warnings())
        .anyMatch(warning -> warning.contains("no grants section"));
    assertThat(SenderUnderTest.read(agent.get(ApiPaths.AGENT, "vault"), AgentInfo.class).warnings())
        .isEmpty();
  }

  @Test
  void aRefusalDoesNotTellWhatThereIs() throws Exception {
    agent.grant(
        new SendGrant(
            "vault",
            Optional.of(new DatasetFilter(Map.of("tank/vm<", true))),
            Optional.of(Set.of("word")),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));

    Problem present = refused(agent.request("endless", "vault"));
    Problem missing = refused(agent.request("missing", "vault"));
    assertThat(missing.detail()).isEqualTo(present.detail().replace("endless", "missing"));

    Problem unknown = refused(agent.request("word", "unheardof"));
    Problem listed = refused(agent.request("word", "nobody"));
    assertThat(unknown.detail()).isEqualTo(listed.detail().replace("nobody", "unheardof"));

    refused(zfs("tank/db@a", false));
    refused(zfs("tank/vm@a", true)); // no -R
    HttpResponse<byte[]> granted =
        agent.put(SenderUnderTest.newId(), zfs("tank/vm/nowhere@a", false), "vault");
    assertThat(problem(granted).known()).isNotEqualTo(Optional.of(ProblemType.FORBIDDEN));
  }

  private Problem refused(SendRequest request) throws Exception {
    Problem problem = problem(agent.put(SenderUnderTest.newId(), request, "vault"));
    assertThat(problem.known()).hasValue(ProblemType.FORBIDDEN);
    return problem;
  }

  private SendRequest zfs(String snapshot, boolean replicate) {
    SendRequest usual = agent.request("word", "vault");
    return new SendRequest(
        new SourceSpec.Zfs(
            new ZfsSend(SnapshotName.parse(snapshot), Optional.empty(), false, replicate, false)),
        usual.reader(),
        usual.chunkBytes(),
        usual.digests(),
        usual.limits(),
        usual.labels());
  }

  @Test
  void aGrantThatIsTakenBackEndsTheReading() throws Exception {
    SessionId id = create("endless");
    agent.grant(grantOf("vault", "word"));

    assertThat(problem(agent.get(ApiPaths.chunk(id, 0), "vault")).known())
        .hasValue(ProblemType.FORBIDDEN);
    assertThat(problem(agent.get(ApiPaths.manifest(id), "vault")).known())
        .hasValue(ProblemType.FORBIDDEN);
    assertThat(call("POST /v1/sends/{id}/abort", id, "vault").statusCode()).isEqualTo(200);
  }

  @Test
  void aReaderHasOnlySoManySessionsAndSoMuchSpool() throws Exception {
    agent.grant(
        new SendGrant(
            "vault",
            Optional.empty(),
            Optional.of(Set.of("endless")),
            Optional.empty(),
            Optional.empty(),
            Optional.of(1),
            Optional.of(new DataSize(2 * SenderUnderTest.CHUNK)),
            Optional.empty()),
        grantOf("stranger", "endless"));
    SessionId first = SenderUnderTest.newId();
    SendRequest request = agent.request("endless", "vault");
    assertThat(agent.put(first, request, "vault").statusCode()).isEqualTo(201);
    assertThat(agent.put(first, request, "vault").statusCode()).isEqualTo(200);
    assertThat(
            SenderUnderTest.read(agent.get(ApiPaths.send(first), "vault"), SendStatus.class)
                .spoolLimitBytes())
        .isEqualTo(2 * SenderUnderTest.CHUNK);

    HttpResponse<byte[]> second = agent.put(SenderUnderTest.newId(), request, "vault");
    assertThat(problem(second).known()).hasValue(ProblemType.TOO_MANY_REQUESTS);
    assertThat(second.headers().firstValue("Retry-After")).isPresent();
    assertThat(
            agent
                .put(SenderUnderTest.newId(), agent.request("endless", "stranger"), "stranger")
                .statusCode())
        .isEqualTo(201);

    call("POST /v1/sends/{id}/abort", first, "vault");
    Eventually.eventually(
        "room for the next",
        () -> agent.put(SenderUnderTest.newId(), request, "vault").statusCode() == 201);
  }

  @Test
  void whatIsKeptOfFailedSessionsCountsAndGivesWayToNewOnes() throws Exception {
    agent.grant(
        new SendGrant(
            "vault",
            Optional.empty(),
            Optional.of(Set.of("endless")),
            Optional.empty(),
            Optional.empty(),
            Optional.of(2),
            Optional.empty(),
            Optional.empty()),
        grantOf("coordinator", "endless"));
    List<SessionId> failed = List.of(failed(), failed());
    assertThat(failed).allSatisfy(id -> assertThat(agent.spool(id).directory()).exists());

    SessionId third = SenderUnderTest.newId();
    assertThat(agent.put(third, agent.request("endless", "vault"), "vault").statusCode())
        .isEqualTo(201);
    assertThat(agent.spool(failed.getFirst()).directory()).doesNotExist();
    assertThat(agent.spool(failed.getLast()).directory()).exists();
    assertThat(agent.get(ApiPaths.send(failed.getFirst()), "vault").statusCode()).isEqualTo(200);

    SessionId fourth = SenderUnderTest.newId();
    assertThat(agent.put(fourth, agent.request("endless", "vault"), "vault").statusCode())
        .isEqualTo(201);
    assertThat(agent.spool(failed.getLast()).directory()).doesNotExist();
    for (SessionId id : List.of(third, fourth)) {
      assertThat(agent.spool(id).directory()).exists();
    }
  }

  /**
   * Has a session fail so that it is kept: its pump is killed, and its source is not repeatable.
   */
  private SessionId failed() throws Exception {
    SessionId id = create("endless");
    Started started = SpoolFile.read(agent.spool(id).started(), Started.class).orElseThrow();
    new ProcessBuilder("kill", "-KILL", Long.toString(started.pump().pid())).start().waitFor();
    while (!SenderUnderTest.read(agent.get(ApiPaths.send(id), "vault"), SendStatus.class)
        .state()
        .ended()) {
      LockSupport.parkNanos(10_000_000);
    }
    /* It is put away within moments; until then a new session would have to wait. */
    call("POST /v1/sends/{id}/abort", id, "vault");
    return id;
  }
}

package io.longhaul.receiver;

import static io.longhaul.receiver.ReceiverUnderTest.into;
import static io.longhaul.receiver.ReceiverUnderTest.newId;
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
import io.longhaul.protocol.testing.ScriptedZfs;
import io.longhaul.protocol.wire.Abort;
import io.longhaul.protocol.wire.AgentInfo;
import io.longhaul.protocol.wire.ChangesRequest;
import io.longhaul.protocol.wire.PauseRequest;
import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.wire.SinkSpec;
import io.longhaul.protocol.wire.SweepRequest;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.ZfsChange;
import io.longhaul.receiver.grant.ReceiveGrant;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/** Who may do what at a receiver-agent, over HTTP: every call, by everybody. */
@Timeout(400)
class GrantsTest {
  /*
   * Nobody is listed but has no grant; depot has a grant, but of other peers and streams; other has the
   * same grant as the session's creator. The admin has no grant.
   */
  private static final List<String> ASKERS =
      List.of("", "nobody", "depot", "other", "admin", "creator");

  /* The statuses in the order of ASKERS, who ask one after the other for a session of their own row. */
  private static final Map<String, List<Integer>> TABLE =
      Map.ofEntries(
          Map.entry("GET /v1/agent", List.of(401, 200, 200, 200, 200, 200)),
          Map.entry("GET /v1/peers", List.of(401, 200, 200, 200, 200, 200)),
          Map.entry("GET /v1/peers/{name}", List.of(401, 403, 403, 200, 403, 200)),
          Map.entry("PUT /v1/receives/{id}", List.of(401, 403, 403, 409, 403, 200)),
          Map.entry("GET /v1/receives", List.of(401, 200, 200, 200, 200, 200)),
          Map.entry("GET /v1/receives/{id}", List.of(401, 404, 404, 404, 200, 200)),
          Map.entry("POST /v1/receives/{id}/pause", List.of(401, 404, 404, 404, 200, 200)),
          Map.entry("POST /v1/receives/{id}/resume", List.of(401, 404, 404, 404, 200, 200)),
          Map.entry("POST /v1/receives/{id}/abort", List.of(401, 404, 404, 404, 200, 200)),
          Map.entry("DELETE /v1/receives/{id}", List.of(401, 404, 404, 404, 409, 409)),
          Map.entry("GET /v1/filesystems", List.of(401, 403, 403, 403, 403, 200)),
          Map.entry("POST /v1/filesystems/changes", List.of(401, 403, 403, 403, 403, 200)),
          Map.entry("POST /v1/sweep", List.of(401, 403, 403, 403, 200, 403)));

  private static final Logger AUDIT = (Logger) LoggerFactory.getLogger(AuditLine.LOGGER);

  @TempDir private Path folder;
  private final FakeSender sender;
  private final Map<String, Path> tokens = new HashMap<>();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private ReceiverUnderTest receiver;

  GrantsTest() throws Exception {
    sender = new FakeSender(1000, 1000);
  }

  @BeforeEach
  void prepare() throws Exception {
    receiver =
        new ReceiverUnderTest(folder)
            .peer("office", sender.url())
            .peer("depot", sender.url())
            .sink("null", "cat")
            .sink("root", "cat");
    for (String name : List.of("nobody", "depot", "other", "admin", "creator")) {
      tokens.put(name, receiver.token(name, name.equals("admin")));
    }
    log.start();
    AUDIT.addAppender(log);
  }

  @AfterEach
  void stop() throws Exception {
    AUDIT.detachAppender(log);
    for (ReceiveStatus session :
        read(ask("GET", ApiPaths.RECEIVES, Map.of(), "admin"), ReceiveStatus[].class)) {
      call("POST /v1/receives/{id}/abort", session.id(), "admin");
    }
    receiver.close();
    sender.close();
  }

  private HttpResponse<String> ask(String method, String path, Object body, String asker)
      throws Exception {
    return receiver.exchange(method, path, body, Optional.ofNullable(tokens.get(asker)));
  }

  private HttpResponse<String> create(ReceiveRequest request) throws Exception {
    return ask("PUT", ApiPaths.receive(newId()), request, "creator");
  }

  private HttpResponse<String> call(String call, SessionId id, String asker) throws Exception {
    String method = call.substring(0, call.indexOf(' '));
    String path =
        call.substring(call.indexOf('/') + 1)
            .replace("{id}", id.text())
            .replace("{name}", "office")
            .replaceFirst("filesystems$", "filesystems?root=backup/vm");
    Object body =
        switch (call.substring(call.lastIndexOf('/') + 1)) {
          case "abort" -> new Abort(Failure.permanent(FailureKind.ABORTED, "no longer wanted"));
          case "pause" -> new PauseRequest("a test");
          case "sweep" -> SweepRequest.usual(true);
          case "changes" ->
              new ChangesRequest(
                  Optional.empty(),
                  List.of(new ZfsChange.BecomeReal(DatasetName.parse("backup/vm"))));
          default -> method.equals("PUT") ? into("null") : Map.of();
        };
    return ask(method, path, body, asker);
  }

  private static <T> T read(HttpResponse<String> reply, Class<T> type) throws Exception {
    assertThat(reply.statusCode()).as(reply.body()).isBetween(200, 201);
    return Json.TOLERANT.readValue(reply.body(), type);
  }

  private static ProblemType type(HttpResponse<String> reply) throws Exception {
    return Json.TOLERANT.readValue(reply.body(), Problem.class).known().orElseThrow();
  }

  private static String detail(HttpResponse<String> reply) throws Exception {
    assertThat(type(reply)).isEqualTo(ProblemType.FORBIDDEN);
    return Json.TOLERANT.readValue(reply.body(), Problem.class).detail();
  }

  @Test
  void everyCallIsForThoseOfTheTable() throws Exception {
    receiver
        .zfs(new ScriptedZfs(folder.resolve("scripted")).command().toString())
        .grant(
            new ReceiveGrant(
                "creator",
                Optional.of(Set.of("office")),
                Optional.of(List.of(DatasetName.parse("backup"))),
                Optional.of(Set.of("null")),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()))
        .grantStreams("other", "null")
        .grant(
            new ReceiveGrant(
                "depot",
                Optional.of(Set.of("depot")),
                Optional.empty(),
                Optional.of(Set.of("root")),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()))
        .start();
    assertThat(receiver.served()).isEqualTo(new TreeSet<>(TABLE.keySet()));
    for (Map.Entry<String, List<Integer>> row : new TreeMap<>(TABLE).entrySet()) {
      String call = row.getKey();
      SessionId id = newId();
      assertThat(call("PUT /v1/receives/{id}", id, "creator").statusCode()).isEqualTo(201);
      for (int i = 0; i < ASKERS.size(); i++) {
        String asker = ASKERS.get(i);
        log.list.clear();
        HttpResponse<String> reply = call(call, id, asker);
        assertThat(reply.statusCode())
            .as("%s by '%s': %s", call, asker, reply.body())
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
      call("POST /v1/receives/{id}/abort", id, "admin");
    }
  }

  @Test
  void withoutGrantsNobodyMayAnythingAndOnlyAnAdministratorIsTold() throws Exception {
    receiver.start();
    for (String asker : List.of("nobody", "creator", "admin")) {
      assertThat(type(call("PUT /v1/receives/{id}", newId(), asker)))
          .isEqualTo(ProblemType.FORBIDDEN);
      assertThat(ask("GET", ApiPaths.PEERS, Map.of(), asker).body()).isEqualTo("[]");
      AgentInfo info = read(ask("GET", ApiPaths.AGENT, Map.of(), asker), AgentInfo.class);
      assertThat(info.warnings().toString().contains("no grants section"))
          .isEqualTo(asker.equals("admin"));
    }
  }

  @Test
  void aRefusalDoesNotTellWhatThereIs() throws Exception {
    receiver.grantStreams("creator", "null").start();
    assertThat(detail(create(into("missing"))))
        .isEqualTo(detail(create(into("root"))).replace("root", "missing"));
    assertThat(detail(create(from("nowhere"))))
        .isEqualTo(detail(create(from("depot"))).replace("depot", "nowhere"));
    assertThat(detail(ask("GET", ApiPaths.PEERS + "/nowhere", Map.of(), "creator")))
        .isEqualTo(
            detail(ask("GET", ApiPaths.PEERS + "/depot", Map.of(), "creator"))
                .replace("depot", "nowhere"));
    assertThat(type(ask("GET", ApiPaths.PEERS + "/a%0Ab", Map.of(), "creator")))
        .isEqualTo(ProblemType.BAD_REQUEST);
    assertThat(ask("GET", ApiPaths.PEERS, Map.of(), "creator").body())
        .contains("office")
        .doesNotContain("depot");
  }

  private static ReceiveRequest from(String peer) {
    return new ReceiveRequest(new SinkSpec.Stream("null"), peer, SessionLimits.DEFAULT, Map.of());
  }

  @Test
  void whatIsConfinedBelowARootNeverReachesZfsElsewhere() throws Exception {
    Path asked = folder.resolve("asked");
    Path zfs = Files.writeString(folder.resolve("zfs"), "#!/bin/sh\necho \"$*\" >> " + asked);
    Files.setPosixFilePermissions(zfs, PosixFilePermissions.fromString("rwx------"));
    receiver
        .zfs(zfs.toString())
        .grant(
            new ReceiveGrant(
                "creator",
                Optional.of(Set.of("office")),
                Optional.of(List.of(DatasetName.parse("backup/creator"))),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()))
        .start();

    for (String target : List.of("backup/creator", "backup/creator2/vm", "backup", "tank/vm")) {
      assertThat(detail(create(dataset(target, false)))).contains(target);
    }
    assertThat(detail(create(dataset("backup/creator/vm", true)))).contains("backup/creator/vm");
    assertThat(asked).doesNotExist();

    assertThat(create(dataset("backup/creator/vm", false)).statusCode()).isNotEqualTo(403);
    assertThat(asked).exists();
  }

  private static ReceiveRequest dataset(String target, boolean force) {
    return new ReceiveRequest(
        new SinkSpec.Zfs(DatasetName.parse(target), force, true, "daily"),
        "office",
        SessionLimits.DEFAULT,
        Map.of());
  }

  @Test
  void anIdentityHasOnlySoManySessionsAndSoMuchSpool() throws Exception {
    receiver
        .grant(
            new ReceiveGrant(
                "creator",
                Optional.of(Set.of("office")),
                Optional.empty(),
                Optional.of(Set.of("null")),
                Optional.empty(),
                Optional.of(1),
                Optional.of(new DataSize(1 << 20))))
        .grantStreams("other", "null")
        .start();
    SessionId first = newId();
    assertThat(call("PUT /v1/receives/{id}", first, "creator").statusCode()).isEqualTo(201);
    assertThat(call("PUT /v1/receives/{id}", first, "creator").statusCode()).isEqualTo(200);
    HttpResponse<String> second = create(into("null"));
    assertThat(type(second)).isEqualTo(ProblemType.TOO_MANY_REQUESTS);
    assertThat(second.headers().firstValue("Retry-After")).isPresent();
    assertThat(call("PUT /v1/receives/{id}", newId(), "other").statusCode()).isEqualTo(201);
    assertThat(
            read(ask("GET", ApiPaths.AGENT, Map.of(), "creator"), AgentInfo.class)
                .spoolLimitBytes())
        .isEqualTo(1 << 20);

    call("POST /v1/receives/{id}/abort", first, "creator");
    Eventually.holds("room for the next", () -> create(into("null")).statusCode() == 201);
  }
}

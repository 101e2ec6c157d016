package io.longhaul.sender;

import static io.longhaul.sender.SenderUnderTest.CHUNK;
import static io.longhaul.sender.SenderUnderTest.grantOf;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.audit.AuditLine;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.wire.Abort;
import io.longhaul.protocol.wire.ManifestPage;
import io.longhaul.protocol.wire.PauseRequest;
import io.longhaul.protocol.wire.Release;
import io.longhaul.protocol.wire.SweepRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What a sender-agent's audit log says. */
@Timeout(120)
class AuditTest {
  private static final Logger AUDIT = (Logger) LoggerFactory.getLogger(AuditLine.LOGGER);
  private static final String VAULT = " identity=vault address=127.0.0.1";
  private static final String ADMIN = " identity=admin address=127.0.0.1";
  private static final Abort ENOUGH =
      new Abort(Failure.permanent(FailureKind.ABORTED, "no longer\nwanted"));

  @TempDir private Path directory;
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private SenderUnderTest sender;

  @BeforeEach
  void start() throws Exception {
    sender =
        new SenderUnderTest(
            directory, Map.of("word", "printf word", "endless", "yes"), "vault", "depot", "admin");
    sender.grant(grantOf("vault", "word", "endless"));
    log.start();
    AUDIT.addAppender(log);
  }

  @AfterEach
  void stop() {
    AUDIT.detachAppender(log);
    sender.close();
  }

  private List<String> lines() {
    List<ILoggingEvent> events = List.copyOf(log.list);
    return events.stream()
        .map(event ->
            event.getMessage()
                + event.getKeyValuePairs().stream()
                    .map(fact -> " " + fact.key + "=" + fact.value)
                    .collect(Collectors.joining()))
        .toList();
  }

  private void awaitLine(String line) {
    while (!lines().contains(line)) {
      LockSupport.parkNanos(10_000_000);
    }
  }

  private void post(SessionId id, String call, Object body, String identity) throws Exception {
    assertThat(sender.call("POST", ApiPaths.send(id) + "/" + call, body, identity).statusCode())
        .isEqualTo(200);
  }

  private SessionId create(String stream) throws Exception {
    SessionId id = SenderUnderTest.newId();
    for (int expected : new int[] {201, 200}) {
      assertThat(sender.put(id, sender.request(stream, "vault"), "vault").statusCode())
          .isEqualTo(expected);
    }
    return id;
  }

  private ManifestPage manifest(SessionId id) throws Exception {
    return SenderUnderTest.read(
        sender.get(ApiPaths.manifest(id) + "?wait=10", "vault"), ManifestPage.class);
  }

  @Test
  void aDeliveryIsStartedReadCompletedAndEnded() throws Exception {
    SessionId id = create("word");
    while (manifest(id).end().isEmpty()) {
      LockSupport.parkNanos(10_000_000);
    }
    sender.get(ApiPaths.chunk(id, 0), "vault", "Range", "bytes=0-1");
    sender.get(ApiPaths.chunk(id, 0), "vault");
    post(id, "release", new Release(1), "vault");
    post(id, "complete", Map.of(), "vault");
    post(id, "complete", Map.of(), "vault");
    awaitLine("ended session=" + id + " creator=vault reader=vault bytes=6 chunks=1 outcome=done");
    assertThat(lines())
        .containsExactlyInAnyOrder(
            "started" + VAULT + " session=" + id + " source=:word reader=vault",
            "read" + VAULT + " session=" + id,
            "completed" + VAULT + " session=" + id + " outcome=done",
            "ended session=" + id + " creator=vault reader=vault bytes=6 chunks=1 outcome=done");
  }

  @Test
  void whoPausesResumesAbortsAndForgetsIsNamedOnce() throws Exception {
    SessionId id = create("endless");
    while (manifest(id).chunks().isEmpty()) {
      LockSupport.parkNanos(10_000_000);
    }
    sender.get(ApiPaths.chunk(id, 0), "vault");
    for (int i = 0; i < 2; i++) {
      post(id, "pause", new PauseRequest("office hours"), "admin");
    }
    for (int i = 0; i < 2; i++) {
      post(id, "resume", Map.of(), "vault");
    }
    sender.restart();
    for (int i = 0; i < 2; i++) {
      post(id, "abort", ENOUGH, "admin");
    }
    assertThat(sender.call("DELETE", ApiPaths.send(id), Map.of(), "admin").statusCode())
        .isEqualTo(200);
    sender.call("POST", ApiPaths.SWEEP, SweepRequest.usual(true), "admin");
    sender.call("POST", ApiPaths.SWEEP, SweepRequest.usual(false), "admin");
    String session = " session=" + id;
    assertThat(lines())
        .filteredOn(line -> !line.startsWith("left"))
        .containsExactly(
            "started" + VAULT + session + " source=:endless reader=vault",
            "read" + VAULT + session,
            "paused" + ADMIN + session + " outcome=paused",
            "resumed" + VAULT + session + " outcome=running",
            "ended" + session + " creator=vault reader=vault bytes=0 chunks=0 outcome=aborted",
            "aborted" + ADMIN + session + " outcome=aborted",
            "forgotten" + ADMIN + session + " outcome=aborted",
            "swept" + ADMIN + " sessions=0");
    assertThat(lines())
        .contains(
            "left"
                + session
                + " creator=vault reader=vault bytes="
                + CHUNK
                + " chunks=0"
                + " outcome=running");
  }

  @Test
  void whatIsRefusedIsThereOnceWithTheRuleThatTheAnswerHides() throws Exception {
    SessionId id = create("endless");
    for (int i = 0; i < 3; i++) {
      sender.get(ApiPaths.chunk(id, 0), "depot");
      sender.put(SenderUnderTest.newId(), sender.request("word", "depot"), "depot");
      sender.get(ApiPaths.SENDS, "");
    }
    post(id, "abort", ENOUGH, "admin");
    String depot = "refused identity=depot address=127.0.0.1";
    assertThat(lines())
        .filteredOn(line -> line.startsWith("refused"))
        .containsExactly(
            depot
                + " wish=\"to read session "
                + id
                + "\" rule=\"the session belongs to others\" outcome=404",
            depot
                + " wish=\"a session of :word for the reader 'depot'\""
                + " rule=\"there is no grant for 'depot'\" outcome=403",
            "refused address=127.0.0.1"
                + " reason=\"send Authorization: Bearer with a known token\"");
  }

  @Test
  void aStartThatFailsIsThereToo() throws Exception {
    SessionId id = create("word");
    sender.put(id, sender.request("endless", "vault"), "vault");
    assertThat(lines())
        .contains(
            "refused" + VAULT + " wish=\"PUT /v1/sends/" + id + "\" rule=Conflict outcome=409");
    post(id, "abort", ENOUGH, "admin");
  }
}

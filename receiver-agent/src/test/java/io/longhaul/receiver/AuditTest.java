package io.longhaul.receiver;

import static io.longhaul.receiver.ReceiverUnderTest.into;
import static io.longhaul.receiver.ReceiverUnderTest.newId;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.audit.AuditLine;
import io.longhaul.protocol.auth.TokenFile;
import io.longhaul.protocol.client.AgentAddress;
import io.longhaul.protocol.client.AgentClient;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.testing.Output;
import io.longhaul.protocol.wire.Abort;
import io.longhaul.protocol.wire.PauseRequest;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SweepRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What a receiver-agent's audit log says, and that no secret is among it. */
@Timeout(400)
class AuditTest {
  private static final Logger AUDIT = (Logger) LoggerFactory.getLogger(AuditLine.LOGGER);
  private static final String TOKEN = "S3cretT0ken.for-office_0123456789";
  private static final String VARIABLE = "S3cretVariable";
  private static final String CONSOLE = " identity=console address=127.0.0.1";
  private static final Abort ENOUGH =
      new Abort(Failure.permanent(FailureKind.ABORTED, "no longer wanted"));

  @TempDir private Path folder;
  private final SessionId id = newId();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final FakeSender sender;
  private ReceiverUnderTest receiver;
  private Path console;
  private Path other;

  AuditTest() throws Exception {
    sender = new FakeSender(1000, 1000);
  }

  @BeforeEach
  void start() throws Exception {
    Path token = Files.writeString(folder.resolve("office.token"), TOKEN);
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    receiver =
        new ReceiverUnderTest(folder)
            .peer("office", new AgentAddress(sender.url(), Optional.of(token)))
            .sink("null", "cat", Map.of("PGPASSWORD", VARIABLE))
            .grantStreams("console", "null");
    console = receiver.token("console", true);
    other = receiver.token("other", false);
    log.start();
    AUDIT.addAppender(log);
  }

  @AfterEach
  void stop() throws Exception {
    AUDIT.detachAppender(log);
    receiver.close();
    sender.close();
  }

  private List<String> lines() {
    return List.copyOf(log.list).stream()
        .map(event ->
            event.getMessage()
                + event.getKeyValuePairs().stream()
                    .map(fact -> " " + fact.key + "=" + fact.value)
                    .collect(Collectors.joining()))
        .toList();
  }

  private HttpResponse<String> ask(String method, String call, Object body, Path token)
      throws Exception {
    return receiver.exchange(method, ApiPaths.receive(id) + call, body, Optional.of(token));
  }

  @Test
  void aDeliveryIsStartedAndEnded() throws Exception {
    receiver.start();
    ask("PUT", "", into("null"), console);
    ask("PUT", "", into("null"), console);
    sender.sealAll();
    String ended =
        "ended session=" + id + " creator=console peer=office bytes=1000 chunks=1 outcome=done";
    Eventually.holds("the session's end", () -> lines().contains(ended));
    assertThat(lines())
        .containsExactly("started" + CONSOLE + " session=" + id + " peer=office sink=:null", ended);
  }

  @Test
  void whoPausesResumesAbortsForgetsAndIsRefusedIsNamedOnceAndNoSecretIs() throws Exception {
    try (Output output = new Output()) {
      receiver.start();
      output.add(receiver.config());
      output.add(ask("PUT", "", into("null"), console).body());
      sender.sealTo(1);
      AgentClient calls = receiver.as(console);
      Eventually.holds(
          "the sink to be fed",
          () -> calls.get(ApiPaths.receive(id), Duration.ZERO, ReceiveStatus.class).fedTo() == 1);
      output.addProcesses();
      for (int i = 0; i < 2; i++) {
        for (Path asker : List.of(other, console)) {
          output.add(ask("PUT", "", into("null"), asker).body());
          output.add(ask("GET", "", Map.of(), asker).body());
          output.add(ask("POST", "/pause", new PauseRequest("office\nhours"), asker).body());
        }
      }
      ask("POST", "/resume", Map.of(), console);
      for (int i = 0; i < 2; i++) {
        ask("POST", "/abort", ENOUGH, console);
      }
      Eventually.holds(
          "the session to be put away",
          () -> ask("DELETE", "", Map.of(), console).statusCode() == 200);
      for (boolean dry : new boolean[] {true, false}) {
        receiver.exchange("POST", ApiPaths.SWEEP, SweepRequest.usual(dry), Optional.of(console));
      }
      output.add(receiver.exchange("GET", ApiPaths.PEERS, Map.of(), Optional.of(console)).body());
      output.add(String.join("\n", lines()));
      String session = " session=" + id;
      String others = "refused identity=other address=127.0.0.1 wish=";
      assertThat(lines())
          .filteredOn(line -> !line.contains("outcome=409"))
          .satisfiesExactlyInAnyOrder(
              line -> assertThat(line).startsWith("started" + CONSOLE + session),
              line ->
                  assertThat(line)
                      .startsWith(others + "\"a session from 'office' into :null\"")
                      .endsWith("rule=\"there is no grant for 'other'\" outcome=403"),
              line ->
                  assertThat(line)
                      .isEqualTo(
                          others
                              + "\"session "
                              + id
                              + "\" rule=\"the session belongs to others\" outcome=404"),
              line -> assertThat(line).startsWith("paused" + CONSOLE + session),
              line -> assertThat(line).startsWith("resumed" + CONSOLE + session),
              line ->
                  assertThat(line).isEqualTo("aborted" + CONSOLE + session + " outcome=aborted"),
              line ->
                  assertThat(line)
                      .startsWith("ended" + session + " creator=console peer=office")
                      .endsWith("outcome=aborted"),
              line -> assertThat(line).startsWith("forgotten" + CONSOLE + session),
              line -> assertThat(line).isEqualTo("swept" + CONSOLE + " sessions=0"));
      assertThat(output.text())
          .contains("refused", "office")
          .doesNotContain(TOKEN)
          .doesNotContain(TokenFile.hashed(TOKEN))
          .doesNotContain(Files.readString(console))
          .doesNotContain(Files.readString(other))
          .doesNotContain(VARIABLE);
    }
  }
}

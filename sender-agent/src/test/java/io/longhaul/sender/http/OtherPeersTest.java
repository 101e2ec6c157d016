package io.longhaul.sender.http;

import static io.longhaul.sender.SenderUnderTest.problem;
import static io.longhaul.sender.SenderUnderTest.read;
import static io.longhaul.sender.SenderUnderTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.ProtocolVersion;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.testing.PeerVersion;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.sender.SenderUnderTest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What receivers and coordinators of this version and of others ask of a sender-agent. */
class OtherPeersTest {
  private static final String WORDS = "for i in 1 2 3 4 5 6 7 8 9; do seq 1 1000; done";

  @TempDir private Path directory = Path.of("");
  private final SessionId id = SenderUnderTest.newId();
  private SenderUnderTest sender;

  @BeforeEach
  void startAgent() throws Exception {
    sender = new SenderUnderTest(directory, Map.of("words", WORDS));
  }

  @AfterEach
  void stopAgent() {
    sender.close();
  }

  private static JsonNode request(PeerVersion of, String name) throws Exception {
    return Json.TOLERANT.readTree(of.request(name));
  }

  private HttpResponse<byte[]> put(PeerVersion of, String name) throws Exception {
    return sender.call("PUT", ApiPaths.send(id), request(of, name), "");
  }

  private HttpResponse<byte[]> post(PeerVersion of, String name) throws Exception {
    return sender.post(id, name, request(of, name));
  }

  private SendStatus start() throws Exception {
    return read(put(PeerVersion.RECORDED, "put-send"), SendStatus.class);
  }

  @Test
  void whatWasRecordedIsStillDone() throws Exception {
    assertThat(start().labels()).containsExactly(Map.entry("job", "nightly"));
    sender.chunks(id, 3);
    sender.awaitState(id, SessionState.DRAINING);
    assertThat(read(post(PeerVersion.RECORDED, "pause"), SendStatus.class).state())
        .isEqualTo(SessionState.PAUSED);
    assertThat(read(post(PeerVersion.RECORDED, "resume"), SendStatus.class).state())
        .isEqualTo(SessionState.DRAINING);
    assertThat(read(post(PeerVersion.RECORDED, "release"), SendStatus.class).releasedTo())
        .isEqualTo(3);
    assertThat(read(post(PeerVersion.RECORDED, "complete"), SendStatus.class).state())
        .isEqualTo(SessionState.DONE);
    JsonNode sweep = request(PeerVersion.RECORDED, "sweep");
    assertThat(sender.call("POST", ApiPaths.SWEEP, sweep, "").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({"put-send, lanes", "put-send-of-a-new-kind, unknown kind 'btrfs'"})
  void aRequestThatSaysMoreThanIsKnownStartsNothingAndIsToldWhat(String name, String what)
      throws Exception {
    HttpResponse<byte[]> reply = put(PeerVersion.NEWER, name);

    assertThat(problem(reply).known()).hasValue(ProblemType.BAD_REQUEST);
    assertThat(problem(reply).detail()).contains(what);
    assertThat(text(sender.get(ApiPaths.SENDS, ""))).isEqualTo("[]");
    assertThat(sender.spool(id).directory()).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"release, sparse", "pause, until"})
  void anOrderThatSaysMoreThanIsKnownIsNotCarriedOut(String name, String what) throws Exception {
    start();
    sender.chunks(id, 3);
    HttpResponse<byte[]> reply = post(PeerVersion.NEWER, name);

    assertThat(problem(reply).known()).hasValue(ProblemType.BAD_REQUEST);
    assertThat(problem(reply).detail()).contains(what);
    SendStatus status = sender.awaitState(id, SessionState.DRAINING);
    assertThat(status.releasedTo()).isZero();
  }

  @Test
  void anAbortForAReasonOfANewKindEndsTheSessionAndKeepsItsWords() throws Exception {
    start();
    SendStatus ended = read(post(PeerVersion.NEWER, "abort"), SendStatus.class);

    assertThat(ended.state()).isEqualTo(SessionState.FAILED);
    assertThat(ended.failure())
        .hasValue(Failure.resumable(FailureKind.UNKNOWN, "Called off by root: too warm"));
  }

  @Test
  void everyAnswerTellsTheProtocolVersions() throws Exception {
    start();
    sender.chunks(id, 3);
    for (String path :
        new String[] {
          ApiPaths.AGENT,
          ApiPaths.send(id),
          ApiPaths.manifest(id),
          ApiPaths.chunk(id, 0),
          ApiPaths.chunk(id, 9),
          "v2/agent"
        }) {
      assertThat(sender.get(path, "").headers().firstValue(ProtocolVersion.HEADER))
          .as(path)
          .hasValue("1-1");
    }
  }
}

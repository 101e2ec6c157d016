package io.longhaul.receiver;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static io.longhaul.receiver.ReceiverUnderTest.into;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.ByteRange;
import io.longhaul.protocol.ContentRange;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.ProtocolVersion;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.Problem;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.testing.PeerVersion;
import io.longhaul.protocol.wire.ManifestPage;
import io.longhaul.protocol.wire.PauseRequest;
import io.longhaul.protocol.wire.PeerInfo;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SessionLimits;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A receiver-agent whose sender, or whose coordinator, is of this version or of another. */
@Timeout(200)
class OtherPeersTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  /** What the source gave when the bodies were recorded: nine times the numbers to 1000. */
  private static final byte[] STREAM =
      IntStream.rangeClosed(1, 1000)
          .mapToObj(number -> number + "\n")
          .collect(Collectors.joining())
          .repeat(9)
          .getBytes(UTF_8);

  @RegisterExtension
  private final WireMockExtension sender =
      WireMockExtension.newInstance().options(wireMockConfig().dynamicPort()).build();

  @TempDir private Path folder;
  private final SessionId id = PeerVersion.SESSION;
  private ReceiverUnderTest receiver;

  @BeforeEach
  void startReceiver() throws Exception {
    receiver = new ReceiverUnderTest(folder).peer("office", URI.create(sender.baseUrl()));
    receiver
        .sink(
            "words",
            "cat > %s; touch %s".formatted(receiver.file("out"), receiver.file("end-of-file")))
        .start();
  }

  @AfterEach
  void stopReceiver() throws Exception {
    receiver.close();
  }

  /** Serves the whole session as a sender of this version does. */
  private void serve(PeerVersion version) throws Exception {
    sender.resetMappings();
    sender.stubFor(any(anyUrl()).willReturn(json(version, version.reply("sending"))));
    sender.stubFor(
        get(urlPathEqualTo("/" + ApiPaths.AGENT))
            .willReturn(json(version, version.reply("sender-agent"))));
    for (int from = 0; from <= 3; from++) {
      serveManifest(version, from);
    }
    for (int chunk = 0; chunk < 3; chunk++) {
      serveChunk(version, chunk);
    }
    sender.stubFor(
        post(urlPathEqualTo("/" + ApiPaths.send(id) + "/complete"))
            .willReturn(json(version, version.reply("sent"))));
  }

  private void serveManifest(PeerVersion version, int from) throws Exception {
    sender.stubFor(
        get(urlPathEqualTo("/" + ApiPaths.manifest(id)))
            .withQueryParam("from", equalTo(Integer.toString(from)))
            .willReturn(json(version, version.reply("manifest-" + from))));
  }

  private void serveChunk(PeerVersion version, int number) throws Exception {
    ChunkRecord chunk =
        Json.TOLERANT
            .readValue(version.reply("manifest-" + number), ManifestPage.class)
            .chunks()
            .getFirst();
    ByteRange whole = new ByteRange(0, chunk.length());
    sender.stubFor(
        get(urlPathEqualTo("/" + ApiPaths.chunk(id, number)))
            .withHeader("Range", equalTo(whole.header()))
            .willReturn(
                from(version)
                    .withStatus(206)
                    .withHeader("ETag", chunk.digests().entityTag())
                    .withHeader("Content-Range", new ContentRange(whole, chunk.length()).header())
                    .withBody(
                        Arrays.copyOfRange(STREAM, (int) chunk.offset(), (int) chunk.end()))));
  }

  private static ResponseDefinitionBuilder from(PeerVersion version) {
    ResponseDefinitionBuilder answer = aResponse();
    version.announced().ifPresent(range -> answer.withHeader(ProtocolVersion.HEADER, range));
    return answer;
  }

  private static ResponseDefinitionBuilder json(PeerVersion version, String body) {
    return from(version).withHeader("Content-Type", "application/json").withBody(body);
  }

  private static ResponseDefinitionBuilder newerProblem(String name, int status) throws Exception {
    return aResponse()
        .withStatus(status)
        .withHeader("Content-Type", Problem.MEDIA_TYPE)
        .withBody(PeerVersion.NEWER.reply(name));
  }

  /** Answers as a sender does that was upgraded and has given version 1 up. */
  private void giveVersionOneUp() throws Exception {
    sender.resetMappings();
    sender.stubFor(
        any(anyUrl())
            .willReturn(
                newerProblem("problem-gone", 404).withHeader(ProtocolVersion.HEADER, "2-3")));
  }

  private void assertThatItWasDelivered() throws Exception {
    receiver.await(id, SessionState.DONE);
    assertThat(receiver.file("out")).hasBinaryContent(STREAM);
  }

  @ParameterizedTest
  @EnumSource
  void aStreamIsPulledToItsEnd(PeerVersion version) throws Exception {
    serve(version);
    receiver.put(id, into("words"));

    assertThatItWasDelivered();
    sender.verify(
        postRequestedFor(urlPathEqualTo("/" + ApiPaths.send(id) + "/complete"))
            .withRequestBody(equalToJson(PeerVersion.RECORDED.request("complete"))));
  }

  @ParameterizedTest
  @EnumSource
  void aSenderIsToldApartByItsName(PeerVersion version) throws Exception {
    serve(version);
    PeerInfo peer = receiver.calls().get(ApiPaths.PEERS + "/office", Duration.ZERO, PeerInfo.class);

    assertThat(peer.problem()).isEmpty();
    assertThat(peer.agent().orElseThrow().name()).isEqualTo("office");
  }

  @Test
  void aFailureOfANewKindEndsTheSessionInItsOwnWords() throws Exception {
    serve(PeerVersion.NEWER);
    sender.stubFor(
        get(urlPathEqualTo("/" + ApiPaths.manifest(id)))
            .withQueryParam("from", equalTo("1"))
            .willReturn(json(PeerVersion.NEWER, PeerVersion.NEWER.reply("manifest-failed"))));
    receiver.put(id, into("words"));

    Failure why = receiver.await(id, SessionState.FAILED).failure().orElseThrow();

    assertThat(why.kind()).isEqualTo(FailureKind.UNKNOWN);
    assertThat(why.message()).contains("The sender is too warm to go on");
    assertThat(why.resumable()).isTrue();
    receiver.awaitNoSpool(id);
    assertThat(receiver.file("end-of-file")).doesNotExist();
  }

  @Test
  void aProblemOfANewTypeIsTriedAgain() throws Exception {
    serve(PeerVersion.NEWER);
    for (String path : new String[] {ApiPaths.manifest(id), ApiPaths.chunk(id, 1)}) {
      sender.stubFor(get(urlPathEqualTo("/" + path)).willReturn(newerProblem("problem", 423)));
    }
    receiver.put(id, into("words"));
    awaitRequests(ApiPaths.manifest(id), 3);
    serveManifest(PeerVersion.NEWER, 0);
    serveManifest(PeerVersion.NEWER, 1);
    awaitRequests(ApiPaths.chunk(id, 1), 2);
    assertThat(receiver.status(id).state()).isEqualTo(SessionState.RUNNING);
    serve(PeerVersion.NEWER);

    assertThatItWasDelivered();
  }

  private void awaitRequests(String path, int count) throws Exception {
    Eventually.holds(
        count + " requests for " + path,
        () -> sender.findAll(getRequestedFor(urlPathMatching("/" + path))).size() >= count);
  }

  @Test
  void aSenderWithoutACommonVersionIsNamedAndWaitedFor() throws Exception {
    giveVersionOneUp();
    receiver.put(id, into("words", new SessionLimits(SHORT, SHORT)));

    assertThatItWaitsForAnUpgrade();
    assertThat(
            receiver
                .calls()
                .get(ApiPaths.PEERS + "/office", Duration.ZERO, PeerInfo.class)
                .problem()
                .orElseThrow())
        .contains("upgrade the receiver-agent");
  }

  /** Its limits pass meanwhile, many times over; they are for peers that might be dead. */
  private ReceiveStatus assertThatItWaitsForAnUpgrade() throws Exception {
    Failure why =
        Eventually.find(
            "the gap of versions",
            () ->
                receiver
                    .await(id, SessionState.PAUSED)
                    .failure()
                    .filter(failure -> failure.kind() == FailureKind.INCOMPATIBLE));
    assertThat(why.message())
        .contains(
            "the agent at "
                + sender.baseUrl()
                + "/ speaks protocol 2 to 3 and the receiver-agent protocol 1; upgrade the receiver-agent");
    assertThat(why.resumable()).isTrue();
    LockSupport.parkNanos(SHORT.multipliedBy(4).toNanos());
    ReceiveStatus still = receiver.status(id);
    assertThat(still.state()).isEqualTo(SessionState.PAUSED);
    assertThat(still.failure()).hasValue(why);
    return still;
  }

  @Test
  void aSenderThatComesBackWithoutACommonVersionIsWaitedForAndNothingIsLost() throws Exception {
    serve(PeerVersion.RECORDED);
    ObjectNode nothingYet =
        (ObjectNode) Json.TOLERANT.readTree(PeerVersion.RECORDED.reply("manifest-1"));
    nothingYet.putArray("chunks");
    sender.stubFor(
        get(urlPathEqualTo("/" + ApiPaths.manifest(id)))
            .withQueryParam("from", equalTo("1"))
            .willReturn(json(PeerVersion.RECORDED, nothingYet.toString())));
    receiver.put(id, into("words"));
    receiver.awaitFed(id, 1);
    giveVersionOneUp();

    ReceiveStatus waiting = assertThatItWaitsForAnUpgrade();

    long sink = waiting.sinkPid().orElseThrow();
    assertThat(receiver.pumpLives(id)).isTrue();
    serve(PeerVersion.NEWER);
    goOnAtOnce();
    assertThatItWasDelivered();
    assertThat(receiver.file("end-of-file")).exists();
    assertThat(ProcessHandle.of(sink)).isEmpty();
    assertThat(sender.findAll(getRequestedFor(urlPathEqualTo("/" + ApiPaths.chunk(id, 0)))))
        .hasSize(1);
  }

  /** A person who has upgraded something need not wait for the next try of every 30 s. */
  private void goOnAtOnce() throws Exception {
    String one = ApiPaths.receive(id);
    receiver
        .calls()
        .post(one + "/pause", new PauseRequest("upgrade"), Duration.ZERO, ReceiveStatus.class);
    receiver.calls().post(one + "/resume", Map.of(), Duration.ZERO, ReceiveStatus.class);
  }

  @Test
  void whatWasRecordedIsStillDone() throws Exception {
    serve(PeerVersion.RECORDED);
    ReceiveStatus made = put(PeerVersion.RECORDED, "put-receive");
    assertThat(made.labels()).containsExactly(Map.entry("job", "nightly"));

    assertThatItWasDelivered();
  }

  private ReceiveStatus put(PeerVersion of, String name) throws Exception {
    return receiver.calls().put(ApiPaths.receive(id), request(of, name), ReceiveStatus.class);
  }

  private static JsonNode request(PeerVersion of, String name) throws Exception {
    return Json.TOLERANT.readTree(of.request(name));
  }

  @ParameterizedTest
  @CsvSource({"put-receive, lanes", "put-receive-of-a-new-kind, unknown kind 'btrfs'"})
  void aRequestThatSaysMoreThanIsKnownStartsNothingAndIsToldWhat(String name, String what) {
    assertThatThrownBy(() -> put(PeerVersion.NEWER, name))
        .isInstanceOf(TransferException.class)
        .hasMessageContaining(what);
    assertThat(receiver.spool(id).directory()).doesNotExist();
  }

  @Test
  void anAbortForAReasonOfANewKindEndsTheSessionAndKeepsItsWords() throws Exception {
    giveVersionOneUp();
    receiver.put(id, into("words"));
    receiver
        .calls()
        .post(
            ApiPaths.receive(id) + "/abort",
            request(PeerVersion.NEWER, "abort"),
            Duration.ofSeconds(30),
            ReceiveStatus.class);

    assertThat(receiver.await(id, SessionState.FAILED).failure())
        .hasValue(Failure.resumable(FailureKind.UNKNOWN, "Called off by root: too warm"));
    assertThat(receiver.file("end-of-file")).doesNotExist();
  }
}

package io.longhaul.receiver.pull;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.chunk.ChunkHasher;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.chunk.DigestChoice;
import io.longhaul.protocol.chunk.ManifestWriter;
import io.longhaul.protocol.chunk.StreamDigest;
import io.longhaul.protocol.client.AgentAddress;
import io.longhaul.protocol.client.AgentConnection;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.Problem;
import io.longhaul.protocol.failure.ProblemType;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.failure.SessionPausedException;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.receiver.Eventually;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The puller against a peer that answers badly: one chunk, first some fault, then the chunk. */
@Timeout(60)
class PullerFaultsTest {
  @RegisterExtension
  private final WireMockExtension peer =
      WireMockExtension.newInstance().options(wireMockConfig().dynamicPort()).build();

  private final SessionId session = SessionId.create(InstantSource.system());
  private final FakeTime time = new FakeTime();
  private final byte[] chunk = new byte[9000];
  private ChunkRecord record = record(chunk);

  @TempDir private Path directory;

  private static ChunkRecord record(byte[] bytes) {
    ChunkHasher hasher = new ChunkHasher(DigestChoice.BOTH);
    hasher.update(ByteBuffer.wrap(bytes));
    return ChunkRecord.of(0, 0, bytes.length, hasher.digests());
  }

  @BeforeEach
  void serveTheManifest() throws Exception {
    new Random(1).nextBytes(chunk);
    record = record(chunk);
    StreamDigest digest = new StreamDigest();
    digest.add(record);
    var page =
        StreamSender.page(
            session,
            List.of(record),
            Optional.of(digest.end(0, Optional.empty())),
            Optional.empty(),
            1,
            0);
    peer.stubFor(
        get(urlPathEqualTo("/" + ApiPaths.manifest(session)))
            .willReturn(
                aResponse()
                    .withHeader("Content-Type", "application/json")
                    .withBody(Json.TOLERANT.writeValueAsBytes(page))));
    peer.stubFor(get(urlPathEqualTo("/" + ApiPaths.send(session))).willReturn(aResponse()));
  }

  private String path() {
    return "/" + ApiPaths.chunk(session, 0);
  }

  private ResponseDefinitionBuilder good() {
    return partial(chunk);
  }

  private ResponseDefinitionBuilder partial(byte[] body) {
    return aResponse()
        .withStatus(206)
        .withHeader("ETag", record.digests().entityTag())
        .withHeader("Content-Range", "bytes 0-8999/9000")
        .withBody(body);
  }

  private static ResponseDefinitionBuilder problem(ProblemType type) throws Exception {
    return aResponse()
        .withStatus(type.status())
        .withHeader("Content-Type", Problem.MEDIA_TYPE)
        .withBody(Json.TOLERANT.writeValueAsBytes(Problem.of(type, "as the test wants it")));
  }

  private void always(ResponseDefinitionBuilder answer) {
    peer.stubFor(get(urlPathEqualTo(path())).willReturn(answer));
  }

  /** Answers {@code fault} so many times, and then the chunk. */
  private void first(ResponseDefinitionBuilder fault, int times) {
    for (int i = 0; i <= times; i++) {
      peer.stubFor(
          get(urlPathEqualTo(path()))
              .inScenario("fault")
              .whenScenarioStateIs(i == 0 ? Scenario.STARTED : "after " + i)
              .willSetStateTo(i == times ? "after " + i : "after " + (i + 1))
              .willReturn(i == times ? good() : fault));
    }
  }

  private int requests() {
    return peer.findAll(getRequestedFor(urlPathEqualTo(path()))).size();
  }

  private ReceiveStatus.Transfer pull() throws Exception {
    return pull(Duration.ofSeconds(20));
  }

  private ReceiveStatus.Transfer pull(Duration stall) throws Exception {
    SessionSpool spool = new SessionSpool(session, directory);
    URI url = URI.create(peer.baseUrl());
    var connection =
        AgentConnection.to(
            "receiver-agent", new AgentAddress(url, Optional.empty()), Optional.empty(), 4);
    var client = new SenderClient(connection, session, stall);
    try (ManifestWriter manifest = ManifestWriter.open(spool.manifest(), session);
        Puller puller = new Puller(client, spool, manifest, 1 << 20, time.clock())) {
      puller.run();
      assertThat(Files.readAllBytes(spool.chunk(0))).isEqualTo(chunk);
      return puller.transfer();
    }
  }

  @Test
  void aChunkIsAskedForByRangeAndTag() throws Exception {
    always(good());
    pull();
    var asked = peer.findAll(getRequestedFor(urlPathEqualTo(path()))).getFirst();
    assertThat(asked.getHeader("Range")).isEqualTo("bytes=0-8999");
    assertThat(asked.getHeader("If-Range")).isEqualTo(record.digests().entityTag());
    assertThat(asked.getHeader("Accept-Encoding")).isEqualTo("identity");
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aBrokenConnectionIsTriedAgain(Fault fault) throws Exception {
    first(aResponse().withFault(fault), 2);
    pull();
    assertThat(requests()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void aBodyThatEndsEarlyIsContinuedWhereItEnded() throws Exception {
    always(partial(Arrays.copyOf(chunk, 5000)));
    peer.stubFor(
        get(urlPathEqualTo(path()))
            .withHeader("Range", equalTo("bytes=5000-8999"))
            .willReturn(
                partial(Arrays.copyOfRange(chunk, 5000, 9000))
                    .withHeader("Content-Range", "bytes 5000-8999/9000")));
    ReceiveStatus.Transfer transfer = pull();
    assertThat(requests()).isEqualTo(2);
    assertThat(transfer.fetchedBytes()).isEqualTo(9000);
  }

  static Stream<ResponseDefinitionBuilder> garbage() {
    return Stream.of(
        aResponse().withStatus(200).withBody("welcome to the hotel's network"),
        aResponse().withStatus(206).withBody(new byte[9000]),
        aResponse()
            .withStatus(206)
            .withHeader("Content-Range", "bytes 1-9000/9001")
            .withBody(new byte[9000]),
        aResponse()
            .withStatus(206)
            .withHeader("Content-Range", "bytes 0-99/9000")
            .withBody(new byte[100]),
        aResponse()
            .withStatus(206)
            .withHeader("Content-Range", "bytes 0-8999/9000")
            .withHeader("ETag", "\"another\"")
            .withBody(new byte[9000]),
        aResponse()
            .withStatus(206)
            .withHeader("Content-Range", "bytes 0-8999/9000")
            .withHeader("Content-Encoding", "br")
            .withBody(new byte[9000]));
  }

  @ParameterizedTest
  @MethodSource("garbage")
  void anAnswerThatIsNotTheRangeIsNotTaken(ResponseDefinitionBuilder answer) throws Exception {
    first(answer, 1);
    pull();
    assertThat(requests()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 408, 410, 412, 416, 429, 500, 502, 503})
  void anErrorThatMayPassIsTriedAgain(int status) throws Exception {
    first(aResponse().withStatus(status), 2);
    pull();
    assertThat(requests()).isEqualTo(3);
  }

  @Test
  void aChunkThatIsNotSealedYetIsTriedAgain() throws Exception {
    first(problem(ProblemType.CHUNK_NOT_SEALED), 1);
    pull();
    assertThat(requests()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void retryAfterIsHonoured(int status) throws Exception {
    first(aResponse().withStatus(status).withHeader("Retry-After", "7"), 1);
    pull();
    assertThat(time.waits()).anyMatch(wait -> wait.compareTo(Duration.ofSeconds(7)) >= 0);
  }

  @Test
  void aRedirectIsNotFollowed() throws Exception {
    first(aResponse().withStatus(302).withHeader("Location", "/elsewhere"), 1);
    pull();
    assertThat(peer.findAll(getRequestedFor(urlPathEqualTo("/elsewhere")))).isEmpty();
  }

  @Test
  void aSilentConnectionIsDropped() throws Exception {
    first(good().withFixedDelay(20_000), 1);
    long began = System.nanoTime();
    pull(Duration.ofSeconds(5));
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
    assertThat(requests()).isEqualTo(2);
  }

  @Test
  void aSlowDripIsNotDropped() throws Exception {
    always(good().withChunkedDribbleDelay(10, 5000));
    assertThat(pull(Duration.ofSeconds(3)).refetchedBytes()).isZero();
    assertThat(requests()).isEqualTo(1);
  }

  @Test
  void aWrongDigestCostsThatChunkOnce() throws Exception {
    byte[] wrong = chunk.clone();
    wrong[4711] ^= 1;
    first(partial(wrong), 1);
    ReceiveStatus.Transfer transfer = pull();
    assertThat(requests()).isEqualTo(2);
    assertThat(transfer.refetchedChunks()).isEqualTo(1);
    assertThat(transfer.refetchedBytes()).isEqualTo(9000);
    assertThat(transfer.fetchedBytes()).isEqualTo(18_000);
  }

  @Test
  void aDigestThatStaysWrongEndsTheSession() throws Exception {
    always(partial(new byte[9000]));
    var ended = catchThrowableOfType(SessionEndedException.class, this::pull);
    assertThat(ended.failure().kind()).isEqualTo(FailureKind.DIGEST_MISMATCH);
    assertThat(ended.failure().message())
        .contains("chunk 0")
        .contains(session.text())
        .contains(record.digests().toString())
        .contains(record(new byte[9000]).digests().toString());
    assertThat(requests()).isEqualTo(5);
  }

  /** It would go on for ever: bytes come, and have to go. */
  @Test
  void aChunkThatIsAnotherInTheMiddleAgainAndAgainEndsTheSession() throws Exception {
    always(partial(Arrays.copyOf(chunk, 5000)));
    peer.stubFor(
        get(urlPathEqualTo(path()))
            .withHeader("Range", equalTo("bytes=5000-8999"))
            .willReturn(aResponse().withStatus(412)));
    var ended = catchThrowableOfType(SessionEndedException.class, this::pull);
    assertThat(ended.failure().kind()).isEqualTo(FailureKind.DIGEST_MISMATCH);
    assertThat(ended.failure().message()).contains("chunk 0", "412", "5th time");
  }

  static Stream<Arguments> ends() {
    return Stream.of(
        Arguments.of(ProblemType.NO_SUCH_SESSION, FailureKind.NO_SUCH_SESSION),
        Arguments.of(ProblemType.CHUNK_LOST, FailureKind.CHUNK_LOST),
        Arguments.of(ProblemType.SESSION_ENDED, FailureKind.PEER_FAILED));
  }

  @ParameterizedTest
  @MethodSource("ends")
  void ourOwnProblemTypeEndsTheSession(ProblemType type, FailureKind kind) throws Exception {
    always(problem(type));
    var ended = catchThrowableOfType(SessionEndedException.class, this::pull);
    assertThat(ended.failure().kind()).isEqualTo(kind);
    assertThat(ended.failure().message()).contains("as the test wants it");
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 507})
  void whatAPersonMustMendPausesTheSessionAndItGoesOnAfterwards(int status) throws Exception {
    always(aResponse().withStatus(status));
    assertThatThrownBy(this::pull)
        .isInstanceOf(SessionPausedException.class)
        .hasMessageContaining(String.valueOf(status));
    always(good());
    pull();
  }

  @Test
  void aPeerThatClosesEveryConnectionIsNotHammered() throws Exception {
    always(aResponse().withFault(Fault.EMPTY_RESPONSE));
    var running = new FutureTask<>(this::pull);
    Thread thread = Thread.startVirtualThread(running);
    Eventually.holds("some requests", () -> requests() > 2);
    int before = requests();
    Duration began = time.elapsed();
    time.clock().sleeper().sleep(Duration.ofSeconds(60));
    double seconds = (time.elapsed().toMillis() - began.toMillis()) / 1e3;
    int requests = requests() - before;
    thread.interrupt();
    assertThat(running).failsWithin(Duration.ofSeconds(20));
    assertThat(requests / seconds).isLessThan(3);
  }

  @Test
  void aManifestThatAnswersBadlyIsTriedAgain() throws Exception {
    always(good());
    peer.stubFor(
        get(urlPathMatching("/" + ApiPaths.manifest(session)))
            .inScenario("manifest")
            .whenScenarioStateIs(Scenario.STARTED)
            .willSetStateTo("well")
            .willReturn(aResponse().withStatus(500)));
    pull();
  }
}

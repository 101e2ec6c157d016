package io.longhaul.coordinator.cli;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.put;
import static com.github.tomakehurst.wiremock.client.WireMock.putRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import io.longhaul.protocol.ProtocolVersion;
import io.longhaul.protocol.failure.Problem;
import io.longhaul.protocol.testing.PeerVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The commands against agents of this version and of others, as they were recorded. */
@Timeout(120)
class OtherAgentsTest {
  private static final String RECORDED_ID = PeerVersion.SESSION.toString();
  private static final String ONE_SEND = "/v1/sends/[^/]*";
  private static final String ONE_RECEIVE = "/v1/receives/[^/]*";
  private static final String[] START = {
    "start", "office::words", "vault::words", "--chunk-size", "16KiB", "--label", "job=nightly"
  };

  @RegisterExtension
  private final WireMockExtension office =
      WireMockExtension.newInstance().options(wireMockConfig().dynamicPort()).build();

  @RegisterExtension
  private final WireMockExtension vault =
      WireMockExtension.newInstance().options(wireMockConfig().dynamicPort()).build();

  @TempDir private Path directory;
  private Path config;

  @BeforeEach
  void configure() throws Exception {
    config =
        Files.writeString(
            directory.resolve("coordinator.yaml"),
            """
            agents:
              office: {sender: {url: %s}}
              vault: {receiver: {url: %s}}
            """
                .formatted(office.baseUrl(), vault.baseUrl()));
  }

  private Run run(String... command) {
    List<String> words = new ArrayList<>(List.of(command));
    words.addAll(List.of("--config", config.toString()));
    return Run.of(words.toArray(String[]::new));
  }

  /** Has both agents speak as this version; what is received is under way once, and then done. */
  private void serve(PeerVersion version) throws Exception {
    office.stubFor(get("/v1/agent").willReturn(json(version, "sender-agent")));
    office.stubFor(get("/v1/sends").willReturn(json(version, "sends")));
    office.stubFor(any(urlPathMatching(ONE_SEND)).willReturn(json(version, "sending")));
    office.stubFor(post(urlPathMatching(ONE_SEND + "/.*")).willReturn(json(version, "sent")));
    office.stubFor(post("/v1/sweep").willReturn(json(version, "swept")));
    vault.stubFor(get("/v1/agent").willReturn(json(version, "receiver-agent")));
    vault.stubFor(get("/v1/peers").willReturn(json(version, "peers")));
    vault.stubFor(get("/v1/peers/office").willReturn(json(version, "peer")));
    vault.stubFor(get("/v1/receives").willReturn(json(version, "receives")));
    vault.stubFor(put(urlPathMatching(ONE_RECEIVE)).willReturn(json(version, "receiving")));
    vault.stubFor(post(urlPathMatching(ONE_RECEIVE + "/.*")).willReturn(json(version, "received")));
    vault.stubFor(post("/v1/sweep").willReturn(json(version, "swept")));
    receiverTells(0, json(version, "receiving"));
    receiverTells(1, json(version, "received"));
  }

  /** Tells this when the session is asked for the {@code number}th time, from 0, and after. */
  private void receiverTells(int number, ResponseDefinitionBuilder reply) {
    vault.stubFor(
        get(urlPathMatching(ONE_RECEIVE))
            .inScenario("receive")
            .whenScenarioStateIs(number == 0 ? Scenario.STARTED : "asked " + number)
            .willSetStateTo("asked " + (number + 1))
            .willReturn(reply));
    vault.stubFor(
        get(urlPathMatching(ONE_RECEIVE))
            .inScenario("receive")
            .whenScenarioStateIs("asked " + (number + 1))
            .willReturn(reply));
  }

  private static ResponseDefinitionBuilder json(PeerVersion version, String name) throws Exception {
    ResponseDefinitionBuilder answer =
        aResponse().withHeader("Content-Type", "application/json").withBody(version.reply(name));
    version.announced().ifPresent(range -> answer.withHeader(ProtocolVersion.HEADER, range));
    return answer;
  }

  /** Returns how an agent answers everything that has given version 1 up. */
  private static ResponseDefinitionBuilder withoutVersionOne() throws Exception {
    return aResponse()
        .withStatus(404)
        .withHeader("Content-Type", Problem.MEDIA_TYPE)
        .withHeader(ProtocolVersion.HEADER, "2-3")
        .withBody(PeerVersion.NEWER.reply("problem-gone"));
  }

  private static String gap(WireMockExtension agent) {
    return "the agent at "
        + agent.baseUrl()
        + "/ speaks protocol 2 to 3 and the coordinator protocol 1; upgrade the coordinator";
  }

  @ParameterizedTest
  @EnumSource
  void aTransferIsStartedAndFollowedToItsEnd(PeerVersion version) throws Exception {
    serve(version);
    Run run = run(START);

    assertThat(run.err()).isEmpty();
    assertThat(run.exit()).isZero();
    assertThat(run.out()).contains("done: office::words → vault::words", "34.2 KiB");
    office.verify(
        putRequestedFor(urlPathMatching(ONE_SEND))
            .withRequestBody(equalToJson(PeerVersion.RECORDED.request("put-send"))));
    vault.verify(
        putRequestedFor(urlPathMatching(ONE_RECEIVE))
            .withRequestBody(equalToJson(PeerVersion.RECORDED.request("put-receive"))));
  }

  @ParameterizedTest
  @EnumSource
  void sessionsAndAgentsAreShown(PeerVersion version) throws Exception {
    serve(version);
    Run agents = run("agents");
    assertThat(agents.exit()).as(agents.err()).isZero();
    assertThat(agents.out()).contains(version == PeerVersion.NEWER ? "1-2" : "1-1", "reached at");
    Run list = run("list");
    assertThat(list.exit()).as(list.err()).isZero();
    assertThat(list.out()).contains(RECORDED_ID, "done", "aborted");
    Run clean = run("clean", "--dry-run");
    assertThat(clean.exit()).as(clean.err()).isZero();
    assertThat(clean.out()).contains("the session is created");
  }

  @ParameterizedTest
  @EnumSource
  void ordersArePassedOn(PeerVersion version) throws Exception {
    serve(version);
    Run run = run("abort", RECORDED_ID);

    assertThat(run.exit()).as(run.err()).isZero();
    office.verify(postRequestedFor(urlPathEqualTo("/v1/sends/" + RECORDED_ID + "/abort")));
    vault.verify(postRequestedFor(urlPathEqualTo("/v1/receives/" + RECORDED_ID + "/abort")));
  }

  @Test
  void aStateOfANewKindIsShownAsSuchAndEndsNothing() throws Exception {
    serve(PeerVersion.NEWER);
    Run run = run("status", RECORDED_ID);

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out()).contains("unknown");
  }

  @Test
  void aFailureOfANewKindIsToldInItsOwnWords() throws Exception {
    serve(PeerVersion.NEWER);
    receiverTells(1, json(PeerVersion.NEWER, "receive-failed"));
    Run run = run(START);

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).contains("unknown", "The receiver is too warm to go on");
  }

  @Test
  void aProblemOfANewTypeIsToldInItsOwnWordsAndLeavesNothingBehind() throws Exception {
    serve(PeerVersion.NEWER);
    vault.stubFor(
        put(urlPathMatching(ONE_RECEIVE))
            .willReturn(
                aResponse()
                    .withStatus(423)
                    .withHeader("Content-Type", Problem.MEDIA_TYPE)
                    .withBody(PeerVersion.NEWER.reply("problem"))));
    Run run = run(START);

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("Nothing was started: ")
        .contains("receiver-agent of vault", "Too warm: 71 degrees; let it cool down");
    office.verify(postRequestedFor(urlPathMatching(ONE_SEND + "/abort")));
  }

  @Test
  void nothingIsStartedWithAnAgentWithoutACommonVersion() throws Exception {
    serve(PeerVersion.RECORDED);
    vault.resetMappings();
    vault.stubFor(any(anyUrl()).willReturn(withoutVersionOne()));
    Run run = run(START);

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("Nothing was started: the receiver-agent of vault cannot be used: ")
        .contains(gap(vault));
    office.verify(0, putRequestedFor(urlPathMatching(ONE_SEND)));
    assertThat(run("agents").err()).contains("receiver-agent of vault", gap(vault));
    assertThat(run("abort", RECORDED_ID).err()).contains(gap(vault));
  }

  @Test
  void aReceiverThatComesBackWithoutACommonVersionEndsNoWatch() throws Exception {
    serve(PeerVersion.RECORDED);
    receiverTells(1, withoutVersionOne());
    receiverTells(2, json(PeerVersion.NEWER, "received"));
    Run run = run(START);

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out()).contains(gap(vault), "done: office::words → vault::words");
  }
}

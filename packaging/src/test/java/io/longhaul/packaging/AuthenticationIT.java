package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.Agent;
import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.Keystream;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Tools;
import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.testing.CarelessServer;
import io.longhaul.protocol.testing.TestAuthority;
import io.longhaul.protocol.testing.WrongClient;
import io.longhaul.protocol.testing.WrongServer;
import io.longhaul.protocol.tls.TlsConfig;
import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.wire.SinkSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agents of the image tell nothing to whoever does not prove who he is, and ask nothing of him.
 */
class AuthenticationIT {
  private static final Keystream STREAM = new Keystream(1 << 20);
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final String NOTHING = "000 0 0"; // no status, no byte of a header or a body

  @TempDir private Path directory = Path.of("");

  @BeforeEach
  void needs() {
    Tools.need("curl", "openssl");
  }

  @Test
  void whoeverIsRefusedLearnsNothing() throws Exception {
    try (Site site = Site.encrypted(directory)) {
      site.office().stream("data", STREAM.source());
      site.vault().stream("sum", Keystream.sink(site.file("sum")));
      site.start();
      SessionId id = site.startDetached("office::data", "vault::sum");
      site.awaitDone(id, SOON);
      TestAuthority forger = forger(site);
      Map<String, List<String>> cells = new LinkedHashMap<>();
      for (WrongClient wrong : WrongClient.values()) {
        cells.put(
            wrong.name(),
            wrong.shown(forger, "console").map(AuthenticationIT::showing).orElse(List.of()));
      }
      deliverRevoked(site, forger);
      cells.put("token", List.of("--header", "Authorization: Bearer 0123456789abcdef"));
      List<String> console = showing(site.trust().files("console"));
      for (String old : List.of("1.0", "1.1", "1.2")) {
        cells.put("TLS " + old, with(console, "--tlsv1.0", "--tls-max", old));
      }
      for (Map.Entry<Agent, List<String>> asked : questions(site, id).entrySet()) {
        Agent agent = asked.getKey();
        assertThat(statuses(agent, asked.getValue(), console)).as("the right one").contains("200");
        for (Map.Entry<String, List<String>> cell : cells.entrySet()) {
          assertThat(knock(agent, asked.getValue(), cell.getValue()).out().lines())
              .as(cell.getKey() + " at " + agent.url())
              .hasSameSizeAs(asked.getValue())
              .containsOnly(NOTHING);
        }
        for (WrongClient wrong : WrongClient.values()) {
          assertThat(agent.log()).as("why, for its administrator").contains(wrong.reason());
        }
        assertThat(statuses(agent, asked.getValue(), console)).as("served on").contains("200");
      }
    }
  }

  /** All that one may be asked; about sessions that there are. */
  private static Map<Agent, List<String>> questions(Site site, SessionId id) {
    return Map.of(
        site.sender(),
        List.of(
            ApiPaths.AGENT,
            ApiPaths.SENDS,
            ApiPaths.send(id),
            ApiPaths.manifest(id),
            ApiPaths.chunk(id, 0)),
        site.receiver(),
        List.of(ApiPaths.AGENT, ApiPaths.RECEIVES, ApiPaths.receive(id), ApiPaths.PEERS));
  }

  @Test
  void whoHasAGoodCertificateAndNoBusinessHereLearnsOnlyThat() throws Exception {
    try (Site site = Site.encrypted(directory)) {
      site.office().stream("data", STREAM.source());
      site.vault().stream("sum", Keystream.sink(site.file("sum")));
      site.start();
      SessionId id = site.startDetached("office::data", "vault::sum");
      site.awaitDone(id, SOON);
      site.trust().run("issue", "nobody");
      site.trust().deliver("nobody");
      List<String> nobody = showing(site.trust().files("nobody"));
      for (Map.Entry<Agent, List<String>> asked : questions(site, id).entrySet()) {
        for (String path : with(asked.getValue(), "v1/nothing")) {
          String answer = curl(asked.getKey(), List.of(path), with(nobody, "--include")).out();
          assertThat(answer)
              .startsWith("HTTP/1.1 403 ")
              .contains("the name in this certificate is not served here")
              .doesNotContain(id.toString(), "office", "vault", "console", "\"data\"", "\"sum\"")
              .doesNotContainIgnoringCase("longhaul/", "server:", "longhaul-protocol");
        }
        assertThat(asked.getKey().log())
            .contains("the name in this certificate is not served here");
      }
    }
  }

  @Test
  void theReceiverAsksNothingOfWhoeverIsNotTheSender() throws Exception {
    List<CarelessServer> open = new ArrayList<>();
    try (Site site = Site.encrypted(directory)) {
      site.vault().stream("sum", Keystream.sink(site.file("sum")));
      TestAuthority forger = forger(site);
      Map<WrongServer, CarelessServer> servers = new EnumMap<>(WrongServer.class);
      for (WrongServer wrong : WrongServer.values()) {
        CarelessServer server =
            new CarelessServer(wrong.shown(forger, "localhost"), "TLSv1.3", "{}");
        open.add(server);
        servers.put(wrong, server);
        site.vault().set("https://localhost:" + server.port(), "peers", name(wrong), "url");
      }
      CarelessServer old = new CarelessServer(forger.issue("old", "localhost"), "TLSv1.2", "{}");
      open.add(old);
      site.vault().set("https://localhost:" + old.port(), "peers", "old", "url");
      site.start();
      deliverRevoked(site, forger);
      receiveFrom(site, "old");
      for (Map.Entry<WrongServer, CarelessServer> each : servers.entrySet()) {
        SessionId id = receiveFrom(site, name(each.getKey()));
        Failure why = site.awaitRefusal(id, SOON);
        assertThat(why.message()).as(each.getKey().name()).contains(each.getKey().reason());
        assertThat(each.getValue().requests()).as(each.getKey().name()).isZero();
      }
      assertThat(old.requests()).as("TLS 1.2").isZero();
    } finally {
      open.forEach(CarelessServer::close);
    }
  }

  private static String name(WrongServer wrong) {
    return wrong.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static SessionId receiveFrom(Site site, String peer) throws IOException {
    SessionId id = SessionId.create(InstantSource.system());
    ReceiveRequest request =
        new ReceiveRequest(new SinkSpec.Stream("sum"), peer, SessionLimits.DEFAULT, Map.of());
    CommandResult answer =
        site.receiver()
            .call(
                ApiPaths.receive(id),
                "--request",
                "PUT",
                "--data",
                Json.TOLERANT.writeValueAsString(request));
    assertThat(answer.exit()).as(answer.toString()).isZero();
    return id;
  }

  private TestAuthority forger(Site site) throws Exception {
    return new TestAuthority(directory.resolve("forger"), site.trust().authority());
  }

  private static void deliverRevoked(Site site, TestAuthority forger) throws IOException {
    for (String holder : List.of("office", "vault")) {
      Files.copy(
          forger.revocations(),
          site.trust().files(holder).revoked().orElseThrow(),
          StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static List<String> showing(TlsConfig files) {
    return List.of("--cert", files.certificate().toString(), "--key", files.key().toString());
  }

  private static List<String> with(List<String> arguments, String... more) {
    return Stream.concat(arguments.stream(), List.of(more).stream()).toList();
  }

  private static List<String> statuses(Agent agent, List<String> paths, List<String> arguments)
      throws IOException {
    return knock(agent, paths, arguments).out().lines().map(line -> line.split(" ", 2)[0]).toList();
  }

  /** Asks for each path on a connection of its own, and prints how much came back. */
  private static CommandResult knock(Agent agent, List<String> paths, List<String> arguments)
      throws IOException {
    List<String> words = new ArrayList<>(arguments);
    words.addAll(List.of("--write-out", "%{http_code} %{size_header} %{size_download}\\n"));
    paths.forEach(_ -> words.addAll(List.of("--output", "/dev/null")));
    return curl(agent, paths, words);
  }

  /* A client that would let itself in for anything. */
  private static CommandResult curl(Agent agent, List<String> paths, List<String> arguments)
      throws IOException {
    List<String> words = new ArrayList<>(List.of("curl", "--silent", "--show-error"));
    words.addAll(List.of("--insecure", "--ciphers", "DEFAULT@SECLEVEL=0", "--max-time", "20"));
    words.addAll(arguments);
    for (String path : paths) {
      words.add(agent.url() + "/" + path);
    }
    return CommandResult.of(words);
  }
}

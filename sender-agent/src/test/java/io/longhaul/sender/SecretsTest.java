package io.longhaul.sender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.auth.IdentityConfig;
import io.longhaul.protocol.auth.TokenConfig;
import io.longhaul.protocol.auth.TokenFile;
import io.longhaul.protocol.chunk.DigestChoice;
import io.longhaul.protocol.client.AgentAddress;
import io.longhaul.protocol.client.AgentClient;
import io.longhaul.protocol.client.AgentConnection;
import io.longhaul.protocol.config.ConfigFile;
import io.longhaul.protocol.config.SpoolConfig;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.server.Listen;
import io.longhaul.protocol.testing.Output;
import io.longhaul.protocol.testing.TestAuthority;
import io.longhaul.protocol.tls.CertificateUse;
import io.longhaul.protocol.tls.Tls;
import io.longhaul.protocol.tls.TlsConfig;
import io.longhaul.protocol.wire.Abort;
import io.longhaul.protocol.wire.AgentInfo;
import io.longhaul.protocol.wire.SendRequest;
import io.longhaul.protocol.wire.SendStatus;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.wire.SourceSpec;
import io.longhaul.sender.grant.SendGrant;
import io.longhaul.sender.session.StreamConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** No log line, answer, message or command line has a secret of those who call, or of the agent. */
@Timeout(120)
class SecretsTest {
  private static final String TOKEN = "S3cretT0ken.of-vault_0123456789";
  private static final String VARIABLE = "S3cretVariable";

  @TempDir private Path directory;

  private Path secret(String name, String text) throws Exception {
    Path file = Files.writeString(directory.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private SenderConfig config(
      Optional<List<TokenConfig>> tokens,
      Optional<TlsConfig> tls,
      Optional<List<IdentityConfig>> identities)
      throws Exception {
    StreamConfig stream =
        new StreamConfig(
            List.of("sh", "-c", "printf word; exec sleep 1000"),
            Optional.empty(),
            Optional.of(Map.of("PGPASSWORD", VARIABLE)),
            Optional.empty());
    return new SenderConfig(
        "office",
        new Listen(Optional.empty(), 0, Optional.empty(), tokens, tls, identities),
        Optional.of(
            new SpoolConfig(
                Optional.of(Files.createDirectories(directory.resolve("spool"))),
                Optional.empty())),
        Optional.empty(),
        Optional.of(Map.of("granted", stream, "other", stream)),
        Optional.of(
            List.of(
                new SendGrant(
                    "vault",
                    Optional.empty(),
                    Optional.of(Set.of("granted")),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()))));
  }

  private static SendRequest request(String stream) {
    return new SendRequest(
        new SourceSpec.Stream(stream),
        "vault",
        SenderUnderTest.CHUNK,
        DigestChoice.BOTH,
        SessionLimits.DEFAULT,
        Map.of());
  }

  /** Makes calls that succeed and calls that are refused. */
  private static void use(AgentClient vault, Output output) throws Exception {
    output.add(vault.get(ApiPaths.AGENT, Duration.ZERO, AgentInfo.class));
    SessionId id = SenderUnderTest.newId();
    output.add(vault.put(ApiPaths.send(id), request("granted"), SendStatus.class));
    output.addProcesses();
    Throwable refused =
        catchThrowable(() ->
            vault.put(ApiPaths.send(SenderUnderTest.newId()), request("other"), SendStatus.class));
    assertThat(refused).hasMessageContaining("403");
    output.add(refused);
    output.add(
        vault.post(
            ApiPaths.send(id) + "/abort",
            new Abort(Failure.permanent(FailureKind.ABORTED, "enough")),
            Abort.MOST_WAIT,
            SendStatus.class));
  }

  @Test
  void aTokenIsNowhere() throws Exception {
    Path token = secret("vault.token", TOKEN);
    Path wrong = secret("wrong.token", "wrong" + TOKEN);
    Path hashed = secret("vault.token.sha256", TokenFile.hashed(TOKEN));
    try (Output output = new Output()) {
      SenderConfig config =
          config(
              Optional.of(List.of(new TokenConfig("vault", hashed, false))),
              Optional.empty(),
              Optional.empty());
      output.add(config);
      try (SenderAgent agent = SenderAgent.start(config)) {
        URI url = URI.create("http://127.0.0.1:" + agent.port());
        use(client(new AgentAddress(url, Optional.of(token)), Optional.empty()), output);
        AgentClient stranger = client(new AgentAddress(url, Optional.of(wrong)), Optional.empty());
        Throwable refused =
            catchThrowable(() -> stranger.get(ApiPaths.AGENT, Duration.ZERO, AgentInfo.class));
        assertThat(refused).hasMessageContaining("401");
        output.add(refused);
        /* Mistakes of an administrator: a token where its hash should be, and one in the URL. */
        output.add(
            catchThrowable(() ->
                SenderAgent.start(
                    config(
                        Optional.of(List.of(new TokenConfig("vault", token, false))),
                        Optional.empty(),
                        Optional.empty()))));
        output.add(
            new AgentAddress(URI.create("http://vault:" + TOKEN + "@office:1"), Optional.empty())
                .problems("peers.office", false));
        Path yaml =
            secret("sender.yaml", "name: office\nlisten: {port: 0, token: " + TOKEN + "}\n");
        output.add(catchThrowable(() -> ConfigFile.read(yaml, SenderConfig.class)));
      }
      assertThat(output.text())
          .contains("refused", "Tried to read the hashed token", "peers.office.url", "unknown key")
          .doesNotContain(TOKEN)
          .doesNotContain(VARIABLE);
    }
  }

  @Test
  void norIsAKey() throws Exception {
    TestAuthority authority = new TestAuthority(directory.resolve("authority"));
    TlsConfig office = authority.issue("office", "127.0.0.1");
    TlsConfig vault = authority.issue("vault");
    try (Output output = new Output()) {
      SenderConfig config =
          config(
              Optional.empty(),
              Optional.of(office),
              Optional.of(List.of(new IdentityConfig("vault", false))));
      output.add(config);
      try (SenderAgent agent = SenderAgent.start(config)) {
        URI url = URI.create("https://127.0.0.1:" + agent.port());
        use(
            client(
                new AgentAddress(url, Optional.empty()),
                Optional.of(Tls.open(vault, CertificateUse.CONNECT))),
            output);
      }
      /* Mistakes of an administrator: files that are changed about, and a key that is cut off. */
      output.add(
          fault(new TlsConfig(office.key(), office.key(), office.authority(), office.revoked())));
      output.add(
          fault(
              new TlsConfig(
                  office.certificate(), vault.key(), office.authority(), office.revoked())));
      Path half =
          secret(
              "half.key",
              Files.readString(office.key()).replaceFirst("[A-Za-z]=*\n-----END", "\n-----END"));
      output.add(
          fault(new TlsConfig(office.certificate(), half, office.authority(), office.revoked())));
      assertThat(output.text())
          .contains("refused", "it is not that of")
          .doesNotContain(secretLines(office))
          .doesNotContain(secretLines(vault));
    }
  }

  private static Throwable fault(TlsConfig config) {
    Throwable fault = catchThrowable(() -> Tls.open(config, CertificateUse.LISTEN));
    assertThat(fault).isNotNull();
    return fault;
  }

  private static List<String> secretLines(TlsConfig config) throws Exception {
    return Files.readAllLines(config.key()).stream()
        .filter(line -> !line.startsWith("-----"))
        .toList();
  }

  private static AgentClient client(AgentAddress address, Optional<Tls> tls) throws Exception {
    return new AgentClient(AgentConnection.to("test", address, tls, 1));
  }
}

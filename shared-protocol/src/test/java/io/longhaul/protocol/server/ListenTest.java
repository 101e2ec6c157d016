package io.longhaul.protocol.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.auth.IdentityConfig;
import io.longhaul.protocol.auth.TokenConfig;
import io.longhaul.protocol.tls.TlsConfig;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenTest {
  private static final List<TokenConfig> ONE =
      List.of(new TokenConfig("vault", Path.of("/t"), false));

  private static final TlsConfig FILES =
      new TlsConfig(Path.of("/c"), Path.of("/k"), Path.of("/a"), Optional.empty());

  private static Listen on(String host, boolean plaintext, List<TokenConfig> tokens) {
    return new Listen(
        Optional.of(host),
        7171,
        Optional.of(plaintext),
        Optional.of(tokens),
        Optional.empty(),
        Optional.empty());
  }

  private static Listen at(int port) {
    return new Listen(
        Optional.empty(),
        port,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Listen encrypted(
      boolean plaintext, List<TokenConfig> tokens, IdentityConfig... identities) {
    return new Listen(
        Optional.of("0.0.0.0"),
        7171,
        Optional.of(plaintext),
        Optional.of(tokens),
        Optional.of(FILES),
        Optional.of(List.of(identities)));
  }

  @Test
  void isOnLoopbackUnlessToldOtherwise() throws Exception {
    Listen listen = at(0);
    assertThat(listen.problems()).isEmpty();
    assertThat(listen.open().warnings(Instant.EPOCH)).isEmpty();
    assertThat(listen.open().certificateExpires()).isEmpty();
    assertThat(listen.address().getAddress().isLoopbackAddress()).isTrue();
    assertThat(listen.names()).containsExactly("local");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.8.8.8", "localhost", "::1"})
  void loopbackNeedsNothing(String host) throws Exception {
    assertThat(on(host, false, List.of()).problems()).isEmpty();
    assertThat(on(host, false, List.of()).open().warnings(Instant.EPOCH)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
  void anyOtherAddressNeedsTokensAndAClearWord(String host) throws Exception {
    assertThat(on(host, false, List.of()).problems())
        .hasSize(2)
        .anySatisfy(p -> assertThat(p).startsWith("listen.host: ").contains("listen.tokens"))
        .anySatisfy(p -> assertThat(p).contains("listen.allow-plaintext: true"));
    assertThat(on(host, true, List.of()).problems()).hasSize(1);
    assertThat(on(host, false, ONE).problems()).hasSize(1);
    assertThat(on(host, true, ONE).problems()).isEmpty();
    assertThat(on(host, true, List.of()).open().warnings(Instant.EPOCH))
        .singleElement()
        .asString()
        .contains("nothing is encrypted");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65536})
  void aPortHasBounds(int port) {
    assertThat(at(port).problems()).containsExactly("listen.port: must be 0 to 65535, was " + port);
  }

  @Test
  void aNameThatNobodyKnowsIsAFault() {
    assertThat(on("no-such-host.invalid", true, ONE).problems())
        .containsExactly("listen.host: cannot resolve 'no-such-host.invalid'");
  }

  @Test
  void withTlsCertificatesTakeThePlaceOfTokens() {
    IdentityConfig vault = new IdentityConfig("vault", false);
    assertThat(encrypted(false, List.of(), vault).problems()).isEmpty();
    assertThat(encrypted(false, List.of(), vault).names()).containsExactly("vault");
    assertThat(encrypted(false, ONE, vault).problems())
        .singleElement()
        .asString()
        .startsWith("listen.tokens: has no place beside listen.tls");
    assertThat(encrypted(true, List.of(), vault).problems())
        .containsExactly("listen.allow-plaintext: contradicts listen.tls");
    assertThat(encrypted(false, List.of()).problems())
        .singleElement()
        .asString()
        .startsWith("listen.identities: must name who may come");
    assertThat(encrypted(false, List.of(), vault, vault).problems())
        .containsExactly("listen.identities.name: 'vault' is there twice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "local", "a b", "-a", "ä", "a,CN=b"})
  void anIdentityHasANameThatACertificateCanHave(String name) {
    assertThat(encrypted(false, List.of(), new IdentityConfig(name, false)).problems())
        .singleElement()
        .asString()
        .startsWith("listen.identities.name: must be ")
        .endsWith("was '" + name + "'");
  }

  @Test
  void identitiesNeedTls() {
    Listen listen =
        new Listen(
            Optional.empty(),
            1,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(List.of(new IdentityConfig("vault", false))));
    assertThat(listen.problems())
        .containsExactly("listen.identities: needs listen.tls; without it, list listen.tokens");
  }
}

package io.longhaul.protocol.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.auth.TokenConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenTest {
  private static final List<TokenConfig> ONE =
      List.of(new TokenConfig("vault", Path.of("/t"), false));

  private static Listen on(String host, boolean plaintext, List<TokenConfig> tokens) {
    return new Listen(Optional.of(host), 7171, Optional.of(plaintext), Optional.of(tokens));
  }

  @Test
  void isOnLoopbackUnlessToldOtherwise() {
    Listen listen = new Listen(Optional.empty(), 0, Optional.empty(), Optional.empty());
    assertThat(listen.problems()).isEmpty();
    assertThat(listen.warnings()).isEmpty();
    assertThat(listen.address().getAddress().isLoopbackAddress()).isTrue();
    assertThat(listen.tokenList()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.8.8.8", "localhost", "::1"})
  void loopbackNeedsNothing(String host) {
    assertThat(on(host, false, List.of()).problems()).isEmpty();
    assertThat(on(host, false, List.of()).warnings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
  void anyOtherAddressNeedsTokensAndAClearWord(String host) {
    assertThat(on(host, false, List.of()).problems())
        .hasSize(2)
        .anySatisfy(p -> assertThat(p).startsWith("listen.host: ").contains("listen.tokens"))
        .anySatisfy(p -> assertThat(p).contains("listen.allow-plaintext: true"));
    assertThat(on(host, true, List.of()).problems()).hasSize(1);
    assertThat(on(host, false, ONE).problems()).hasSize(1);
    assertThat(on(host, true, ONE).problems()).isEmpty();
    assertThat(on(host, true, ONE).warnings())
        .singleElement()
        .asString()
        .contains("nothing is encrypted");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65536})
  void aPortHasBounds(int port) {
    assertThat(new Listen(Optional.empty(), port, Optional.empty(), Optional.empty()).problems())
        .containsExactly("listen.port: must be 0 to 65535, was " + port);
  }

  @Test
  void aNameThatNobodyKnowsIsAFault() {
    assertThat(on("no-such-host.invalid", true, ONE).problems())
        .containsExactly("listen.host: cannot resolve 'no-such-host.invalid'");
  }
}

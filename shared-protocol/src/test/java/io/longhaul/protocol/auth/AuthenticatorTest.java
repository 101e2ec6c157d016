package io.longhaul.protocol.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.config.ConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticatorTest {
  private static final String VAULT = "0123456789abcdef";
  private static final String ADMIN = "fedcba9876543210._~+/-==";

  private static Path token(Path dir, String name, String text) throws Exception {
    Path file = Files.writeString(dir.resolve(name), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  private static Authenticator two(Path dir) throws Exception {
    return Authenticator.of(
        List.of(
            new TokenConfig("vault", token(dir, "vault", VAULT + "\n"), false),
            new TokenConfig("boss", token(dir, "boss", ADMIN), true)));
  }

  @Test
  void knowsWhoPresentsWhichToken(@TempDir Path dir) throws Exception {
    Authenticator two = two(dir);
    assertThat(two.required()).isTrue();
    assertThat(two.identify(Optional.of("Bearer " + VAULT))).contains(new Identity("vault", false));
    assertThat(two.identify(Optional.of("Bearer " + ADMIN))).contains(new Identity("boss", true));
  }

  /** RFC 9110 section 11.1: the scheme's case does not matter, and there may be several spaces. */
  @ParameterizedTest
  @ValueSource(strings = {"bearer ", "BEARER ", "Bearer   "})
  void theSchemeIsReadAsTheRfcSays(String scheme, @TempDir Path dir) throws Exception {
    assertThat(two(dir).identify(Optional.of(scheme + VAULT))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer ",
        "Bearer 0123456789abcde",
        "Bearer 0123456789abcdeF",
        "Bearer 0123456789abcdef,fedcba9876543210",
        "Bearer0123456789abcdef",
        "Basic 0123456789abcdef",
        "0123456789abcdef",
      })
  void nobodyElseIsKnown(String header, @TempDir Path dir) throws Exception {
    assertThat(two(dir).identify(Optional.of(header))).isEmpty();
    assertThat(two(dir).identify(Optional.empty())).isEmpty();
  }

  @Test
  void withoutTokensEverybodyIsLocal() throws Exception {
    Authenticator open = Authenticator.of(List.of());
    assertThat(open.required()).isFalse();
    assertThat(open.identify(Optional.empty())).contains(Identity.LOCAL);
    assertThat(open.identify(Optional.of("Bearer whatever"))).contains(Identity.LOCAL);
  }

  @Test
  void anIdentityMayHaveTwoTokensWhileTheyAreExchanged(@TempDir Path dir) throws Exception {
    Authenticator both =
        Authenticator.of(
            List.of(
                new TokenConfig("vault", token(dir, "old", VAULT), false),
                new TokenConfig("vault", token(dir, "new", ADMIN), false)));
    assertThat(both.identify(Optional.of("Bearer " + VAULT)))
        .isEqualTo(both.identify(Optional.of("Bearer " + ADMIN)))
        .isPresent();
  }

  @Test
  void aTokenBelongsToOneIdentity(@TempDir Path dir) throws Exception {
    List<TokenConfig> twice =
        List.of(
            new TokenConfig("vault", token(dir, "vault", VAULT), false),
            new TokenConfig("boss", token(dir, "boss", VAULT), true));
    assertThatThrownBy(() -> Authenticator.of(twice))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(dir.resolve("boss").toString())
        .hasMessageContaining("vault")
        .hasMessageContaining("boss")
        .message()
        .doesNotContain(VAULT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwx------"})
  void aFileThatOthersMayReadIsRefused(String mode, @TempDir Path dir) throws Exception {
    Path file = token(dir, "token", VAULT);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    assertThatThrownBy(() -> TokenFile.read(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("its mode is " + mode)
        .hasMessageContaining("chmod 600 " + file)
        .message()
        .doesNotContain(VAULT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"r--------", "rw-------"})
  void aFileOfItsOwnerAloneIsRead(String mode, @TempDir Path dir) throws Exception {
    Path file = token(dir, "token", "  " + VAULT + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    assertThat(TokenFile.read(file)).isEqualTo(VAULT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "short",
        "0123456789abcde",
        "0123456789abcdef 0",
        "0123456789\u00e4bcdef"
      })
  void whatIsNoTokenIsRefused(String text, @TempDir Path dir) throws Exception {
    Path file = token(dir, "token", text);
    assertThatThrownBy(() -> TokenFile.read(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("openssl rand -hex 32");
  }

  @Test
  void aTokenHasALargestLength(@TempDir Path dir) throws Exception {
    assertThat(TokenFile.read(token(dir, "most", "x".repeat(256)))).hasSize(256);
    Path file = token(dir, "more", "x".repeat(257));
    assertThatThrownBy(() -> TokenFile.read(file)).isInstanceOf(ConfigException.class);
  }

  @Test
  void aFileThatCannotBeReadIsNamed(@TempDir Path dir) throws Exception {
    Path none = dir.resolve("none");
    assertThatThrownBy(() -> TokenFile.read(none))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(none.toString());
    Path bytes = Files.write(token(dir, "bytes", ""), new byte[] {-1, -2});
    assertThatThrownBy(() -> TokenFile.read(bytes))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(bytes.toString());
  }
}

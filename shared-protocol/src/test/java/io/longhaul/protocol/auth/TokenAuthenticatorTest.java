package io.longhaul.protocol.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.failure.ProblemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenAuthenticatorTest {
  private static final String VAULT = "0123456789abcdef";
  private static final String ADMIN = "fedcba9876543210._~+/-==";

  private static Path token(Path dir, String name, String text) throws Exception {
    Path file = Files.writeString(dir.resolve(name), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  private static Path hashed(Path dir, String name, String token) throws Exception {
    return token(dir, name, TokenFile.hashed(token) + "\n");
  }

  private static Identity identify(Authenticator authenticator, String header) throws Exception {
    return authenticator.identify(new Presented(Optional.of(header), List.of()));
  }

  private static void assertUnknown(Authenticator authenticator, Optional<String> header) {
    assertThatThrownBy(() -> authenticator.identify(new Presented(header, List.of())))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().status()).isEqualTo(401));
  }

  private static TokenAuthenticator two(Path dir) throws Exception {
    return TokenAuthenticator.of(
        List.of(
            new TokenConfig("vault", hashed(dir, "vault", VAULT), false),
            new TokenConfig("boss", hashed(dir, "boss", ADMIN), true)));
  }

  @Test
  void knowsWhoPresentsWhichToken(@TempDir Path dir) throws Exception {
    TokenAuthenticator two = two(dir);
    assertThat(identify(two, "Bearer " + VAULT)).isEqualTo(new Identity("vault", false));
    assertThat(identify(two, "Bearer " + ADMIN)).isEqualTo(new Identity("boss", true));
  }

  /** RFC 9110 section 11.1: the scheme's case does not matter, and there may be several spaces. */
  @ParameterizedTest
  @ValueSource(strings = {"bearer ", "BEARER ", "Bearer   "})
  void theSchemeIsReadAsTheRfcSays(String scheme, @TempDir Path dir) throws Exception {
    assertThat(identify(two(dir), scheme + VAULT).name()).isEqualTo("vault");
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
    assertUnknown(two(dir), Optional.of(header));
    assertUnknown(two(dir), Optional.empty());
  }

  @Test
  void withoutTokensEverybodyIsLocal() throws Exception {
    TokenAuthenticator open = TokenAuthenticator.of(List.of());
    assertThat(open.identify(new Presented(Optional.empty(), List.of()))).isEqualTo(Identity.LOCAL);
    assertThat(identify(open, "Bearer whatever")).isEqualTo(Identity.LOCAL);
  }

  @Test
  void anIdentityMayHaveTwoTokensWhileTheyAreExchanged(@TempDir Path dir) throws Exception {
    TokenAuthenticator both =
        TokenAuthenticator.of(
            List.of(
                new TokenConfig("vault", hashed(dir, "old", VAULT), false),
                new TokenConfig("vault", hashed(dir, "new", ADMIN), false)));
    assertThat(identify(both, "Bearer " + VAULT)).isEqualTo(identify(both, "Bearer " + ADMIN));
  }

  @Test
  void aTokenBelongsToOneIdentity(@TempDir Path dir) throws Exception {
    List<TokenConfig> twice =
        List.of(
            new TokenConfig("vault", hashed(dir, "vault", VAULT), false),
            new TokenConfig("boss", hashed(dir, "boss", VAULT), true));
    assertThatThrownBy(() -> TokenAuthenticator.of(twice))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(dir.resolve("boss").toString())
        .hasMessageContaining("vault")
        .hasMessageContaining("boss")
        .message()
        .doesNotContain(VAULT);
  }

  @Test
  void anAgentKeepsNoToken(@TempDir Path dir) throws Exception {
    Path plain = token(dir, "plain", VAULT);
    assertThatThrownBy(() -> TokenAuthenticator.of(List.of(new TokenConfig("vault", plain, false))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(plain.toString())
        .hasMessageContaining("an agent keeps no token")
        .message()
        .doesNotContain(VAULT);
  }

  @Test
  void theHashItselfOpensNothing(@TempDir Path dir) throws Exception {
    String kept = TokenFile.hashed(VAULT);
    assertUnknown(two(dir), Optional.of("Bearer " + kept));
    assertUnknown(two(dir), Optional.of("Bearer " + kept.substring("sha256:".length())));
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
        .hasMessageContaining("coordinator trust token");
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

package io.longhaul.protocol.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkDigestsTest {
  /* Of the empty string. */
  private static final String MD5 = "d41d8cd98f00b204e9800998ecf8427e";
  private static final String SHA256 =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  @Test
  void sha256IsTheStrongest() {
    assertThat(new ChunkDigests(Optional.of(MD5), Optional.of(SHA256)).strongest())
        .isEqualTo(SHA256);
    assertThat(new ChunkDigests(Optional.of(MD5), Optional.empty()).strongest()).isEqualTo(MD5);
  }

  @Test
  void theEntityTagIsStrongAndQuoted() {
    assertThat(new ChunkDigests(Optional.of(MD5), Optional.empty()).entityTag())
        .isEqualTo("\"" + MD5 + "\"");
  }

  @Test
  void theReprDigestListsAllInBase64() {
    assertThat(new ChunkDigests(Optional.of(MD5), Optional.of(SHA256)).reprDigest())
        .isEqualTo(
            "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:,"
                + " md5=:1B2M2Y8AsgTpgAmY7PhCfg==:");
    assertThat(new ChunkDigests(Optional.of(MD5), Optional.empty()).reprDigest())
        .isEqualTo("md5=:1B2M2Y8AsgTpgAmY7PhCfg==:");
  }

  @Test
  void showsTheStrongest() {
    assertThat(new ChunkDigests(Optional.of(MD5), Optional.of(SHA256)))
        .hasToString("SHA-256 " + SHA256);
    assertThat(new ChunkDigests(Optional.of(MD5), Optional.empty())).hasToString("MD5 " + MD5);
  }

  @Test
  void needsOne() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ChunkDigests(Optional.empty(), Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "d41d",
        "D41D8CD98F00B204E9800998ECF8427E",
        "g41d8cd98f00b204e9800998ecf8427e"
      })
  void isLowerCaseHexadecimalOfTheRightLength(String hex) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ChunkDigests(Optional.of(hex), Optional.empty()))
        .withMessageContaining("MD5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ChunkDigests(Optional.empty(), Optional.of(hex)))
        .withMessageContaining("SHA-256");
  }
}

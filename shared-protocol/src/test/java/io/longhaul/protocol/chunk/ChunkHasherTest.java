package io.longhaul.protocol.chunk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkHasherTest {

  @ParameterizedTest
  @CsvSource({
    "md5, 900150983cd24fb0d6963f7d28e17f72,",
    "sha256,, ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "both, 900150983cd24fb0d6963f7d28e17f72,"
        + " ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  })
  void takesTheChosenDigests(String choice, String md5, String sha256) {
    ChunkHasher hasher = new ChunkHasher(DigestChoice.of(choice));
    hasher.update(ByteBuffer.wrap("abc".getBytes(UTF_8)));
    assertThat(hasher.digests())
        .isEqualTo(new ChunkDigests(Optional.ofNullable(md5), Optional.ofNullable(sha256)));
  }

  @Test
  void theCrcIsCastagnoli() {
    ChunkHasher hasher = new ChunkHasher(DigestChoice.MD5);
    hasher.update(ByteBuffer.wrap("123456789".getBytes(UTF_8)));
    assertThat(HexFormat.of().toHexDigits(hasher.crc32c())).isEqualTo("e3069283");
  }

  static LongStream seeds() {
    return LongStream.range(0, 50);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void howTheBytesAreCutDoesNotMatter(long seed) {
    Random random = new Random(seed);
    byte[] bytes = new byte[random.nextInt(1, 100_000)];
    random.nextBytes(bytes);
    ChunkHasher whole = new ChunkHasher(DigestChoice.BOTH);
    whole.update(ByteBuffer.wrap(bytes));

    ChunkHasher pieces = new ChunkHasher(DigestChoice.BOTH);
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    for (int at = 0; at < bytes.length; ) {
      int length = random.nextInt(bytes.length - at + 1);
      ByteBuffer piece = direct.duplicate().position(at).limit(at + length);
      pieces.update(piece);
      assertThat(piece.position()).isEqualTo(at);
      at += length;
    }
    assertThat(pieces.crc32c()).isEqualTo(whole.crc32c());
    assertThat(pieces.digests()).isEqualTo(whole.digests());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "MD5", "sha1", "sha-256"})
  void aChoiceIsWrittenOneWay(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DigestChoice.of(text))
        .withMessageContaining("'" + text + "'");
  }
}

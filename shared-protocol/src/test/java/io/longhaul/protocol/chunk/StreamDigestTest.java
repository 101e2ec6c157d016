package io.longhaul.protocol.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class StreamDigestTest {
  private static final ChunkRecord FIRST = chunk(0, 0, 10, "a");
  private static final ChunkRecord SECOND = chunk(1, 10, 5, "b");

  private static ChunkRecord chunk(long number, long offset, long length, String text) {
    return ChunkRecord.of(
        number,
        offset,
        length,
        new ChunkDigests(Optional.empty(), Optional.of(DigestUtils.sha256Hex(text))));
  }

  private static StreamDigest over(ChunkRecord... chunks) {
    StreamDigest digest = new StreamDigest();
    for (ChunkRecord chunk : chunks) {
      digest.add(chunk);
    }
    return digest;
  }

  @Test
  void isSha256OverTheRawDigestsInOrder() {
    byte[] raw = Arrays.copyOf(DigestUtils.sha256("a"), 64);
    System.arraycopy(DigestUtils.sha256("b"), 0, raw, 32, 32);
    String expected = DigestUtils.sha256Hex(raw);
    assertThat(over(FIRST, SECOND).end(0, Optional.empty()))
        .isEqualTo(new EndRecord(2, 15, 0, expected, Optional.empty()));
  }

  @Test
  void anEmptyStreamHasOneToo() {
    assertThat(over().end(0, Optional.of("7")))
        .isEqualTo(new EndRecord(0, 0, 0, DigestUtils.sha256Hex(""), Optional.of("7")));
  }

  @Test
  void endingIsNotConsuming() {
    StreamDigest digest = over(FIRST);
    EndRecord end = digest.end(0, Optional.empty());
    assertThat(digest.end(0, Optional.empty())).isEqualTo(end);
    assertThat(digest.differenceFrom(end)).isEmpty();
    digest.add(SECOND);
    assertThat(digest.end(0, Optional.empty()))
        .isEqualTo(over(FIRST, SECOND).end(0, Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 0", "1, 9", "1, 11", "2, 10", "0, 10"})
  void takesNoChunkOutOfOrder(long number, long offset) {
    StreamDigest digest = over(FIRST);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> digest.add(chunk(number, offset, 5, "b")))
        .withMessageContaining("expected chunk 1 at offset 10");
    assertThat(digest.chunks()).isEqualTo(1);
    assertThat(digest.bytes()).isEqualTo(10);
  }

  static List<EndRecord> wrongEnds() {
    EndRecord good = over(FIRST, SECOND).end(1, Optional.of("9"));
    return List.of(
        new EndRecord(1, 15, 1, good.digest(), good.guid()),
        new EndRecord(2, 14, 1, good.digest(), good.guid()),
        new EndRecord(2, 15, 1, DigestUtils.sha256Hex("c"), good.guid()),
        over(FIRST, chunk(1, 10, 5, "c")).end(1, Optional.of("9")));
  }

  @ParameterizedTest
  @MethodSource("wrongEnds")
  void findsAnEndThatIsNotOfTheseChunks(EndRecord wrong) {
    Optional<Failure> difference = over(FIRST, SECOND).differenceFrom(wrong);
    assertThat(difference).map(Failure::kind).contains(FailureKind.SPOOL_DAMAGED);
    assertThat(difference).map(Failure::resumable).contains(false);
  }

  @Test
  void agreesWithTheRightEnd() {
    EndRecord good = over(FIRST, SECOND).end(1, Optional.of("9"));
    assertThat(over(FIRST, SECOND).differenceFrom(good)).isEmpty();
  }
}

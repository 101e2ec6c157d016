package io.longhaul.protocol.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.protocol.SessionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ManifestRecordTest {
  private static final Optional<String> MD5 = Optional.of("d41d8cd98f00b204e9800998ecf8427e");
  private static final SessionId ID = new SessionId("01k6zv5q8r3m9x2c7b4t0hfgjd");

  static Stream<ManifestRecord> records() {
    return Stream.of(
        new HeaderRecord(ID, 1),
        new ChunkRecord(0, 0, 1, MD5, Optional.empty(), OptionalInt.empty()),
        new ChunkRecord(
            Long.MAX_VALUE, 1L << 62, 1L << 61, MD5, Optional.empty(), OptionalInt.of(-1)),
        new AttemptRecord(2, 5, "said \"no\"\nand },\"crc\":\"00000000\"} \u00e4\ud83d\ude00"),
        new EndRecord(0, 0, 0, "e3", Optional.empty()),
        new EndRecord(1, 1, 1, "e3", Optional.of("1234567890123456789")));
  }

  @ParameterizedTest
  @MethodSource("records")
  void aLineComesBack(ManifestRecord record) throws Exception {
    byte[] line = ManifestLine.encode(record);
    assertThat(line[line.length - 1]).isEqualTo((byte) '\n');
    assertThat(ManifestLine.decode(line, line.length - 1)).isEqualTo(record);
    assertThat(new String(line, StandardCharsets.UTF_8).lines()).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("records")
  void everyChangedBitIsNoticed(ManifestRecord record) throws Exception {
    byte[] line = ManifestLine.encode(record);
    for (int bit = 0; bit < (line.length - 1) * 8; bit++) {
      byte[] damaged = line.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> ManifestLine.decode(damaged, damaged.length - 1))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void anUnknownMemberIsPassedOver() throws Exception {
    byte[] line = line("{\"type\":\"header\",\"session\":\"" + ID + "\",\"format\":1,\"new\":[1]");
    assertThat(ManifestLine.decode(line, line.length)).isEqualTo(new HeaderRecord(ID, 1));
  }

  @Test
  void anUnknownRecordIsNotUnderstood() {
    byte[] line = line("{\"type\":\"surprise\"");
    assertThatThrownBy(() -> ManifestLine.decode(line, line.length))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("surprise");
  }

  /** A line as a newer version might write it: its checksum is right. */
  private static byte[] line(String body) {
    CRC32C crc = new CRC32C();
    crc.update(body.getBytes(StandardCharsets.UTF_8));
    return (body + ",\"crc\":\"%08x\"}".formatted(crc.getValue())).getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 0, 1",
    "0, -1, 1",
    "0, 0, 0",
    "0, 0, -1",
    "0, 9223372036854775807, 1",
    "0, 1, 9223372036854775807",
  })
  void aChunkHasAPlaceInTheStream(long chunk, long offset, long length) {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new ChunkRecord(chunk, offset, length, MD5, Optional.empty(), OptionalInt.empty()));
  }

  @Test
  void aStreamMayHaveTheLargestLength() {
    ChunkRecord last =
        new ChunkRecord(1, Long.MAX_VALUE - 1, 1, MD5, Optional.empty(), OptionalInt.empty());
    assertThat(last.end()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aChunkNeedsADigest() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new ChunkRecord(0, 0, 1, Optional.empty(), Optional.empty(), OptionalInt.empty()));
  }

  @Test
  void theReceiverAddsItsChecksum() {
    ChunkRecord record = ChunkRecord.of(3, 10, 5, new ChunkDigests(MD5, Optional.empty()));
    assertThat(record.crc32c()).isEmpty();
    assertThat(record.withCrc32c(7))
        .isEqualTo(new ChunkRecord(3, 10, 5, MD5, Optional.empty(), OptionalInt.of(7)));
    assertThat(record.withCrc32c(7).digests()).isEqualTo(record.digests());
  }

  @ParameterizedTest
  @CsvSource({"-1, 0", "0, -1", "2, 1"})
  void anEndCountsWhatIsThere(long chunks, long bytes) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new EndRecord(chunks, bytes, 0, "", Optional.empty()));
  }

  @Test
  void aReasonFitsItsLine() throws Exception {
    AttemptRecord record = new AttemptRecord(2, 0, "first " + "\u0001".repeat(200_000));
    assertThat(ManifestLine.encode(record).length).isLessThan(64 * 1024);
    assertThat(record.reason()).startsWith("first ");
  }
}

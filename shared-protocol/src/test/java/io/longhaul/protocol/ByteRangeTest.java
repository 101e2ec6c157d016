package io.longhaul.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.longhaul.protocol.ByteRange.Asked;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {
  private static final long LENGTH = 1000;

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0, 0, 1",
    "bytes=0-999, 0, 1000",
    "bytes=0-1000, 0, 1000", // a last position beyond the end is cut
    "bytes=0-999999999999999999, 0, 1000",
    "bytes=999-999, 999, 1000",
    "bytes=500-, 500, 1000",
    "bytes=0-, 0, 1000",
    "bytes=-1, 999, 1000",
    "bytes=-1000, 0, 1000",
    "bytes=-5000, 0, 1000", // a suffix longer than all is all
    "bytes=-999999999999999999, 0, 1000",
    "bytes=007-9, 7, 10",
    "Bytes=1-2, 1, 3", // RFC 9110 section 14.1: the unit's case does not matter
    "' bytes=1-2 ', 1, 3",
  })
  void readsASingleRange(String header, long from, long to) {
    assertThat(ByteRange.parse(header, LENGTH)).isEqualTo(new Asked.Part(new ByteRange(from, to)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=1000-", "bytes=1000-1000", "bytes=5000-6000", "bytes=-0"})
  void tellsARangeOutsideOfTheRepresentation(String header) {
    assertThat(ByteRange.parse(header, LENGTH)).isEqualTo(new Asked.Unsatisfiable());
  }

  @Test
  void nothingOfAnEmptyRepresentationCanBeHad() {
    assertThat(ByteRange.parse("bytes=0-", 0)).isEqualTo(new Asked.Unsatisfiable());
    assertThat(ByteRange.parse("bytes=-1", 0)).isEqualTo(new Asked.Unsatisfiable());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5-4",
        "bytes=0-1,3-4",
        "bytes=0-1,",
        "bytes=a-b",
        "bytes=1",
        "bytes=--1",
        "bytes=+1-2",
        "bytes 1-2",
        "lines=1-2",
        "bytes=1-2-3",
        "bytes=\u0661-\u0662",
        "bytes=0-99999999999999999999999999",
      })
  void ignoresWhatIsNotOneByteRange(String header) {
    assertThat(ByteRange.parse(header, LENGTH)).isEqualTo(new Asked.Whole());
  }

  @Test
  void reachesToTheEndOfTheLargestRepresentation() {
    assertThat(ByteRange.parse("bytes=1-", Long.MAX_VALUE))
        .isEqualTo(new Asked.Part(new ByteRange(1, Long.MAX_VALUE)));
    assertThat(ByteRange.parse("bytes=-1", Long.MAX_VALUE))
        .isEqualTo(new Asked.Part(new ByteRange(Long.MAX_VALUE - 1, Long.MAX_VALUE)));
  }

  static LongStream seeds() {
    return LongStream.range(0, 300);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatIsAskedIsWhatIsRead(long seed) {
    Random random = new Random(seed);
    long length = 1 + random.nextLong(1L << random.nextInt(1, 59));
    long from = random.nextLong(length);
    long to = from + 1 + random.nextLong(length - from);
    ByteRange range = new ByteRange(from, to);

    assertThat(ByteRange.parse(range.header(), length)).isEqualTo(new Asked.Part(range));
    assertThat(range.length()).isEqualTo(to - from);
    assertThat(ContentRange.parse(new ContentRange(range, length).header()))
        .contains(new ContentRange(range, length));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatIsReadLiesWithinTheRepresentation(long seed) {
    Random random = new Random(seed);
    long length = random.nextLong(50);
    String first = random.nextBoolean() ? "" : Long.toString(random.nextLong(60));
    String last = random.nextBoolean() ? "" : Long.toString(random.nextLong(60));

    switch (ByteRange.parse("bytes=" + first + "-" + last, length)) {
      case Asked.Part(ByteRange range) -> {
        assertThat(range.to()).isLessThanOrEqualTo(length);
        for (long i = 0; i < length; i++) {
          boolean contained = range.from() <= i && i < range.to();
          assertThat(contained).as("byte %d", i).isEqualTo(asks(first, last, length, i));
        }
      }
      case Asked.Unsatisfiable() -> {
        for (long i = 0; i < length; i++) {
          assertThat(asks(first, last, length, i)).as("byte %d", i).isFalse();
        }
      }
      case Asked.Whole() ->
          assertThat(
                  (first.isEmpty() && last.isEmpty())
                      || (!first.isEmpty()
                          && !last.isEmpty()
                          && Long.parseLong(last) < Long.parseLong(first)))
              .isTrue();
    }
  }

  /** The RFC's words, byte by byte. */
  private static boolean asks(String first, String last, long length, long i) {
    if (first.isEmpty()) {
      return i >= length - Long.parseLong(last);
    }
    return i >= Long.parseLong(first) && (last.isEmpty() || i <= Long.parseLong(last));
  }

  @ParameterizedTest
  @CsvSource({"-1, 5", "0, 0", "5, 5", "6, 5", "0, -1"})
  void isNeverEmptyNorNegative(long from, long to) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ByteRange(from, to))
        .withMessageContaining("[" + from + ", " + to + ")");
  }

  @Test
  void showsItselfHalfOpen() {
    assertThat(new ByteRange(3, 7)).hasToString("[3, 7)");
  }
}

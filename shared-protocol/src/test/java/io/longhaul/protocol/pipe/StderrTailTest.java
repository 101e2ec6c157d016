package io.longhaul.protocol.pipe;

import static io.longhaul.protocol.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StderrTailTest {
  private static final int KEPT = 16 * 1024;
  private static final Duration LONG = Duration.ofSeconds(30);

  private static String tailOf(InputStream from) throws Exception {
    StderrTail tail = StderrTail.start(from, "test");
    tail.awaitEnd(LONG);
    return tail.text();
  }

  @Test
  void keepsAShortMessageWhole() throws Exception {
    assertThat(tailOf(new ByteArrayInputStream(" cannot receive: \u00e4\n\n".getBytes(UTF_8))))
        .isEqualTo("cannot receive: \u00e4");
    assertThat(tailOf(InputStream.nullInputStream())).isEmpty();
  }

  static LongStream seeds() {
    return LongStream.range(0, 50);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void keepsTheLastSixteenKibibytes(long seed) throws Exception {
    Random random = new Random(seed);
    StringBuilder said = new StringBuilder();
    int length = random.nextInt(3 * KEPT);
    while (said.length() < length) {
      said.append((char) ('!' + random.nextInt(90)));
    }
    assertThat(tailOf(new ByteArrayInputStream(said.toString().getBytes(UTF_8))))
        .isEqualTo(said.substring(Math.max(0, said.length() - KEPT)));
  }

  @Test
  void aCharacterCutInTwoLeavesNoTrace() throws Exception {
    String said = "\u20ac".repeat(KEPT); // three bytes each; 16384 is no multiple of three
    assertThat(tailOf(new ByteArrayInputStream(said.getBytes(UTF_8))))
        .isEqualTo("\u20ac".repeat(KEPT / 3));
  }

  @Test
  void canBeReadWhileTheChildTalksOn() throws Exception {
    try (PipedOutputStream child = new PipedOutputStream()) {
      StderrTail tail = StderrTail.start(new PipedInputStream(child), "test");
      child.write("first".getBytes(UTF_8));
      child.flush();
      eventually("the first word was read", () -> tail.text().equals("first"));
      tail.awaitEnd(Duration.ofMillis(1)); // does not wait for an end that does not come
      assertThat(tail.text()).isEqualTo("first");
    }
  }

  @Test
  void saysWhenItCouldNotReadOn() throws Exception {
    InputStream broken =
        new InputStream() {
          private boolean told;

          @Override
          public int read() throws IOException {
            if (!told) {
              told = true;
              return 'x';
            }
            throw new IOException("pipe is broken");
          }

          @Override
          public int read(byte[] into, int at, int length) throws IOException {
            into[at] = (byte) read();
            return 1;
          }
        };
    assertThat(tailOf(broken)).startsWith("x").contains("pipe is broken");
  }
}

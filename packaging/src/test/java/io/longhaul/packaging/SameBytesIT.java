package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.Keystream;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Tools;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.wire.ReceiveStatus;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sink gets the source's bytes, at every length where an off-by-one could hide. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SameBytesIT {
  private static final long CHUNK = 1 << 20;
  private static final long LARGE = 3L << 30;
  private static final int SLOW_LINES = 8;
  private static final String SLOW_LINE = "x".repeat(50_000) + "\n";

  private final Site site;
  private final Path sum;

  SameBytesIT() throws Exception {
    site = new Site();
    sum = site.file("sum");
  }

  @BeforeAll
  void startAgents() throws Exception {
    Tools.need("openssl", "curl");
    for (long bytes : new long[] {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, LARGE}) {
      site.office().stream("bytes-" + bytes, new Keystream(bytes).source());
    }
    site.office().stream("slow", java.util.List.of("sh", "-c", slowScript()));
    site.vault().stream("sum", Keystream.sink(sum));
    site.start();
  }

  @AfterAll
  void stopAgents() throws Exception {
    site.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1})
  void shortStream(long bytes) throws Exception {
    assertThat(transfer("bytes-" + bytes, "1MiB")).isEqualTo(new Keystream(bytes).sha256());
  }

  @Test
  void streamOfThreeGibibytes() throws Exception {
    assertThat(transfer("bytes-" + LARGE, "16MiB")).isEqualTo(new Keystream(LARGE).sha256());
  }

  @Test
  void sourceSlowerThanTheNetwork() throws Exception {
    Files.deleteIfExists(sum);
    SessionId id = site.startDetached("office::slow", "vault::sum", "--chunk-size", "1MiB");
    ReceiveStatus end = site.awaitDone(id, Duration.ofMinutes(1));
    assertThat(end.end().orElseThrow().chunks())
        .as("a slow source's bytes are on their way before a chunk is full")
        .isGreaterThan(1);
    byte[] sent = SLOW_LINE.repeat(SLOW_LINES).getBytes(StandardCharsets.US_ASCII);
    assertThat(Files.readString(sum)).startsWith(DigestUtils.sha256Hex(sent) + " ");
  }

  private static String slowScript() {
    String line = "head -c 50000 /dev/zero | tr '\\0' x; echo; sleep 1;";
    return line.repeat(SLOW_LINES);
  }

  private String transfer(String source, String chunkSize) throws Exception {
    Files.deleteIfExists(sum);
    CommandResult result =
        site.coordinator("start", "office::" + source, "vault::sum", "--chunk-size", chunkSize);
    assertThat(result.exit()).as(result.toString()).isZero();
    return Files.readString(sum).strip();
  }
}

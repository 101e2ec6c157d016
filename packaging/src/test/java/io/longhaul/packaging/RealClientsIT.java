package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.Eventually;
import io.longhaul.packaging.site.Keystream;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Tools;
import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.wire.ManifestPage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Any HTTP client that can fetch a range can fetch a chunk. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealClientsIT {
  private static final long CHUNK = 16 << 20;
  private static final int HALF = 8 << 20;

  private final Site site;
  private String url = "";
  private String chunkPath = "";
  private Optional<ChunkRecord> record = Optional.empty();
  private Path got = Path.of("");

  RealClientsIT() throws Exception {
    site = new Site();
  }

  /** A sink that takes nothing keeps the first chunk in the sender's spool. */
  @BeforeAll
  void sealAChunk() throws Exception {
    Tools.need("openssl", "curl", "wget", "aria2c");
    site.office().stream("data", new Keystream(4 * CHUNK).source());
    site.vault().stream("nothing", List.of("sleep", "600"));
    site.start();
    SessionId id =
        site.startDetached(
            "office::data", "vault::nothing", "--chunk-size", "16MiB", "--digests", "both");
    String manifest = ApiPaths.manifest(id) + "?from=1&limit=1&wait=5";
    record =
        Optional.of(
            Eventually.find(
                "chunk 1 in the manifest",
                Duration.ofMinutes(1),
                () ->
                    site.sender().get(manifest, ManifestPage.class).chunks().stream().findFirst()));
    chunkPath = ApiPaths.chunk(id, 1);
    url = site.sender().url() + "/" + chunkPath;
  }

  @BeforeEach
  void emptyPlace() throws Exception {
    got = site.file("got");
    Files.deleteIfExists(got);
  }

  @AfterAll
  void stopAgents() throws Exception {
    site.close();
  }

  @Test
  void curlByRanges() throws Exception {
    Path end = site.file("end");
    succeed("curl", "-sS", "--fail", "-r", "0-" + (HALF - 1), "-o", got.toString(), url);
    succeed("curl", "-sS", "--fail", "-r", HALF + "-", "-o", end.toString(), url);
    assertThat(Files.size(got)).isEqualTo(HALF);
    Files.write(got, Files.readAllBytes(end), java.nio.file.StandardOpenOption.APPEND);
    theChunkIsHere();
  }

  @Test
  void curlGoesOn() throws Exception {
    takeHalf();
    succeed("curl", "-sS", "--fail", "-C", "-", "-o", got.toString(), url);
    theChunkIsHere();
  }

  @Test
  void wgetGoesOn() throws Exception {
    takeHalf();
    succeed("wget", "-q", "-c", "-O", got.toString(), url);
    theChunkIsHere();
  }

  @Test
  void aria2cOverEightConnections() throws Exception {
    succeed("aria2c", "-q", "-x8", "-s8", "-k1M", "-d", site.file("").toString(), "-o", "got", url);
    theChunkIsHere();
  }

  @Test
  void headTellsLengthDigestAndTag() throws Exception {
    CommandResult head = site.sender().call(chunkPath, "--head");
    ChunkRecord chunk = record.orElseThrow();
    assertThat(head.out())
        .contains("Content-Length: " + CHUNK)
        .contains("Accept-Ranges: bytes")
        .contains("ETag: " + chunk.digests().entityTag())
        .contains("Repr-Digest: " + chunk.digests().reprDigest());
  }

  private void takeHalf() throws Exception {
    succeed("curl", "-sS", "--fail", "-r", "0-" + (HALF - 1), "-o", got.toString(), url);
    assertThat(Files.size(got)).isEqualTo(HALF);
  }

  private void theChunkIsHere() throws Exception {
    byte[] bytes = Files.readAllBytes(got);
    ChunkRecord chunk = record.orElseThrow();
    assertThat(bytes).hasSize((int) CHUNK);
    assertThat(chunk.sha256()).hasValue(DigestUtils.sha256Hex(bytes));
    assertThat(chunk.md5()).hasValue(DigestUtils.md5Hex(bytes));
  }

  private static void succeed(String... command) throws Exception {
    CommandResult result = CommandResult.of(List.of(command));
    assertThat(result.exit()).as(result.toString()).isZero();
  }
}

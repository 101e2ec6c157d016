package io.longhaul.sender;

import static io.longhaul.sender.SenderUnderTest.CHUNK;
import static io.longhaul.sender.SenderUnderTest.grantOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.wire.Abort;
import io.longhaul.protocol.wire.ManifestPage;
import io.longhaul.sender.grant.SendGrant;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A grant's rate, over real connections. */
@Timeout(120)
class RateTest {
  private static final int RATE = 3 * CHUNK;

  private static SendGrant slow(String identity) {
    return new SendGrant(
        identity,
        Optional.empty(),
        Optional.of(Set.of("file")),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(new DataSize(RATE)));
  }

  @Test
  void allConnectionsOfAReaderShareItAndNobodyElseWaits(@TempDir Path directory) throws Exception {
    byte[] stream = new byte[3 * CHUNK];
    new Random(3).nextBytes(stream);
    Path file = Files.write(directory.resolve("stream"), stream);
    try (SenderUnderTest sender =
            new SenderUnderTest(
                directory, Map.of("file", "cat " + file), "vault", "depot", "admin");
        ExecutorService connections = Executors.newVirtualThreadPerTaskExecutor()) {
      sender.grant(slow("vault"), grantOf("depot", "file"));
      SessionId slow = create(sender, "vault");
      SessionId fast = create(sender, "depot");

      long began = System.nanoTime();
      List<Future<HttpResponse<byte[]>>> parts = new ArrayList<>();
      for (int part = 0; part < 12; part++) {
        int from = part % 4 * CHUNK / 4;
        String chunk = ApiPaths.chunk(slow, part / 4);
        String range = "bytes=" + from + "-" + (from + CHUNK / 4 - 1);
        Callable<HttpResponse<byte[]>> get = () -> sender.get(chunk, "vault", "Range", range);
        parts.add(connections.submit(get));
      }
      assertThat(sender.get(ApiPaths.chunk(fast, 1), "depot").body())
          .isEqualTo(Arrays.copyOfRange(stream, CHUNK, 2 * CHUNK));
      for (int part = 0; part < 12; part++) {
        int from = part * CHUNK / 4;
        assertThat(parts.get(part).get().body())
            .as("part %s", part)
            .isEqualTo(Arrays.copyOfRange(stream, from, from + CHUNK / 4));
      }
      /* A second's worth, less the tenth of one that was saved. */
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(850));

      for (SessionId id : List.of(slow, fast)) {
        sender.call(
            "POST",
            ApiPaths.send(id) + "/abort",
            new Abort(Failure.permanent(FailureKind.ABORTED, "enough")),
            "admin");
      }
    }
  }

  private static SessionId create(SenderUnderTest sender, String reader) throws Exception {
    SessionId id = SenderUnderTest.newId();
    assertThat(sender.put(id, sender.request("file", reader), reader).statusCode()).isEqualTo(201);
    ManifestPage page;
    do {
      page =
          SenderUnderTest.read(
              sender.get(ApiPaths.manifest(id) + "?wait=10", reader), ManifestPage.class);
    } while (page.end().isEmpty());
    return id;
  }
}

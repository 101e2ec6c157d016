package io.longhaul.sender.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.ByteRange;
import io.longhaul.protocol.client.AgentAddress;
import io.longhaul.protocol.client.AgentConnection;
import io.longhaul.protocol.server.HttpServer;
import io.longhaul.protocol.testing.TestAuthority;
import io.longhaul.protocol.tls.CertificateUse;
import io.longhaul.protocol.tls.Tls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A chunk's bytes over TLS, where there is no sendfile. */
class EncryptedBodyTest {
  private static final int LENGTH = 5_000_001;

  @Test
  void aRangeArrivesWhole(@TempDir Path dir) throws Exception {
    arrivesWhole(dir, Optional.empty());
  }

  @Test
  void alsoInSlices(@TempDir Path dir) throws Exception {
    arrivesWhole(dir, Optional.of(new Pace(20 * LENGTH, System::nanoTime)));
  }

  private static void arrivesWhole(Path dir, Optional<Pace> pace) throws Exception {
    TestAuthority authority = new TestAuthority(dir.resolve("authority"));
    byte[] bytes = new byte[LENGTH];
    new Random(1).nextBytes(bytes);
    Path chunk = Files.write(dir.resolve("chunk"), bytes);
    Tls office = Tls.open(authority.issue("office", "127.0.0.1"), CertificateUse.LISTEN);
    Tls vault = Tls.open(authority.issue("vault"), CertificateUse.CONNECT);
    try (HttpServer server =
        HttpServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Optional.of(office),
            exchange ->
                FileBody.send(
                    exchange,
                    FileChannel.open(chunk, StandardOpenOption.READ),
                    range(exchange.getQueryString()),
                    pace,
                    _ -> {}))) {
      AgentConnection connection =
          AgentConnection.to(
              "receiver-agent",
              new AgentAddress(URI.create("https://127.0.0.1:" + server.port()), Optional.empty()),
              Optional.of(vault),
              2);
      for (String asked : new String[] {"0-" + LENGTH, "7-8", "1-4999999", "16384-32768"}) {
        try (Response response =
            connection.client().newCall(connection.request("x?" + asked).build()).execute()) {
          ByteRange range = range(asked);
          assertThat(response.body().bytes())
              .isEqualTo(Arrays.copyOfRange(bytes, (int) range.from(), (int) range.to()));
        }
      }
    }
  }

  private static ByteRange range(String text) {
    String[] ends = text.split("-", 2);
    return new ByteRange(Long.parseLong(ends[0]), Long.parseLong(ends[1]));
  }
}

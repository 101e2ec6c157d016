package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.Agent;
import io.longhaul.packaging.site.Eventually;
import io.longhaul.packaging.site.Keystream;
import io.longhaul.packaging.site.Place;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Tools;
import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.spool.Started;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An agent that has no file descriptor left for a while: its sessions wait, and it recovers. */
class FewDescriptorsIT {
  private static final long MEBIBYTE = 1 << 20;
  private static final Keystream STREAM = new Keystream(60 * MEBIBYTE);
  private static final int LIMIT = 200;
  private static final int CONNECT_MILLIS = 10_000;
  private static final Duration SOON = Duration.ofMinutes(3);
  private static final Duration WITHOUT = Duration.ofSeconds(5);
  private static final Place FEW =
      new Place(List.of("prlimit", "--nofile=" + LIMIT + ":" + LIMIT), Place.HERE.host());

  @Test
  void senderAgent() throws Exception {
    withoutDescriptors(Site::sender);
  }

  @Test
  void receiverAgent() throws Exception {
    withoutDescriptors(Site::receiver);
  }

  private static void withoutDescriptors(Function<Site, Agent> which) throws Exception {
    Tools.need("openssl", "curl", "prlimit");
    try (var site = new Site(Path.of(System.getProperty("java.io.tmpdir")), FEW, FEW);
        var _ = site.link(8 * MEBIBYTE)) {
      site.office().set("16MiB", "spool", "limit");
      site.office().stream("data", STREAM.sourceThen(site.waitForGo()));
      site.vault().stream("sum", Keystream.sink(site.file("sum")));
      site.start();
      SessionId id = site.startDetached("office::data", "vault::sum", "--chunk-size", "1MiB");
      site.awaitFed(id, 5 * MEBIBYTE, SOON);
      Agent agent = which.apply(site);
      Started receive = site.started(id, Role.RECEIVE);

      List<Socket> visitors = new ArrayList<>();
      try {
        URI url = URI.create(agent.url());
        for (int i = 0; i < 2 * LIMIT; i++) {
          Socket visitor = new Socket();
          visitors.add(visitor);
          visitor.connect(new InetSocketAddress(url.getHost(), url.getPort()), CONNECT_MILLIS);
        }
        Eventually.holds("no descriptor left", SOON, () -> descriptors(agent) >= LIMIT - 1);
        Eventually.elapsed(WITHOUT);
        assertThat(site.started(id, Role.RECEIVE)).isEqualTo(receive);
      } finally {
        for (Socket visitor : visitors) {
          visitor.close();
        }
      }

      site.go();
      Eventually.holds("an answer", SOON, () -> agent.call(ApiPaths.AGENT).exit() == 0);
      site.awaitDone(id, SOON);
      assertThat(Files.readString(site.file("sum")).strip()).isEqualTo(STREAM.sha256());
      SessionId next = site.startDetached("office::data", "vault::sum", "--chunk-size", "1MiB");
      site.awaitDone(next, SOON);
    }
  }

  private static long descriptors(Agent agent) throws Exception {
    try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(agent.pid()), "fd"))) {
      return open.count();
    }
  }
}

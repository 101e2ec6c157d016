package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.Eventually;
import io.longhaul.packaging.site.Namespaces;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Tools;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.wire.ReceiveStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A cable between two hosts is pulled out: real packets are lost, real connections wait. */
class NamespaceOutageIT {
  private static final long MEBIBYTE = 1 << 20;
  private static final int LINES = 400;
  private static final Duration CUT = Duration.ofSeconds(15);
  private static final Duration BACK = Duration.ofSeconds(5);
  private static final Duration SOON = Duration.ofMinutes(2);

  /* Slow enough to be cut in the middle: 400 × 256 KiB at some 20 a second. */
  private static final String SOURCE =
      "for i in $(seq " + LINES + "); do head -c 262144 /dev/zero; sleep 0.05; done";

  @Test
  void cablePulledOut() throws Exception {
    Tools.need("openssl", "curl", "ip");
    Tools.needRoot();
    try (var network = Namespaces.create();
        var site =
            new Site(Path.of(System.getProperty("java.io.tmpdir")), network.a(), network.b())) {
      site.office().stream("data", List.of("sh", "-c", SOURCE));
      site.vault().stream("count", List.of("sh", "-c", "wc -c > " + site.file("count")));
      site.start();
      SessionId id = site.startDetached("office::data", "vault::count", "--chunk-size", "1MiB");
      ReceiveStatus before = site.awaitFed(id, 10 * MEBIBYTE, SOON);

      network.cut();
      Eventually.elapsed(CUT);
      ReceiveStatus during = site.receive(id);
      network.restore();
      long restored = System.nanoTime();
      ReceiveStatus after = site.awaitFed(id, during.verifiedBytes() + 1, SOON);
      Duration pause = Duration.ofNanos(System.nanoTime() - restored);
      ReceiveStatus done = site.awaitDone(id, Duration.ofMinutes(1));

      long streamBytes = LINES * 262_144L;
      assertThat(Files.readString(site.file("count")).strip())
          .isEqualTo(Long.toString(streamBytes));
      assertThat(after.sinkPid()).as("the sink").isPresent().isEqualTo(before.sinkPid());
      assertThat(pause).as("from the cable's return to the next fed chunk").isLessThan(BACK);
      long underWay = Math.max(1, before.transfer().connections()) * MEBIBYTE;
      assertThat(done.transfer().fetchedBytes()).isBetween(streamBytes, streamBytes + underWay);
    }
  }
}

package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.Eventually;
import io.longhaul.packaging.site.Keystream;
import io.longhaul.packaging.site.LoopbackLink;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Tools;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.wire.ReceiveStatus;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The link goes away in the middle, without a word or with a reset, and comes back. */
class OutageIT {
  private static final long MEBIBYTE = 1 << 20;
  private static final Keystream STREAM = new Keystream(160 * MEBIBYTE);
  private static final long RATE = 16 * MEBIBYTE;
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final Duration BACK = Duration.ofSeconds(5);

  @BeforeEach
  void needs() {
    Tools.need("openssl", "curl");
  }

  @Test
  void cutForAMinute() throws Exception {
    outage(LoopbackLink::cut, Duration.ofSeconds(60));
  }

  @Test
  void refusedForTenSeconds() throws Exception {
    outage(LoopbackLink::refuse, Duration.ofSeconds(10));
  }

  /** A way to end a link. */
  @FunctionalInterface
  private interface End {
    void of(LoopbackLink link) throws Exception;
  }

  private static void outage(End end, Duration length) throws Exception {
    try (var site = new Site();
        var link = site.link(RATE)) {
      site.office().stream("data", STREAM.source());
      site.vault().stream("sum", Keystream.sink(site.file("sum")));
      site.start();
      SessionId id = site.startDetached("office::data", "vault::sum", "--chunk-size", "4MiB");
      ReceiveStatus before = site.awaitFed(id, 30 * MEBIBYTE, SOON);

      end.of(link);
      Eventually.elapsed(length);
      ReceiveStatus during = site.receive(id);
      int requestsBefore = link.requestedChunks().size();
      long restored = System.nanoTime();
      link.restore();
      ReceiveStatus after =
          site.awaitFed(id, Math.max(during.fedBytes(), during.verifiedBytes()) + 1, SOON);
      Duration pause = Duration.ofNanos(System.nanoTime() - restored);
      ReceiveStatus done = site.awaitDone(id, SOON);

      assertThat(Files.readString(site.file("sum")).strip()).isEqualTo(STREAM.sha256());
      assertThat(after.sinkPid()).as("the sink").isPresent().isEqualTo(before.sinkPid());
      assertThat(pause).as("from the link's return to the next fed chunk").isLessThan(BACK);
      assertThat(link.requestedChunks().subList(requestsBefore, link.requestedChunks().size()))
          .as("nothing verified is asked for again")
          .allSatisfy(n -> assertThat(n).isGreaterThanOrEqualTo(during.verifiedTo()));
      assertThat(done.transfer().outages()).isPositive();
      assertThat(done.transfer().outageTime())
          .isBetween(length.minusSeconds(10), length.plus(BACK));
      assertThat(during.transfer().peerReachable()).isFalse();
    }
  }
}

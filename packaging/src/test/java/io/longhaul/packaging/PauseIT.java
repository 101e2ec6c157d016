package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.Eventually;
import io.longhaul.packaging.site.Keystream;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Tools;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.wire.ReceiveStatus;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A transfer is paused by hand, both agents are killed meanwhile, and it goes on when resumed. */
class PauseIT {
  private static final long MEBIBYTE = 1 << 20;
  private static final Keystream STREAM = new Keystream(60 * MEBIBYTE);
  private static final Duration SOON = Duration.ofMinutes(2);

  @Test
  void pausedAndResumed() throws Exception {
    Tools.need("openssl");
    try (var site = new Site();
        var _ = site.link(4 * MEBIBYTE)) {
      site.office().stream("data", STREAM.source());
      site.office().set("16MiB", "spool", "limit");
      site.vault().stream("sum", Keystream.sink(site.file("sum")));
      site.start();
      SessionId id = site.startDetached("office::data", "vault::sum", "--chunk-size", "1MiB");
      long sink = site.awaitFed(id, MEBIBYTE, SOON).sinkPid().orElseThrow();

      CommandResult pause = site.coordinator("pause", id.toString(), "--reason", "office hours");
      assertThat(pause.exit()).as(pause.toString()).isZero();
      Eventually.holds("the pause", SOON, () -> site.receive(id).state() == SessionState.PAUSED);
      site.sender().kill();
      site.receiver().kill();
      site.sender().start();
      site.receiver().start();
      ReceiveStatus paused =
          Eventually.find(
              "all that had come to be fed",
              SOON,
              () -> {
                ReceiveStatus before = site.receive(id);
                Eventually.elapsed(Duration.ofSeconds(1));
                return Optional.of(site.receive(id))
                    .filter(now -> now.fedBytes() == before.fedBytes());
              });
      assertThat(paused.state()).isEqualTo(SessionState.PAUSED);
      assertThat(paused.fedBytes()).isLessThan(STREAM.bytes());
      assertThat(site.coordinator("status", id.toString()).out()).contains("office hours");

      CommandResult resume = site.coordinator("resume", id.toString());
      assertThat(resume.exit()).as(resume.toString()).isZero();
      assertThat(resume.out()).contains("done: ");
      assertThat(paused.sinkPid()).hasValue(sink);
      assertThat(Files.readString(site.file("sum")).strip()).isEqualTo(STREAM.sha256());
    }
  }
}

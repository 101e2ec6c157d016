package io.longhaul.coordinator.show;

import static io.longhaul.coordinator.testing.Statuses.MIB;
import static io.longhaul.coordinator.testing.Statuses.delivered;
import static io.longhaul.coordinator.testing.Statuses.receiving;
import static io.longhaul.coordinator.testing.Statuses.sending;
import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.coordinator.run.Sight;
import io.longhaul.coordinator.run.View;
import io.longhaul.coordinator.testing.Statuses.Receiving;
import io.longhaul.protocol.SessionState;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DisplaysTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final StringWriter text = new StringWriter();
  private final PrintWriter out = new PrintWriter(text);

  private static View view(long second, Receiving receiving) {
    long now = second * SECOND;
    return new View(
        Sight.of(sending(SessionState.RUNNING), now), Sight.of(receiving.status(), now), now);
  }

  private static Receiving fed(long mebibytes) {
    return receiving(SessionState.RUNNING).fed(mebibytes * MIB);
  }

  @Test
  void plainLinesComeAtTheStartAtChangesAndEachTenSeconds() {
    LineDisplay lines = new LineDisplay(out);
    for (int second = 1; second <= 14; second++) {
      lines.show(view(second, fed(second)));
    }
    lines.show(view(15, fed(14).senderAway(Duration.ofSeconds(1))));
    lines.show(view(16, fed(14).senderAway(Duration.ofSeconds(2))));
    lines.close();
    lines.show(view(40, fed(40)));
    assertThat(text.toString().lines())
        .containsExactly(
            "running: 1.00 MiB of 64.0 MiB (1%), 3 conns",
            "running: 11.0 MiB of 64.0 MiB (17%), 1.00 MiB/s, ETA 53s, 3 conns",
            "sender away 1s: 14.0 MiB of 64.0 MiB (21%), 951 KiB/s, ETA 53s, 0 conns, out 1s");
  }

  @Test
  void theBarShowsPercentBytesAndNetworkAndEndsOnItsOwnLine() {
    BarDisplay bar = new BarDisplay(out, 120);
    bar.show(view(1, fed(16)));
    bar.say("something happened");
    bar.show(view(3, delivered()));
    bar.close();
    bar.say("goodbye");
    assertThat(text.toString())
        .contains("something happened\n")
        .contains("100% [")
        .contains("64/64 MiB")
        .contains("24.0 MiB/s, 3 conns, 1 refetched, out 6s, done")
        .endsWith("\ngoodbye\n");
  }

  @Test
  void theBarKeepsWithinTheTerminal() {
    BarDisplay bar = new BarDisplay(out, 60);
    bar.show(view(1, fed(16)));
    bar.close();
    assertThat(text.toString().split("\r|\n"))
        .allSatisfy(line -> assertThat(line.replace("\033[K", "")).hasSizeLessThan(60));
  }

  @Test
  void withoutAnEstimateTheBarClaimsNoPercentage() {
    BarDisplay bar = new BarDisplay(out, 120);
    bar.show(new View(Sight.none(), Sight.of(fed(16).status(), SECOND), SECOND));
    bar.close();
    assertThat(text.toString()).contains("? %").contains("16/? MiB");
  }
}

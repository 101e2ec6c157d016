package io.longhaul.protocol.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class UptimeTest {
  @Test
  void isWhatTheSystemShows() throws Exception {
    Uptime uptime = Uptime.ofThisMachine();
    assertThat(uptime.bootId()).isEqualTo(ProcessIdentity.currentBoot());
    Duration before = uptime.now();
    String shown = Files.readString(Path.of("/proc/uptime")).split(" ", 2)[0];
    Duration after = uptime.now();
    assertThat(Duration.ofMillis(Math.round(Double.parseDouble(shown) * 1000)))
        .isBetween(before.minusMillis(10), after); // it shows hundredths, cut off
  }
}

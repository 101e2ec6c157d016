package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.Keystream;
import io.longhaul.packaging.site.Site;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent that refuses most of what a receiver asks for: the stream arrives all the same. */
class NarrowLimitsIT {
  @TempDir private Path directory;

  @Test
  void aReceiverThatIsToldToWaitWaitsAndGoesOn() throws IOException {
    var stream = new Keystream(24L << 20);
    Path out = directory.resolve("digest");
    try (var site = new Site()) {
      site.office().stream("data", stream.source());
      site.vault().stream("sum", Keystream.sink(out));
      site.office().set(4, "limits", "connections").set(20, "limits", "requests-per-second");
      site.start();

      var result =
          site.coordinator("start", "office::data", "vault::sum", "--chunk-size", "256KiB");

      assertThat(result.exit()).as(result.toString()).isZero();
      assertThat(out).hasContent(stream.sha256());
      assertThat(site.sender().log()).contains("connections here", "requests in a second");
    }
  }
}

package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.chaos.ChaosRun;
import io.longhaul.packaging.chaos.Toll;
import io.longhaul.packaging.site.Keystream;
import io.longhaul.packaging.site.Tools;
import io.longhaul.protocol.testing.Requirements;
import org.junit.jupiter.api.Test;

/** A short run of {@code packaging/chaos}: every kind of fault at least once. */
class ChaosIT {
  private static final long MEBIBYTE = 1 << 20;
  private static final int FAULTS = 24;

  @Test
  void aTransferSurvivesEveryKindOfFault() throws Exception {
    Tools.need("openssl", "curl");
    Toll toll = new ChaosRun(1, FAULTS, new Keystream(200 * MEBIBYTE), 8 * MEBIBYTE).run();
    toll.print(System.out);

    assertThat(toll.wrong()).isEmpty();
    assertThat(toll.struck()).isEqualTo(toll.possible());
    Requirements.need(toll.leftOut().isEmpty(), "the right to mount a file system");
  }
}

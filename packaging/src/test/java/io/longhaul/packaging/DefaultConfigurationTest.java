package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.coordinator.CoordinatorConfig;
import io.longhaul.protocol.config.ConfigFile;
import io.longhaul.receiver.ReceiverConfig;
import io.longhaul.sender.SenderConfig;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The configuration that comes with the image is one that its programs accept. */
class DefaultConfigurationTest {
  private static final Path ETC = Path.of("src/main/image/etc");

  private final SenderConfig sender;
  private final ReceiverConfig receiver;
  private final CoordinatorConfig coordinator;

  DefaultConfigurationTest() throws Exception {
    sender = ConfigFile.read(ETC.resolve("sender.yaml"), SenderConfig.class);
    receiver = ConfigFile.read(ETC.resolve("receiver.yaml"), ReceiverConfig.class);
    coordinator = ConfigFile.read(ETC.resolve("coordinator.yaml"), CoordinatorConfig.class);
  }

  @Test
  void theThreeFilesFitTogether() {
    assertThat(coordinator.agents()).containsOnlyKeys(sender.name(), receiver.name());
    assertThat(receiver.peerMap()).containsOnlyKeys(sender.name());
    assertThat(receiver.peerMap().values())
        .extracting(peer -> peer.url().getPort())
        .containsExactly(sender.listen().port());
  }

  @Test
  void agentsBindToLoopback() {
    assertThat(sender.listen().address().getAddress().isLoopbackAddress()).isTrue();
    assertThat(receiver.listen().address().getAddress().isLoopbackAddress()).isTrue();
  }
}

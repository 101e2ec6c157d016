package io.longhaul.protocol.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JacksonException;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.wire.SinkSpec;
import io.longhaul.protocol.wire.SourceSpec;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfiguredNameTest {
  @ParameterizedTest
  @ValueSource(strings = {"pg-main", "Müller's Büro", "../../etc/passwd", "a", "$(reboot)"})
  void itMayBeAnythingThatCanBeShown(String name) {
    assertThat(ConfiguredName.check("peer", name)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\nb", "a\u0000", "\u001b[2J", "a\u2028b", "\u202eevil", "\ud800"})
  void itIsNeitherEmptyNorAControlCharacter(String name) {
    assertThatThrownBy(() -> ConfiguredName.check("peer", name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("peer must have");
  }

  @Test
  void itIsNotLongerThanTheNameOfADataset() {
    assertThat(ConfiguredName.check("peer", "a".repeat(255))).hasSize(255);
    assertThatThrownBy(() -> ConfiguredName.check("peer", "a".repeat(256)))
        .hasMessageContaining("255");
  }

  @Test
  void requestsCheckTheirs() throws Exception {
    String stream =
        Json.TOLERANT.writeValueAsString(Map.of("kind", "stream", "name", "a\u001b[2Jb"));
    assertThatThrownBy(() -> Json.STRICT.readValue(stream, SourceSpec.class))
        .isInstanceOf(JacksonException.class);
    assertThatThrownBy(() -> Json.STRICT.readValue(stream, SinkSpec.class))
        .isInstanceOf(JacksonException.class);
    assertThatThrownBy(() ->
            new ReceiveRequest(
                new SinkSpec.Stream("a"), "office\n", SessionLimits.DEFAULT, Map.of()))
        .hasMessageContaining("peer");
  }
}

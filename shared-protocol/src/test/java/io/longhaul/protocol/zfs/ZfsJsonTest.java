package io.longhaul.protocol.zfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.longhaul.protocol.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms that stand in requests and replies. */
final class ZfsJsonTest {

  @Test
  void writesASendAndReadsItBack() throws Exception {
    var send = ZfsSend.incremental(SendBase.parse("#one"), SnapshotName.parse("tank/vm@two"));
    String json = Json.STRICT.writeValueAsString(send);
    assertThat(json)
        .isEqualTo(
            """
            {"snapshot":"tank/vm@two","base":"#one","intermediates":false,"replicate":false}\
            """);
    assertThat(Json.STRICT.readValue(json, ZfsSend.class)).isEqualTo(send);

    var full = ZfsSend.full(SnapshotName.parse("tank/vm@two"));
    assertThat(Json.STRICT.readValue(Json.STRICT.writeValueAsString(full), ZfsSend.class))
        .isEqualTo(full);
  }

  @Test
  void writesAReceiveAndReadsItBack() throws Exception {
    var receive = new ZfsReceive(DatasetName.parse("vault/vm"), true, false);
    String json = Json.STRICT.writeValueAsString(receive);
    assertThat(json).isEqualTo("{\"target\":\"vault/vm\",\"force\":true,\"unmounted\":false}");
    assertThat(Json.STRICT.readValue(json, ZfsReceive.class)).isEqualTo(receive);
  }

  @Test
  void readsFeaturesOfANewerAgent() throws Exception {
    String json = Json.STRICT.writeValueAsString(FakeZfs.OPENZFS);
    assertThat(Json.STRICT.readValue(json, ZfsFeatures.class)).isEqualTo(FakeZfs.OPENZFS);
    String newer = json.replaceFirst("\\{", "{\"fromTheFuture\":1,");
    assertThat(Json.TOLERANT.readValue(newer, ZfsFeatures.class)).isEqualTo(FakeZfs.OPENZFS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"target\":\"vault/a+b\",\"force\":true,\"unmounted\":false}",
        "{\"target\":\"vault/vm\",\"force\":true}",
        "{\"target\":\"vault/vm\",\"force\":true,\"unmounted\":false,\"options\":\"-o x=y\"}",
        "{\"target\":\"vault/vm\",\"force\":null,\"unmounted\":false}",
        "{\"target\":null,\"force\":true,\"unmounted\":false}",
      })
  void refusesAReceiveThatIsNotOneExactly(String json) {
    assertThatExceptionOfType(JsonProcessingException.class)
        .isThrownBy(() -> Json.STRICT.readValue(json, ZfsReceive.class));
  }
}

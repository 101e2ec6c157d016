package io.longhaul.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.protocol.Json;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.chunk.ChunkRecord;
import io.longhaul.protocol.testing.PeerVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Bodies that were recorded between real programs, and how later and earlier ones are read. */
class RecordedBodiesTest {
  @ParameterizedTest
  @CsvSource({
    "sender-agent, AgentInfo",
    "receiver-agent, AgentInfo",
    "peer, PeerInfo",
    "sending, SendStatus",
    "sent, SendStatus",
    "receiving, ReceiveStatus",
    "receive-paused, ReceiveStatus",
    "received, ReceiveStatus",
    "swept, SweepReport",
    "manifest-0, ManifestPage",
    "manifest-1, ManifestPage",
    "manifest-2, ManifestPage",
    "manifest-3, ManifestPage",
  })
  void aReplyIsStillWrittenAsItWas(String name, String type) throws Exception {
    String recorded = PeerVersion.RECORDED.reply(name);
    Object read = Json.TOLERANT.readValue(recorded, wire(type));
    assertThat(Json.TOLERANT.writeValueAsString(read)).isEqualTo(recorded.strip());
  }

  @ParameterizedTest
  @CsvSource({
    "put-send, SendRequest",
    "put-receive, ReceiveRequest",
    "release, Release",
    "pause, PauseRequest",
    "abort, Abort",
    "sweep, SweepRequest",
  })
  void aRequestIsStillUnderstoodAndWrittenAsItWas(String name, String type) throws Exception {
    String recorded = PeerVersion.RECORDED.request(name);
    Object read = Json.STRICT.readValue(recorded, wire(type));
    assertThat(Json.TOLERANT.writeValueAsString(read)).isEqualTo(recorded.strip());
  }

  private static Class<?> wire(String type) throws ClassNotFoundException {
    return Class.forName("io.longhaul.protocol.wire." + type);
  }

  @ParameterizedTest
  @EnumSource
  void recordsOfAnUnknownTypeAreNoChunks(PeerVersion sender) throws Exception {
    ManifestPage page = Json.TOLERANT.readValue(sender.reply("manifest-1"), ManifestPage.class);
    assertThat(page.chunks()).extracting(ChunkRecord::chunk).containsExactly(1L);
  }

  @Test
  void anUnknownStateIsNoEnd() throws Exception {
    String reply = PeerVersion.NEWER.reply("receiving");
    assertThat(Json.TOLERANT.readValue(reply, ReceiveStatus.class).state())
        .isEqualTo(SessionState.UNKNOWN);
  }
}

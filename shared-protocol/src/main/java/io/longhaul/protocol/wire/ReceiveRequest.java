package io.longhaul.protocol.wire;

import io.longhaul.protocol.config.ConfiguredName;
import java.util.Map;

/**
 * The body of {@code PUT /v1/receives/{id}}.
 *
 * @param sink where the stream goes
 * @param peer the sender, by its name in the receiver-agent's own configuration
 * @param limits how long the session may stand still
 * @param labels the coordinator's own notes, kept and returned unchanged
 */
public record ReceiveRequest(
    SinkSpec sink, String peer, SessionLimits limits, Map<String, String> labels) {
  /**
   * @throws IllegalArgumentException if a value is out of range
   */
  public ReceiveRequest {
    ConfiguredName.check("peer", peer);
    labels = SendRequest.checkLabels(labels);
  }
}

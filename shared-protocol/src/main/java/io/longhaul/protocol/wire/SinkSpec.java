package io.longhaul.protocol.wire;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.longhaul.protocol.config.ConfiguredName;
import io.longhaul.protocol.zfs.DatasetName;

/**
 * Where the stream is to go: into a dataset, or into a stream that the agent's configuration names.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = SinkSpec.Zfs.class, name = "zfs"),
  @JsonSubTypes.Type(value = SinkSpec.Stream.class, name = "stream")
})
public sealed interface SinkSpec {
  /**
   * A {@code zfs receive}.
   *
   * @param target the dataset that receives
   * @param force {@code -F}: roll the target back to its newest snapshot first
   * @param incremental whether the stream builds on what the target has; else the target must be
   *     new
   * @param snapshot the name after the {@code @} that the target must have afterwards
   */
  record Zfs(DatasetName target, boolean force, boolean incremental, String snapshot)
      implements SinkSpec {
    @Override
    public String toString() {
      return target.toString();
    }
  }

  /** A stream that the receiver-agent's own configuration defines under this name. */
  record Stream(String name) implements SinkSpec {
    /**
     * @throws IllegalArgumentException if it cannot be the name of one
     */
    public Stream {
      ConfiguredName.check("the name of a stream", name);
    }

    @Override
    public String toString() {
      return ":" + name;
    }
  }
}

package io.longhaul.protocol.wire;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.longhaul.protocol.config.ConfiguredName;
import io.longhaul.protocol.zfs.ZfsSend;

/**
 * What is to be sent. A command never comes over the wire: only a dataset or the name of a stream.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = SourceSpec.Zfs.class, name = "zfs"),
  @JsonSubTypes.Type(value = SourceSpec.Stream.class, name = "stream")
})
public sealed interface SourceSpec {
  /** A {@code zfs send}. */
  record Zfs(ZfsSend send) implements SourceSpec {
    @Override
    public String toString() {
      return send.snapshot().toString();
    }
  }

  /** A stream that the sender-agent's own configuration defines under this name. */
  record Stream(String name) implements SourceSpec {
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

package io.longhaul.protocol.wire;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.longhaul.protocol.config.ConfiguredName;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.ZfsReceive;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

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
   * @param receive how
   * @param incremental whether the stream builds on what the target has; else the target must be
   *     new
   * @param resumes whether the stream is the rest of one that broke, which the target kept
   * @param snapshot the name after the {@code @} that the target must have afterwards
   */
  record Zfs(
      @JsonUnwrapped ZfsReceive receive,
      boolean incremental,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean resumes,
      String snapshot)
      implements SinkSpec {

    /** One that keeps nothing when it breaks, and sets nothing. */
    public Zfs(DatasetName target, boolean force, boolean incremental, String snapshot) {
      this(ZfsReceive.into(target).forced(force), incremental, false, snapshot);
    }

    /* Whoever does not know of the optional ones neither says them nor is told them. */
    @JsonCreator
    static Zfs read(
        @JsonProperty("target") DatasetName target,
        @JsonProperty("force") boolean force,
        @JsonProperty("incremental") boolean incremental,
        @JsonProperty("snapshot") String snapshot,
        @JsonProperty("mounted") Optional<Boolean> mounted,
        @JsonProperty("resumable") Optional<Boolean> resumable,
        @JsonProperty("resumes") Optional<Boolean> resumes,
        @JsonProperty("origin") Optional<SnapshotName> origin,
        @JsonProperty("set") Optional<SortedMap<String, String>> set,
        @JsonProperty("inherit") Optional<SortedSet<String>> inherit) {
      var receive =
          new ZfsReceive(
              target,
              force,
              mounted.orElse(false),
              resumable.orElse(false),
              origin,
              set.orElseGet(TreeMap::new),
              inherit.orElseGet(TreeSet::new));
      return new Zfs(receive, incremental, resumes.orElse(false), snapshot);
    }

    /** Returns the dataset that receives. */
    @JsonIgnore
    public DatasetName target() {
      return receive.target();
    }

    @Override
    public String toString() {
      return target().toString();
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

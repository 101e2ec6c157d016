package io.longhaul.protocol.zfs;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One {@code zfs send}, in the only form in which it can be asked for: no other flag can be said.
 *
 * @param snapshot what is sent
 * @param base what the receiver already has; empty for a full stream
 * @param intermediates {@code -I} instead of {@code -i}: all snapshots between base and snapshot
 * @param replicate {@code -R}: child datasets, their snapshots and properties too
 * @param raw {@code -w}: blocks as they are on disk, so that what is encrypted there stays it
 */
public record ZfsSend(
    SnapshotName snapshot,
    Optional<SendBase> base,
    boolean intermediates,
    boolean replicate,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean raw) {

  /**
   * @throws IllegalArgumentException if the combination has no meaning for {@code zfs send}
   */
  public ZfsSend {
    Objects.requireNonNull(snapshot, "snapshot"); // it may come from JSON
    if (intermediates && base.isEmpty()) {
      throw refused(snapshot, "intermediate snapshots (-I) need a base to start from");
    }
    boolean several = intermediates || replicate;
    if (several && base.filter(from -> from.kind() == SendBase.Kind.BOOKMARK).isPresent()) {
      throw refused(snapshot, "ZFS sends only one snapshot (-i, no -R) from a bookmark");
    }
    SnapshotName sent = snapshot;
    if (base.filter(from -> from.equals(snapshotBase(sent))).isPresent()) {
      throw refused(snapshot, "it is its own base");
    }
  }

  /* Whoever does not know of raw streams neither says the key nor is told it. */
  @JsonCreator
  static ZfsSend read(
      @JsonProperty("snapshot") SnapshotName snapshot,
      @JsonProperty("base") Optional<SendBase> base,
      @JsonProperty("intermediates") boolean intermediates,
      @JsonProperty("replicate") boolean replicate,
      @JsonProperty("raw") Optional<Boolean> raw) {
    return new ZfsSend(snapshot, base, intermediates, replicate, raw.orElse(false));
  }

  /** A full stream of one snapshot. */
  public static ZfsSend full(SnapshotName snapshot) {
    return new ZfsSend(snapshot, Optional.empty(), false, false, false);
  }

  /** The difference between {@code base} and {@code snapshot}, without the snapshots between. */
  public static ZfsSend incremental(SendBase base, SnapshotName snapshot) {
    return new ZfsSend(snapshot, Optional.of(base), false, false, false);
  }

  /**
   * Returns what follows {@code zfs} on the command line, beginning with {@code send}.
   *
   * @throws ZfsException with {@link ZfsError#FEATURE} if this ZFS has not got a flag or bookmarks
   */
  public List<String> arguments(ZfsFeatures features) throws ZfsException {
    var arguments = new ArrayList<String>();
    arguments.add("send");
    if (replicate) {
      features.needSendFlag('R', "send a dataset with its children");
      arguments.add("-R");
    }
    if (raw) {
      features.needSendFlag('w', "send raw");
      arguments.add("-w");
    }
    if (base.isPresent()) {
      char flag = intermediates ? 'I' : 'i';
      features.needSendFlag(flag, "send an incremental stream");
      if (base.get().kind() == SendBase.Kind.BOOKMARK) {
        features.needBookmarks();
      }
      arguments.add("-" + flag);
      arguments.add(base.get().toString());
    }
    arguments.add(snapshot.toString());
    return List.copyOf(arguments);
  }

  private static SendBase snapshotBase(SnapshotName snapshot) {
    return new SendBase(SendBase.Kind.SNAPSHOT, snapshot.name());
  }

  private static IllegalArgumentException refused(SnapshotName snapshot, String reason) {
    return new IllegalArgumentException(
        "Tried to describe a send of %s but %s".formatted(snapshot, reason));
  }
}

package io.longhaul.protocol.zfs;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One {@code zfs send}, in the only form in which it can be asked for: no other flag can be said.
 *
 * @param snapshot what is sent
 * @param base what the receiver already has; empty for a full stream
 * @param origin instead of a base: the snapshot of another dataset that this one is a clone of
 * @param intermediates {@code -I} instead of {@code -i}: all snapshots between base and snapshot
 * @param replicate {@code -R}: child datasets, their snapshots and properties too
 * @param flags how; with a token, what its stream may be
 * @param token instead of all other: {@code -t}, the rest of a stream of {@code snapshot} that
 *     broke
 */
public record ZfsSend(
    SnapshotName snapshot,
    Optional<SendBase> base,
    Optional<SnapshotName> origin,
    boolean intermediates,
    boolean replicate,
    @JsonUnwrapped SendFlags flags,
    Optional<ResumeToken> token) {

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
    if (origin.isPresent() && (base.isPresent() || replicate)) {
      throw refused(snapshot, "a clone's stream has its origin as its base, and no -R");
    }
    if (origin.filter(from -> from.dataset().equals(sent.dataset())).isPresent()) {
      throw refused(snapshot, "its origin is of the same dataset; name it as base");
    }
    if (token.isPresent() && (base.isPresent() || origin.isPresent() || replicate)) {
      throw refused(snapshot, "a resume token says itself what its stream starts from");
    }
  }

  /** A stream of one dataset, or with {@code replicate} of those below it, too. */
  public ZfsSend(
      SnapshotName snapshot,
      Optional<SendBase> base,
      boolean intermediates,
      boolean replicate,
      boolean raw) {
    this(
        snapshot,
        base,
        Optional.empty(),
        intermediates,
        replicate,
        SendFlags.NONE.withRaw(raw),
        Optional.empty());
  }

  /* Whoever does not know of the optional ones neither says them nor is told them. */
  @JsonCreator
  static ZfsSend read(
      @JsonProperty("snapshot") SnapshotName snapshot,
      @JsonProperty("base") Optional<SendBase> base,
      @JsonProperty("origin") Optional<SnapshotName> origin,
      @JsonProperty("intermediates") boolean intermediates,
      @JsonProperty("replicate") boolean replicate,
      @JsonProperty("raw") Optional<Boolean> raw,
      @JsonProperty("compressed") Optional<Boolean> compressed,
      @JsonProperty("largeBlocks") Optional<Boolean> largeBlocks,
      @JsonProperty("embedded") Optional<Boolean> embedded,
      @JsonProperty("properties") Optional<Boolean> properties,
      @JsonProperty("token") Optional<ResumeToken> token) {
    var flags =
        new SendFlags(
            raw.orElse(false),
            compressed.orElse(false),
            largeBlocks.orElse(false),
            embedded.orElse(false),
            properties.orElse(false));
    return new ZfsSend(snapshot, base, origin, intermediates, replicate, flags, token);
  }

  /** A full stream of one snapshot. */
  public static ZfsSend full(SnapshotName snapshot) {
    return new ZfsSend(snapshot, Optional.empty(), false, false, false);
  }

  /** The difference between {@code base} and {@code snapshot}, without the snapshots between. */
  public static ZfsSend incremental(SendBase base, SnapshotName snapshot) {
    return new ZfsSend(snapshot, Optional.of(base), false, false, false);
  }

  /** A clone, as its difference from what it was cloned from. */
  public static ZfsSend ofClone(SnapshotName origin, SnapshotName snapshot) {
    return new ZfsSend(
        snapshot,
        Optional.empty(),
        Optional.of(origin),
        false,
        false,
        SendFlags.NONE,
        Optional.empty());
  }

  /** What is missing of a stream of {@code snapshot} that broke. */
  public static ZfsSend resumed(ResumeToken token, SnapshotName snapshot) {
    return new ZfsSend(
        snapshot,
        Optional.empty(),
        Optional.empty(),
        false,
        false,
        SendFlags.NONE,
        Optional.of(token));
  }

  /** Returns the same with these flags. */
  public ZfsSend with(SendFlags flags) {
    return new ZfsSend(snapshot, base, origin, intermediates, replicate, flags, token);
  }

  /** Returns whether blocks are sent as they are on disk ({@code -w}). */
  @JsonIgnore
  public boolean raw() {
    return flags.raw();
  }

  /**
   * Returns what follows {@code zfs} on the command line, beginning with {@code send}. A token
   * carries its flags: none may be said with it.
   *
   * @throws ZfsException with {@link ZfsError#FEATURE} if this ZFS has not got a flag or bookmarks
   */
  public List<String> arguments(ZfsFeatures features) throws ZfsException {
    if (token.isPresent()) {
      features.needSendFlag('t', "go on with an interrupted stream");
      return List.of("send", "-t", token.get().text());
    }
    var arguments = new ArrayList<String>();
    arguments.add("send");
    if (replicate) {
      features.needSendFlag('R', "send a dataset with its children");
      arguments.add("-R");
    }
    for (SendFlags.Flag flag : flags.said()) {
      features.needSendFlag(flag.letter(), flag.purpose());
      arguments.add("-" + flag.letter());
    }
    if (base.isPresent() || origin.isPresent()) {
      char flag = intermediates ? 'I' : 'i';
      features.needSendFlag(flag, "send an incremental stream");
      if (base.isPresent() && base.get().kind() == SendBase.Kind.BOOKMARK) {
        features.needBookmarks();
      }
      arguments.add("-" + flag);
      arguments.add(
          base.map(SendBase::toString).or(() -> origin.map(SnapshotName::toString)).orElseThrow());
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

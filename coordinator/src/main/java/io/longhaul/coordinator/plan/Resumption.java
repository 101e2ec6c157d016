package io.longhaul.coordinator.plan;

import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.PartialReceive;
import io.longhaul.protocol.zfs.ResumeToken;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.Version;
import java.util.Optional;

/** What can be done with a partial receive on the target. */
sealed interface Resumption {
  /**
   * It can be gone on with.
   *
   * @param from the source's base; empty for a full stream, and for a clone's first
   * @param base what the target has of it; empty if the target has no snapshot yet
   */
  record Usable(ResumeToken token, Optional<Version> from, Optional<Common> base, Version to)
      implements Resumption {}

  /** It cannot, and is in the way. */
  record Dead(String why) implements Resumption {}

  /** It is somebody else's. */
  record Foreign(String why) implements Resumption {}

  /** Judges {@code partial} by what the source knows itself; the token is only a claim. */
  static Resumption judge(Pair pair, Dataset target, PartialReceive partial, Rules rules) {
    if (partial.contents().isEmpty()) {
      return new Dead("the source cannot read its token");
    }
    PartialReceive.Contents token = partial.contents().get();
    Dataset source = pair.source();
    Optional<Version> to = source.findSnapshot(token.toGuid());
    if (to.isEmpty()) {
      return isOf(source.name(), token.toName())
          ? new Dead("the source has no more the snapshot that was being sent, " + token.toName())
          : new Foreign("it has a partial receive of " + token.toName());
    }
    Optional<String> refusal =
        rules
            .send()
            .disagreement(token, source.encryption().isPresent())
            .or(() -> unwanted(target, to.get(), rules));
    if (refusal.isPresent()) {
      return new Dead(refusal.get());
    }
    return token
        .fromGuid()
        .map(from -> incremental(pair, target, partial, from, to.get()))
        .orElseGet(() -> full(target, partial, to.get()));
  }

  private static Resumption full(Dataset target, PartialReceive partial, Version to) {
    return target.snapshots().isEmpty()
        ? new Usable(partial.token(), Optional.empty(), Optional.empty(), to)
        : new Dead("its stream is full and the target has snapshots");
  }

  private static Resumption incremental(
      Pair pair, Dataset target, PartialReceive partial, String fromGuid, Version to) {
    Optional<Version> newest = target.newest();
    if (newest.isEmpty()) {
      boolean clone =
          pair.ground().origin().filter(origin -> origin.guid().equals(fromGuid)).isPresent();
      return clone
          ? new Usable(partial.token(), Optional.empty(), Optional.empty(), to)
          : new Dead("its stream starts from a snapshot that the target has not got");
    }
    Optional<Version> from = pair.source().find(fromGuid);
    if (from.isEmpty()) {
      return new Dead("the source has no more what its stream starts from");
    }
    if (!newest.get().guid().equals(fromGuid) || !to.newerThan(from.get())) {
      return new Dead("its stream does not start from the target's newest snapshot");
    }
    if (target.written() > 0) {
      return new Dead("the target was modified meanwhile");
    }
    return new Usable(partial.token(), from, Optional.of(new Common(from.get(), newest.get())), to);
  }

  private static Optional<String> unwanted(Dataset target, Version to, Rules rules) {
    if (!rules.snapshots().passes(to)) {
      return Optional.of("the job's filter leaves " + to.label() + " out");
    }
    return target.snapshots().stream().anyMatch(there -> there.name().equals(to.name()))
        ? Optional.of("the target has a snapshot " + to.label())
        : Optional.empty();
  }

  private static boolean isOf(DatasetName dataset, String toName) {
    try {
      return SnapshotName.parse(toName).dataset().equals(dataset);
    } catch (IllegalArgumentException e) {
      return false; // a forged name is nobody's
    }
  }
}

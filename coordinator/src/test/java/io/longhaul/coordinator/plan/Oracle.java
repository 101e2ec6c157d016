package io.longhaul.coordinator.plan;

import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.ModelPool;
import io.longhaul.protocol.zfs.ModelPool.Fs;
import io.longhaul.protocol.zfs.ModelPool.Refused;
import io.longhaul.protocol.zfs.ModelPool.Snap;
import io.longhaul.protocol.zfs.SendBase;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.ZfsChange;
import io.longhaul.protocol.zfs.ZfsReceive;
import io.longhaul.protocol.zfs.ZfsSend;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Judges plans without knowing how they are made. A conflict is right if the model's ZFS refuses
 * every single stream that could bring anything; what a target should have follows from the order
 * in which the source's snapshots were made.
 */
final class Oracle {
  private final World world;
  private final ModelPool source;
  private final ModelPool target;

  /** Looks at the world as it is before the plan runs. */
  Oracle(World world) {
    this.world = world;
    this.source = world.source.copy();
    this.target = world.target.copy();
  }

  private List<Snap> wanted(Fs fs) {
    return fs.snaps.stream()
        .filter(snap ->
            world.rules.snapshots().exclude().stream()
                .noneMatch(pattern -> pattern.matcher(snap.name).find()))
        .toList();
  }

  /** Returns why the conflict is wrong, or nothing. */
  Optional<String> wrong(Conflict conflict) throws Refused {
    DatasetName from = conflict.pair().source().name();
    DatasetName to = conflict.pair().targetName();
    Fs fs = source.get(from);
    Fs there = target.datasets.get(to.name());
    return switch (conflict) {
      case Conflict.Renamed renamed -> {
        var known = World.guids(source, from);
        fs.marks.values().forEach(mark -> known.add(mark.guid()));
        boolean shares = !Collections.disjoint(known, World.guids(target, renamed.copy()));
        yield shares && (there == null || there.placeholder)
            ? Optional.empty()
            : Optional.of("that is no copy of it");
      }
      case Conflict.NameTaken _ ->
          wanted(fs).stream()
                  .anyMatch(snap ->
                      there != null
                          && there.snap(snap.name).isPresent()
                          && there.byGuid(snap.guid).isEmpty())
              ? Optional.empty()
              : Optional.of("no name is taken");
      case Conflict.RawMixed mixed when !mixed.raw() ->
          there != null && there.encrypted && fs.encrypted
              ? Optional.empty()
              : Optional.of("nothing was raw");
      case Conflict.NotOurs _ when there != null && there.part != null ->
          source.datasets.values().stream()
                  .anyMatch(any -> any.byGuid(there.part.item().guid()).isPresent() && any == fs)
              ? Optional.of("the source knows what was being sent")
              : Optional.empty();
      case Conflict.PlaceholderInTheWay _ when there != null && !there.marks.isEmpty() ->
          there.placeholder
              ? Optional.empty() // ZFS would destroy somebody's bookmarks with it
              : Optional.of("that is no placeholder");
      case Conflict.KeyNotLoaded key
          when key.side() == Side.TARGET
              && there != null
              && there.part != null
              && there.encrypted
              && !there.keyLoaded ->
          Optional.empty(); // what has arrived is worth waiting for the key
      case Conflict.Waits waits ->
          Optional.ofNullable(target.datasets.get(waits.first().name()))
              .filter(first -> !first.inconsistent() && first.kind == Dataset.Kind.FILESYSTEM)
              .map(_ -> "that is there");
      case Conflict.TargetModified _ when world.rules.rollback() ->
          Optional.of("a rollback is allowed");
      case Conflict.TargetAhead _ when world.rules.rollback() && newer(fs, there) ->
          Optional.of("a rollback is allowed");
      default -> accepted(from, to);
    };
  }

  private boolean newer(Fs fs, @Nullable Fs there) {
    return there != null && wanted(fs).stream().anyMatch(snap -> snap.txg > baseTxg(fs, there));
  }

  private static long baseTxg(Fs fs, Fs there) {
    long newest = -1;
    for (Snap snap : there.snaps) {
      long here = fs.byGuid(snap.guid).map(known -> known.txg).orElse(-1L);
      for (ModelPool.Mark mark : fs.marks.values()) {
        if (mark.guid().equals(snap.guid)) {
          here = mark.txg();
        }
      }
      newest = Math.max(newest, here);
    }
    return newest;
  }

  /** Tries every stream of one snapshot that could bring something. */
  private Optional<String> accepted(DatasetName from, DatasetName to) throws Refused {
    Fs fs = source.get(from);
    ModelPool target = this.target.copy();
    Fs there = target.datasets.get(to.name());
    if (there != null && there.part != null) {
      target.abortReceive(to);
      there = target.datasets.get(to.name());
    }
    boolean over = there != null && there.placeholder;
    if (there != null && over && there.snaps.isEmpty()) {
      try {
        target.destroyDataset(to.name());
        over = false;
      } catch (Refused refused) {
        // it has children
      }
    }
    for (Snap snap : wanted(fs)) {
      if (World.guids(target, to).contains(snap.guid)) {
        continue;
      }
      for (ZfsSend send : sends(from, fs, snap)) {
        try {
          ModelPool.Stream stream = source.send(send.with(world.rules.send()), world.tokens);
          var how =
              new ZfsReceive(
                  to,
                  over,
                  false,
                  false,
                  over ? Optional.empty() : origin(target, stream),
                  new TreeMap<>(),
                  new TreeSet<>());
          target.receive(how, stream, Integer.MAX_VALUE, world.tokens);
          return Optional.of("ZFS takes " + send);
        } catch (Refused refused) {
          // the next one
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<SnapshotName> origin(ModelPool target, ModelPool.Stream stream) {
    for (var entry : target.datasets.entrySet()) {
      for (Snap snap : entry.getValue().snaps) {
        if (stream.items().getFirst().from().equals(Optional.of(snap.guid))) {
          return Optional.of(DatasetName.parse(entry.getKey()).at(snap.name));
        }
      }
    }
    return Optional.empty();
  }

  private static List<ZfsSend> sends(DatasetName from, Fs fs, Snap snap) {
    SnapshotName to = from.at(snap.name);
    var sends = new ArrayList<ZfsSend>();
    sends.add(ZfsSend.full(to));
    for (Snap base : fs.snaps) {
      if (base != snap) {
        sends.add(from(SendBase.Kind.SNAPSHOT, base.name, to));
      }
    }
    for (String mark : fs.marks.keySet()) {
      sends.add(from(SendBase.Kind.BOOKMARK, mark, to));
    }
    return sends;
  }

  private static ZfsSend from(SendBase.Kind kind, String base, SnapshotName to) {
    return ZfsSend.incremental(new SendBase(kind, base), to);
  }

  /** Returns the GUIDs that the target should have once {@code go} has run. */
  Set<String> expected(DatasetName from, DatasetName to, PairPlan.Go go) throws Refused {
    Fs fs = source.get(from);
    Fs there = target.datasets.get(to.name());
    Set<String> expected = World.guids(target, to);
    for (Step step : go.steps()) {
      if (there != null
          && step instanceof Step.Change(Side _, ZfsChange.DestroySnapshot destroyed)) {
        there.snap(destroyed.snapshot().name()).ifPresent(snap -> expected.remove(snap.guid));
      }
    }
    long base = there == null ? -1 : baseTxg(fs, there);
    long resumed = fs.byGuid(resumed(go)).map(snap -> snap.txg - 1).orElse(-1L);
    List<Snap> missing =
        wanted(fs).stream().filter(snap -> snap.txg > Math.max(base, resumed)).toList();
    var bring = new HashSet<String>();
    missing.forEach(snap -> bring.add(snap.guid));
    if (world.rules.intermediates() == Intermediates.NEWEST && !missing.isEmpty()) {
      bring.retainAll(List.of(missing.getLast().guid, resumed(go)));
    }
    expected.addAll(bring);
    return expected;
  }

  private static String resumed(PairPlan.Go go) {
    return go.streams()
        .filter(stream -> stream.send().token().isPresent())
        .map(stream -> stream.brings().getLast().guid())
        .findFirst()
        .orElse("");
  }

  /** Whether a partial receive is there. */
  boolean partial(DatasetName to) {
    Fs there = target.datasets.get(to.name());
    return there != null && there.part != null;
  }
}

package io.longhaul.coordinator.plan;

import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.Version;
import io.longhaul.protocol.zfs.ZfsChange;
import io.longhaul.protocol.zfs.ZfsFeatures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The holds and bookmarks that a job has on one dataset pair, followed through a plan: what has to
 * be there before and after each stream, as steps. What is new is made before what is old goes, and
 * nothing that the target's newest snapshot depends on goes before its successor is there.
 *
 * <p>Without bookmarks holds do their work; they keep the data of the snapshot, too.
 */
final class Protection {
  private static final int LONGEST_NAME = 255;
  private static final int LONGEST_GUID = 20;

  private final Artifacts names;
  private final Pair pair;
  private final boolean bookmarks;
  private final Holds stepHolds;
  private final Holds cursorHolds;
  private final Holds received;
  private final Map<String, String> cursors; // name to GUID
  private final Map<String, String> tentative;

  Protection(Pair pair, String job, ZfsFeatures sender) {
    this.names = new Artifacts(job);
    this.pair = pair;
    Dataset source = pair.source();
    this.bookmarks = sender.bookmarks() && fits(source.name(), names);
    this.stepHolds = new Holds(Side.SOURCE, names.step(), Optional.of(source));
    this.cursorHolds = new Holds(Side.SOURCE, names.cursorHold(), Optional.of(source));
    this.received = new Holds(Side.TARGET, names.lastReceived(), pair.target());
    this.cursors = guids(source.versions().stream().filter(names::isCursor).toList());
    this.tentative = guids(source.versions().stream().filter(names::isTentative).toList());
  }

  private static boolean fits(DatasetName dataset, Artifacts names) {
    int longest =
        dataset.name().length()
            + "#longhaul_CURSORTENTATIVE_G__J_".length()
            + LONGEST_GUID
            + names.job().length();
    return longest <= LONGEST_NAME;
  }

  private static Map<String, String> guids(List<Version> ours) {
    return ours.stream()
        .collect(Collectors.toMap(Version::name, Version::guid, (a, b) -> a, LinkedHashMap::new));
  }

  /**
   * Returns the steps before a stream.
   *
   * @param base the target's newest snapshot
   * @param origin what a clone's first stream starts from
   */
  List<Step> before(
      Guarantee guarantee, Optional<Version> base, Optional<SnapshotName> origin, Leg leg) {
    var steps = new ArrayList<Step>();
    var held = new LinkedHashSet<SnapshotName>();
    var marked = new ArrayList<Version>();
    if (guarantee != Guarantee.NOTHING) {
      base.map(pair::onTarget).ifPresent(snapshot -> received.add(List.of(snapshot), steps));
      boolean marks = guarantee == Guarantee.INCREMENTAL && bookmarks;
      leg.from().filter(Version::isSnapshot).ifPresent(marked::add);
      marked.addAll(leg.sent());
      if (marks) {
        marked.forEach(version -> mark(tentative, names.tentative(version), version, steps));
      } else {
        origin.ifPresent(held::add);
        marked.forEach(version -> held.add(pair.source().at(version)));
        marked.clear();
        stepHolds.add(held, steps);
      }
    }
    stepHolds.dropAllBut(held, steps);
    leg.from().ifPresent(marked::add);
    unmarkAllBut(tentative, marked, steps);
    return steps;
  }

  /**
   * Returns the steps after a stream, once the target's GUID was read back.
   *
   * @param more whether another stream starts from its end
   */
  List<Step> after(Guarantee guarantee, Leg leg, boolean more) {
    var steps = new ArrayList<Step>();
    Version to = leg.to();
    if (guarantee == Guarantee.NOTHING) {
      keepOnly(List.of(), steps);
    } else {
      received.add(List.of(pair.onTarget(to)), steps);
      if (bookmarks) {
        mark(cursors, names.cursor(to), to, steps);
      } else {
        cursorHolds.add(List.of(pair.source().at(to)), steps);
      }
      keepOnly(List.of(to), steps);
    }
    List<Version> needed = more ? List.of(to) : List.of();
    stepHolds.dropAllBut(snapshots(needed), steps);
    unmarkAllBut(tentative, needed, steps);
    return steps;
  }

  /**
   * Returns the steps that put everything in order when there is nothing to send.
   *
   * @param base the target's newest snapshot
   */
  List<Step> settle(Guarantee guarantee, Common base) {
    var steps = new ArrayList<Step>();
    Version onSource = base.onSource();
    if (guarantee != Guarantee.NOTHING) {
      received.addUnlessPossible(pair.onTarget(base.onTarget()), steps);
      if (onSource.isSnapshot()) {
        if (bookmarks) {
          mark(cursors, names.cursor(onSource), onSource, steps);
        } else {
          cursorHolds.addUnlessPossible(pair.source().at(onSource), steps);
        }
      }
    }
    boolean kept = guarantee != Guarantee.NOTHING;
    received.dropCertainBut(kept ? Set.of(pair.onTarget(base.onTarget())) : Set.of(), steps);
    cursorHolds.dropCertainBut(kept && !bookmarks ? snapshots(List.of(onSource)) : Set.of(), steps);
    stepHolds.dropCertainBut(Set.of(), steps);
    unmarkAllBut(cursors, List.of(onSource), steps);
    boolean replaceable = onSource.isSnapshot() || cursors.containsValue(onSource.guid());
    unmarkAllBut(tentative, replaceable ? List.of() : List.of(onSource), steps);
    return steps;
  }

  /** Returns the steps that let a snapshot of the target go that a rollback destroys. */
  List<Step> giveUp(Version onTarget) {
    var steps = new ArrayList<Step>();
    received.drop(pair.onTarget(onTarget), steps);
    return steps;
  }

  /** Returns the steps that let a clone's origin go when its first stream is done. */
  List<Step> letGo(SnapshotName origin) {
    var steps = new ArrayList<Step>();
    stepHolds.drop(origin, steps);
    return steps;
  }

  private void keepOnly(List<Version> newest, List<Step> steps) {
    received.dropAllBut(newest.stream().map(pair::onTarget).collect(Collectors.toSet()), steps);
    cursorHolds.dropAllBut(bookmarks ? Set.of() : snapshots(newest), steps);
    unmarkAllBut(cursors, newest, steps);
  }

  private static Step onSource(ZfsChange change) {
    return new Step.Change(Side.SOURCE, change);
  }

  private Set<SnapshotName> snapshots(List<Version> versions) {
    return versions.stream()
        .filter(Version::isSnapshot)
        .map(pair.source()::at)
        .collect(Collectors.toSet());
  }

  private void mark(Map<String, String> there, String bookmark, Version version, List<Step> steps) {
    if (there.put(bookmark, version.guid()) == null) {
      steps.add(
          onSource(new ZfsChange.Bookmark(pair.source().at(version), bookmark, version.guid())));
    }
  }

  private void unmarkAllBut(Map<String, String> there, List<Version> keep, List<Step> steps) {
    Set<String> guids = keep.stream().map(Version::guid).collect(Collectors.toSet());
    there
        .entrySet()
        .removeIf(bookmark -> {
          if (guids.contains(bookmark.getValue())) {
            return false;
          }
          steps.add(
              onSource(new ZfsChange.DestroyBookmark(pair.source().name(), bookmark.getKey())));
          return true;
        });
  }

  /**
   * The holds of one tag. Where ZFS cannot list tags, any hold may be ours, and none is certain.
   */
  private static final class Holds {
    private final Side side;
    private final String tag;
    private final Set<SnapshotName> certain = new LinkedHashSet<>();
    private final Set<SnapshotName> possible = new LinkedHashSet<>();

    Holds(Side side, String tag, Optional<Dataset> dataset) {
      this.side = side;
      this.tag = tag;
      dataset.ifPresent(there -> {
        for (Version snapshot : there.snapshots()) {
          if (snapshot.heldBy(tag)) {
            possible.add(there.at(snapshot));
          }
          if (snapshot.tags().contains(tag)) {
            certain.add(there.at(snapshot));
          }
        }
      });
    }

    void add(Iterable<SnapshotName> snapshots, List<Step> steps) {
      var missing = new ArrayList<SnapshotName>();
      for (SnapshotName snapshot : snapshots) {
        possible.add(snapshot);
        if (certain.add(snapshot)) {
          missing.add(snapshot);
        }
      }
      if (!missing.isEmpty()) {
        steps.add(new Step.Change(side, new ZfsChange.Hold(tag, missing)));
      }
    }

    void addUnlessPossible(SnapshotName snapshot, List<Step> steps) {
      if (!possible.contains(snapshot)) {
        add(List.of(snapshot), steps);
      }
    }

    void drop(SnapshotName snapshot, List<Step> steps) {
      if (possible.contains(snapshot)) {
        release(List.of(snapshot), steps);
      }
    }

    void dropAllBut(Set<SnapshotName> keep, List<Step> steps) {
      release(possible.stream().filter(snapshot -> !keep.contains(snapshot)).toList(), steps);
    }

    void dropCertainBut(Set<SnapshotName> keep, List<Step> steps) {
      release(certain.stream().filter(snapshot -> !keep.contains(snapshot)).toList(), steps);
    }

    private void release(List<SnapshotName> snapshots, List<Step> steps) {
      if (!snapshots.isEmpty()) {
        steps.add(new Step.Change(side, new ZfsChange.Release(tag, snapshots)));
        certain.removeAll(snapshots);
        possible.removeAll(snapshots);
      }
    }
  }
}

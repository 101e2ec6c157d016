package io.longhaul.coordinator.plan;

import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.ModelPool;
import io.longhaul.protocol.zfs.ModelPool.Fs;
import io.longhaul.protocol.zfs.ModelPool.Refused;
import io.longhaul.protocol.zfs.ModelPool.Snap;
import io.longhaul.protocol.zfs.PartialReceive;
import io.longhaul.protocol.zfs.ResumeToken;
import io.longhaul.protocol.zfs.SendFlags;
import io.longhaul.protocol.zfs.ZfsChange;
import io.longhaul.protocol.zfs.ZfsFeatures;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Two pools, a job between them, and everything that happens to them by a seed. */
final class World {
  static final String SOURCE_ROOT = "tank/a";
  static final String TARGET_ROOT = "vault/backup/a";
  private static final String FOREIGN_HOLD = "keep";

  final Random random;
  final ModelPool source;
  final ModelPool target;
  final Map<ResumeToken, PartialReceive.Contents> tokens = new HashMap<>();
  final ZfsFeatures features;
  final boolean listsTags;
  Rules rules;
  private long number = 1;

  World(long seed, Guarantee... guarantees) throws Refused {
    random = new Random(seed);
    listsTags = random.nextInt(5) > 0;
    source = new ModelPool(() -> number++, listsTags);
    target = new ModelPool(() -> number++, listsTags);
    features = features(chance(85), chance(80), chance(80));
    Guarantee[] choice = guarantees.length == 0 ? Guarantee.values() : guarantees;
    rules =
        new Rules(
            "job",
            chance(60) ? Intermediates.ALL : Intermediates.NEWEST,
            chance(50)
                ? SnapshotFilter.ALL
                : new SnapshotFilter(List.of(), List.of(Pattern.compile("[0-3]$"))),
            new SendFlags(chance(40), false, false, false, false),
            ReceiveOptions.SAFE,
            chance(30),
            choice[random.nextInt(choice.length)],
            choice[random.nextInt(choice.length)]);
    source.create("tank", Dataset.Kind.FILESYSTEM);
    target.create("vault", Dataset.Kind.FILESYSTEM);
    target.create("vault/backup", Dataset.Kind.FILESYSTEM);
    Fs root =
        source.create(SOURCE_ROOT, chance(10) ? Dataset.Kind.VOLUME : Dataset.Kind.FILESYSTEM);
    root.encrypted = chance(25);
    if (chance(10)) {
      target.get(DatasetName.parse("vault/backup")).encrypted = true;
    }
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private static ZfsFeatures features(boolean bookmarks, boolean tokens, boolean properties) {
    var send = new TreeSet<>(Set.of('i', 'I', 'R', 'w'));
    var receive = new TreeSet<>(Set.of('F', 'u'));
    if (tokens) {
      send.add('t');
      receive.add('s');
    }
    if (properties) {
      receive.add('o');
    }
    return new ZfsFeatures("", send, receive, bookmarks, tokens, true);
  }

  Planner planner() {
    return new Planner(rules, features, features);
  }

  TreePlan plan() {
    return new TreePlanner(
            planner(),
            DatasetName.parse(SOURCE_ROOT),
            DatasetName.parse(TARGET_ROOT),
            dataset -> !dataset.name().endsWith("x"))
        .plan(sources(), targets());
  }

  List<Dataset> sources() {
    return source.list(SOURCE_ROOT, tokens);
  }

  List<Dataset> targets() {
    return target.list(TARGET_ROOT, tokens);
  }

  /** Does a step; returns whether the stream was cut. */
  boolean run(Step step, boolean cut) throws Refused {
    switch (step) {
      case Step.Replicate stream -> {
        ModelPool.Stream sent = source.send(stream.send(), tokens);
        int whole = cut ? random.nextInt(sent.items().size()) : Integer.MAX_VALUE;
        target.receive(stream.receive(), sent, whole, tokens);
        return cut;
      }
      case Step.Change(Side side, ZfsChange change) -> {
        (side == Side.SOURCE ? source : target).change(change);
        return false;
      }
    }
  }

  // ---- what people and other programs do

  void somethingHappens() {
    try {
      if (chance(80)) {
        onSource();
      } else {
        onTarget();
      }
    } catch (Refused refused) {
      // as for a person: it did not happen
    }
  }

  private String any(ModelPool pool, String root) {
    List<String> names =
        pool.datasets.keySet().stream()
            .filter(name -> name.equals(root) || name.startsWith(root + "/"))
            .toList();
    return names.isEmpty() ? "" : names.get(random.nextInt(names.size()));
  }

  private Optional<Snap> anySnap(Fs fs) {
    return fs.snaps.isEmpty()
        ? Optional.empty()
        : Optional.of(fs.snaps.get(random.nextInt(fs.snaps.size())));
  }

  void takeSnapshot(ModelPool pool, String dataset) throws Refused {
    if (chance(70)) {
      pool.write(dataset);
    }
    pool.snapshot(dataset, "s" + random.nextInt(30));
  }

  private void onSource() throws Refused {
    String name = any(source, SOURCE_ROOT);
    if (name.isEmpty()) {
      source.create(SOURCE_ROOT, Dataset.Kind.FILESYSTEM);
      return;
    }
    Fs fs = source.get(DatasetName.parse(name));
    int what = random.nextInt(100);
    if (what < 45) {
      takeSnapshot(source, name);
    } else if (what < 60) {
      destroySnapshot(source, name);
    } else if (what < 65) {
      anySnap(fs).ifPresent(snap -> mark(fs, snap));
    } else if (what < 67) {
      fs.marks.keySet().stream().findFirst().ifPresent(fs.marks::remove);
    } else if (what < 70) {
      renameSnapshot(fs);
    } else if (what < 78) {
      Fs child = source.create(name + "/" + "cdx".charAt(random.nextInt(3)), kind());
      child.encrypted |= chance(15);
    } else if (what < 82) {
      source.renameDataset(name, SOURCE_ROOT + "/r" + random.nextInt(3));
    } else if (what < 87) {
      Optional<Snap> snap = anySnap(fs);
      if (snap.isPresent()) {
        source.cloneSnapshot(name, snap.get(), SOURCE_ROOT + "/k" + random.nextInt(3));
      }
    } else if (what < 91) {
      Optional<Snap> snap = anySnap(fs);
      if (snap.isPresent()) {
        source.rollbackOver(name, snap.get());
      }
    } else if (what < 94) {
      source.destroyDataset(name);
    } else if (what < 97) {
      fs.keyLoaded = !fs.encrypted || !fs.keyLoaded;
    } else {
      source.write(name);
    }
  }

  private Dataset.Kind kind() {
    return chance(15) ? Dataset.Kind.VOLUME : Dataset.Kind.FILESYSTEM;
  }

  private static void mark(Fs fs, Snap snap) {
    fs.marks.putIfAbsent("mine-" + snap.name, new ModelPool.Mark(snap.guid, snap.txg, snap.ivset));
  }

  private void renameSnapshot(Fs fs) {
    String name = "s" + random.nextInt(30);
    if (fs.snap(name).isEmpty()) {
      anySnap(fs).ifPresent(snap -> snap.name = name);
    }
  }

  void destroySnapshot(ModelPool pool, String dataset) throws Refused {
    Optional<Snap> snap = anySnap(pool.get(DatasetName.parse(dataset)));
    if (snap.isPresent()) {
      pool.destroySnapshot(DatasetName.parse(dataset).at(snap.get().name));
    }
  }

  private void onTarget() throws Refused {
    String name = any(target, TARGET_ROOT);
    if (name.isEmpty()) {
      if (chance(20)) {
        target.create(TARGET_ROOT, Dataset.Kind.FILESYSTEM);
      }
      return;
    }
    Fs fs = target.get(DatasetName.parse(name));
    int what = random.nextInt(100);
    if (what < 15) {
      target.write(name);
    } else if (what < 35) {
      takeSnapshot(target, name);
    } else if (what < 65) {
      destroySnapshot(target, name);
    } else if (what < 70) {
      anySnap(fs).ifPresent(snap -> snap.holds.add(FOREIGN_HOLD));
    } else if (what < 75) {
      fs.snaps.forEach(snap -> snap.holds.remove(FOREIGN_HOLD));
    } else if (what < 80) {
      anySnap(fs).ifPresent(snap -> mark(fs, snap));
    } else if (what < 85) {
      fs.keyLoaded = !fs.encrypted || !fs.keyLoaded;
    } else if (what < 88) {
      target.destroyDataset(name);
    } else if (what < 91) {
      target.renameDataset(name, TARGET_ROOT + "/r" + random.nextInt(3));
    } else if (what < 94) {
      renameSnapshot(fs);
    } else if (what < 97) {
      target.abortReceive(DatasetName.parse(name));
    } else {
      rules = withRaw(chance(50));
    }
  }

  private Rules withRaw(boolean raw) {
    return new Rules(
        rules.job(),
        rules.intermediates(),
        rules.snapshots(),
        new SendFlags(raw, false, false, false, false),
        rules.receive(),
        rules.rollback(),
        rules.initial(),
        rules.incremental());
  }

  // ---- what the pools hold

  /** The GUIDs of a dataset's snapshots; none if it is not there. */
  static Set<String> guids(ModelPool pool, DatasetName name) {
    Fs fs = pool.datasets.get(name.name());
    var guids = new HashSet<String>();
    if (fs != null) {
      fs.snaps.forEach(snap -> guids.add(snap.guid));
    }
    return guids;
  }

  static Map<String, Set<String>> allGuids(ModelPool pool) {
    var all = new TreeMap<String, Set<String>>();
    pool.datasets.keySet().forEach(name -> all.put(name, guids(pool, DatasetName.parse(name))));
    return all;
  }

  /** Holds and bookmarks that are not the job's. */
  static Set<String> foreign(ModelPool pool) {
    var foreign = new TreeSet<String>();
    pool.datasets.forEach((name, fs) -> {
      fs.snaps.forEach(snap -> {
        if (snap.holds.contains(FOREIGN_HOLD)) {
          foreign.add(name + " holds " + snap.guid);
        }
      });
      fs.marks.keySet().stream()
          .filter(mark -> mark.startsWith("mine-"))
          .forEach(mark -> foreign.add(name + "#" + mark));
    });
    return foreign;
  }

  /** Every hold and bookmark of the job on a dataset. */
  static List<String> ours(ModelPool pool, DatasetName name) {
    var ours = new ArrayList<String>();
    Fs fs = pool.datasets.get(name.name());
    if (fs != null) {
      for (Snap snap : fs.snaps) {
        snap.holds.stream()
            .filter(tag -> !tag.equals(FOREIGN_HOLD))
            .forEach(tag -> ours.add(tag + " @" + snap.guid));
      }
      fs.marks.keySet().stream()
          .filter(mark -> !mark.startsWith("mine-"))
          .forEach(mark -> ours.add("#" + mark));
    }
    return ours;
  }
}

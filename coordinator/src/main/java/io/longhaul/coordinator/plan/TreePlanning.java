package io.longhaul.coordinator.plan;

import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.Version;
import io.longhaul.protocol.zfs.ZfsChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** One run of a {@link TreePlanner}: follows what the target will have when each item is done. */
final class TreePlanning {
  private final TreePlanner tree;
  private final Map<DatasetName, Dataset> sources = new LinkedHashMap<>();
  private final Map<DatasetName, Dataset> targets = new LinkedHashMap<>();
  private final Set<DatasetName> targetParents = new HashSet<>();
  private final Map<String, Set<DatasetName>> holders = new HashMap<>(); // GUID to target datasets

  /* What the items so far make of the target. */
  private final List<TreePlan.Item> items = new ArrayList<>();
  private final Map<DatasetName, Optional<Dataset.Encryption>> created = new HashMap<>();
  private final Map<DatasetName, String> refused = new HashMap<>(); // target to conflict
  private final Set<DatasetName> busy = new HashSet<>(); // targets that have steps
  private final Map<DatasetName, Map<String, SnapshotName>> snapshots = new HashMap<>();

  TreePlanning(TreePlanner tree, List<Dataset> sources, List<Dataset> targets) {
    this.tree = tree;
    sources.stream()
        .filter(source -> tree.covers(source.name()))
        .forEach(source -> this.sources.put(source.name(), source));
    for (Dataset target : targets) {
      this.targets.put(target.name(), target);
      for (var above = target.name().parent(); above.isPresent(); above = above.get().parent()) {
        targetParents.add(above.get());
      }
      for (Version snapshot : target.snapshots()) {
        holders.computeIfAbsent(snapshot.guid(), _ -> new HashSet<>()).add(target.name());
        present(target.name()).put(snapshot.guid(), target.at(snapshot));
      }
    }
  }

  TreePlan run() {
    List<Dataset> chosen =
        sources.values().stream()
            .filter(source -> tree.chosen().test(source.name()) && !source.placeholder())
            .toList();
    for (Dataset source : SendOrder.of(chosen)) {
      add(source);
    }
    return new TreePlan(items, onlyOnTarget());
  }

  private void add(Dataset source) {
    DatasetName target = tree.copyOf(source.name());
    Optional<Dataset> there = Optional.ofNullable(targets.get(target));
    Pair bare = new Pair(source, target, there, Pair.Ground.PLAIN);
    Optional<Conflict> early = renamed(bare);
    if (early.isEmpty() && there.isEmpty()) {
      early = parents(bare);
    }
    if (early.isPresent()) {
      put(bare, Set.of(), new PairPlan.Stopped(early.get()));
      return;
    }
    Optional<Pair.Origin> origin = origin(source);
    Optional<Dataset.Encryption> above = target.parent().flatMap(this::encryption);
    var pair =
        new Pair(
            source, target, there, new Pair.Ground(above, targetParents.contains(target), origin));
    PairPlan plan = tree.planner().plan(pair);
    var after = new HashSet<DatasetName>();
    if (!standsAlone(target)) {
      target.parent().ifPresent(after::add);
    }
    origin.ifPresent(of -> after.add(of.copy().dataset()));
    after.retainAll(busy);
    put(pair, after, plan);
  }

  /** Returns whether a copy and the one above are there, whatever becomes of that one now. */
  private boolean standsAlone(DatasetName target) {
    return targets.containsKey(target)
        && target.parent().map(targets::get).filter(above -> !above.placeholder()).isPresent();
  }

  private void put(Pair pair, Set<DatasetName> after, PairPlan plan) {
    items.add(new TreePlan.Item(Optional.of(pair.source().name()), pair.targetName(), after, plan));
    switch (plan) {
      case PairPlan.Stopped stopped -> refused.put(pair.targetName(), stopped.conflict().code());
      case PairPlan.Go go -> follow(pair, go);
    }
  }

  private void follow(Pair pair, PairPlan.Go go) {
    DatasetName target = pair.targetName();
    if (!go.steps().isEmpty()) {
      busy.add(target);
    }
    if (pair.target().isEmpty() || pair.target().get().placeholder()) {
      created.put(target, encryptionOfNew(pair));
    }
    Map<String, SnapshotName> here = present(target);
    for (Step step : go.steps()) {
      switch (step) {
        case Step.Change(_, ZfsChange.DestroySnapshot destroyed) ->
            here.values().remove(destroyed.snapshot());
        case Step.Replicate stream ->
            stream.brings().forEach(version -> here.put(version.guid(), pair.onTarget(version)));
        case Step.Change _ -> {} // changes no snapshot
      }
    }
  }

  private Optional<Dataset.Encryption> encryptionOfNew(Pair pair) {
    return new EncryptionRules(tree.planner().rules().send().raw()).raw(pair.source())
        ? Optional.of(new Dataset.Encryption(pair.targetName(), false))
        : pair.ground().above();
  }

  private Map<String, SnapshotName> present(DatasetName target) {
    return snapshots.computeIfAbsent(target, _ -> new LinkedHashMap<>());
  }

  private Optional<Dataset.Encryption> encryption(DatasetName target) {
    return created.containsKey(target)
        ? created.get(target)
        : Optional.ofNullable(targets.get(target)).flatMap(Dataset::encryption);
  }

  private boolean willBe(DatasetName target) {
    return created.containsKey(target)
        || busy.contains(target)
        || Optional.ofNullable(targets.get(target))
            .filter(TreePlanning::canHaveChildren)
            .isPresent();
  }

  private static boolean canHaveChildren(Dataset there) {
    boolean whole = there.partial().isEmpty() || there.newest().isPresent();
    return whole && there.kind() == Dataset.Kind.FILESYSTEM;
  }

  /** Sees to it that there is a parent to receive into; returns why there cannot be one. */
  private Optional<Conflict> parents(Pair pair) {
    DatasetName target = pair.targetName();
    Optional<DatasetName> parent = target.parent();
    if (parent.isEmpty()) {
      return Optional.of(new Conflict.NoParent(pair, target)); // its pool is not there
    }
    return ready(pair, parent.get());
  }

  private Optional<Conflict> ready(Pair pair, DatasetName parent) {
    if (willBe(parent)) {
      return Optional.empty();
    }
    String reason = refused.get(parent);
    if (targets.containsKey(parent) || (reason != null && !reason.equals("no-snapshots"))) {
      return Optional.of(
          new Conflict.Waits(
              pair, parent, reason == null ? "what is there is in the way" : reason));
    }
    if (!parent.equals(tree.targetRoot()) && !parent.isBelow(tree.targetRoot())) {
      return Optional.of(new Conflict.NoParent(pair, parent));
    }
    Optional<DatasetName> above = parent.parent();
    if (above.isEmpty()) {
      return Optional.of(new Conflict.NoParent(pair, parent));
    }
    return ready(pair, above.get()).or(() -> placeholder(pair, parent, above.get()));
  }

  private Optional<Conflict> placeholder(Pair pair, DatasetName target, DatasetName above) {
    Optional<Dataset.Encryption> inherited = encryption(above);
    boolean locked = inherited.filter(key -> !key.keyLoaded()).isPresent();
    if (locked && !new EncryptionRules(tree.planner().rules().send().raw()).raw(pair.source())) {
      return Optional.of(
          new Conflict.KeyNotLoaded(pair, Side.TARGET, inherited.orElseThrow().root()));
    }
    created.put(target, locked ? Optional.empty() : inherited);
    items.add(
        new TreePlan.Item(
            Optional.empty(),
            target,
            busy.contains(above) ? Set.of(above) : Set.of(),
            new PairPlan.Go(
                List.of(
                    new Step.Change(
                        Side.TARGET, new ZfsChange.CreatePlaceholder(target, locked))))));
    busy.add(target);
    return Optional.empty();
  }

  /** Finds what the clone {@code source} can be made of on the target. */
  private Optional<Pair.Origin> origin(Dataset source) {
    if (source.origin().isEmpty()) {
      return Optional.empty();
    }
    SnapshotName onSource = source.origin().get();
    Dataset dataset = sources.get(onSource.dataset());
    if (dataset == null) {
      return Optional.empty();
    }
    Optional<String> guid =
        dataset.snapshots().stream()
            .filter(snapshot -> snapshot.name().equals(onSource.name()))
            .map(Version::guid)
            .findFirst();
    SnapshotName copy = guid.map(present(tree.copyOf(dataset.name()))::get).orElse(null);
    return copy == null
        ? Optional.empty()
        : Optional.of(new Pair.Origin(onSource, guid.orElseThrow(), copy));
  }

  /**
   * Finds a copy of {@code source} under another name: one with snapshots that the source knows,
   * and that is not the copy of the dataset which has its name now.
   */
  private Optional<Conflict> renamed(Pair pair) {
    boolean taken =
        pair.target()
            .filter(target -> !target.placeholder() || !target.snapshots().isEmpty())
            .isPresent();
    if (taken) {
      return Optional.empty();
    }
    for (Version version : pair.source().versions().reversed()) {
      for (DatasetName holder : holders.getOrDefault(version.guid(), Set.of())) {
        if (holder.isBelow(tree.targetRoot()) && !isCopy(holder)) {
          return Optional.of(new Conflict.Renamed(pair, holder));
        }
      }
    }
    return Optional.empty();
  }

  private boolean isCopy(DatasetName target) {
    Dataset source = sources.get(sourceOf(target));
    Dataset copy = targets.get(target);
    return source != null && copy != null && Common.newest(source, copy).isPresent();
  }

  private DatasetName sourceOf(DatasetName target) {
    return DatasetName.parse(
        tree.sourceRoot() + target.name().substring(tree.targetRoot().name().length()));
  }

  private List<DatasetName> onlyOnTarget() {
    Set<String> known =
        sources.keySet().stream()
            .map(source -> below(tree.sourceRoot(), source))
            .collect(Collectors.toSet());
    return targets.values().stream()
        .filter(target -> target.name().isBelow(tree.targetRoot()))
        .filter(target ->
            !target.placeholder() && !known.contains(below(tree.targetRoot(), target.name())))
        .map(Dataset::name)
        .toList();
  }

  private static String below(DatasetName root, DatasetName dataset) {
    return dataset.name().substring(root.name().length());
  }
}

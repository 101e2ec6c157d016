package io.longhaul.coordinator.plan;

import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.Placeholder;
import io.longhaul.protocol.zfs.ResumeToken;
import io.longhaul.protocol.zfs.SendBase;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.Version;
import io.longhaul.protocol.zfs.ZfsChange;
import io.longhaul.protocol.zfs.ZfsFeatures;
import io.longhaul.protocol.zfs.ZfsReceive;
import io.longhaul.protocol.zfs.ZfsSend;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Decides what is to be done for one dataset: two lists of versions in, steps or a conflict out.
 * Versions are the same if their GUIDs are; each side's order is that of createtxg. Immutable.
 *
 * @param rules what the job asks for
 * @param sender what the source's ZFS can do
 * @param receiver what the target's ZFS can do
 */
public record Planner(Rules rules, ZfsFeatures sender, ZfsFeatures receiver) {

  /* Why a rollback is `zfs destroy` of each snapshot and then `zfs rollback` without -r, and never
   * `receive -F`: both of those would also destroy what came after the plan was printed. */

  /** Returns what is to be done for {@code pair}. */
  public PairPlan plan(Pair pair) {
    Optional<Conflict> unsupported = unsupported(pair);
    if (unsupported.isPresent()) {
      return new PairPlan.Stopped(unsupported.get());
    }
    Optional<Dataset> partly = pair.target().filter(target -> target.partial().isPresent());
    return partly.isPresent() ? goOn(pair, partly.get()) : anew(pair, List.of());
  }

  private Optional<Conflict> unsupported(Pair pair) {
    return rules
        .send()
        .missing(sender)
        .<Conflict>map(flags -> new Conflict.Unsupported(pair, Side.SOURCE, flags))
        .or(() ->
            rules
                .receive()
                .missing(receiver)
                .map(flags -> new Conflict.Unsupported(pair, Side.TARGET, flags)));
  }

  private PairPlan goOn(Pair pair, Dataset target) {
    return switch (resumption(pair, target)) {
      case Resumption.Usable usable -> resume(pair, target, usable);
      case Resumption.Foreign foreign ->
          new PairPlan.Stopped(new Conflict.NotOurs(pair, foreign.why()));
      case Resumption.Dead dead -> {
        boolean gone = target.snapshots().isEmpty() && !target.placeholder();
        yield anew(
            pair.withTarget(gone ? Optional.empty() : Optional.of(target.withoutPartial())),
            List.of(onTarget(new ZfsChange.AbortReceive(target.name(), dead.why()))));
      }
    };
  }

  private Resumption resumption(Pair pair, Dataset target) {
    return sender.resumeTokens()
        ? Resumption.judge(pair, target, target.partial().orElseThrow(), rules)
        : new Resumption.Dead("'zfs send' on the source has no -t");
  }

  private PairPlan resume(Pair pair, Dataset target, Resumption.Usable usable) {
    var encryption = new EncryptionRules(rules.send().raw());
    Optional<Conflict> locked =
        usable
            .base()
            .map(base -> encryption.onto(pair, target, base))
            .orElseGet(() -> encryption.full(pair, target.encryption()));
    if (locked.isPresent()) {
      return new PairPlan.Stopped(locked.get());
    }
    Version to = usable.to();
    List<Version> wanted = wanted(pair.source(), Optional.of(to));
    Optional<Conflict> taken = nameTaken(pair, wanted, Set.of());
    if (taken.isPresent()) {
      return new PairPlan.Stopped(taken.get());
    }
    var legs = new ArrayList<Leg>();
    legs.add(new Leg(usable.from(), List.of(to)));
    legs.addAll(Leg.way(pair.source(), Optional.of(to), wanted));
    var steps = new ArrayList<Step>();
    var transfer = new Transferring(pair, usable.base().map(Common::onTarget), steps);
    transfer.resumed = Optional.of(usable.token());
    transfer.overPlaceholder = target.placeholder();
    transfer.run(legs, protection(pair));
    return new PairPlan.Go(steps);
  }

  private PairPlan anew(Pair pair, List<Step> first) {
    if (pair.target().isEmpty()) {
      return initial(pair, first, false);
    }
    Dataset target = pair.target().get();
    Dataset.Kind kind = pair.source().kind();
    if (target.kind() != kind && !target.placeholder()) {
      return new PairPlan.Stopped(new Conflict.OtherKind(pair, kind, target.kind()));
    }
    Optional<Common> base = Common.newest(pair.source(), target);
    if (base.isPresent()) {
      return upon(pair, target, base.get(), first);
    }
    if (target.placeholder()) {
      return overPlaceholder(pair, target, first);
    }
    return new PairPlan.Stopped(
        target.snapshots().isEmpty()
            ? new Conflict.NotOurs(pair, "it exists and has no snapshot")
            : new Conflict.NoCommonBase(pair));
  }

  private PairPlan overPlaceholder(Pair pair, Dataset placeholder, List<Step> first) {
    Optional<String> obstacle = obstacle(pair, placeholder);
    if (obstacle.isPresent()) {
      return new PairPlan.Stopped(new Conflict.PlaceholderInTheWay(pair, obstacle.get()));
    }
    if (pair.ground().children()) {
      return initial(pair, first, true);
    }
    var steps = new ArrayList<>(first);
    steps.add(onTarget(new ZfsChange.DestroyPlaceholder(placeholder.name())));
    return initial(pair.withTarget(Optional.empty()), steps, false);
  }

  /** Why ZFS would not, or we do not let it, put a full stream into the place of a placeholder. */
  private Optional<String> obstacle(Pair pair, Dataset placeholder) {
    if (!placeholder.versions().isEmpty()) {
      return Optional.of("has " + placeholder.versions().getLast());
    }
    if (placeholder.written() > Placeholder.EMPTY_BYTES) {
      return Optional.of("holds " + placeholder.written() + " bytes");
    }
    if (!pair.ground().children()) {
      return Optional.empty();
    }
    if (placeholder.kind() != pair.source().kind()) {
      return Optional.of("has datasets below it, as a volume cannot have");
    }
    if (placeholder.encryption().isPresent()) {
      return Optional.of("is encrypted, as ZFS does not replace while there are datasets below it");
    }
    return new EncryptionRules(rules.send().raw()).raw(pair.source())
        ? Optional.of("ZFS does not replace it by a raw stream while there are datasets below it")
        : Optional.empty();
  }

  private PairPlan initial(Pair pair, List<Step> first, boolean overPlaceholder) {
    List<Version> wanted = wanted(pair.source(), Optional.empty());
    if (wanted.isEmpty()) {
      return new PairPlan.Stopped(new Conflict.NoSnapshots(pair));
    }
    Optional<Conflict> locked =
        new EncryptionRules(rules.send().raw()).full(pair, pair.ground().above());
    if (locked.isPresent()) {
      return new PairPlan.Stopped(locked.get());
    }
    var steps = new ArrayList<>(first);
    var transfer = new Transferring(pair, Optional.empty(), steps);
    transfer.overPlaceholder = overPlaceholder;
    transfer.run(Leg.way(pair.source(), Optional.empty(), wanted), protection(pair));
    return new PairPlan.Go(steps);
  }

  private PairPlan upon(Pair pair, Dataset target, Common base, List<Step> first) {
    Protection protection = protection(pair);
    List<Version> newer =
        target.snapshots().stream().filter(there -> there.newerThan(base.onTarget())).toList();
    List<Version> wanted = wanted(pair.source(), Optional.of(base.onSource()));
    if (wanted.isEmpty() && newer.isEmpty()) {
      var steps = new ArrayList<>(first);
      steps.addAll(becomeReal(target));
      steps.addAll(protection.settle(rules.incremental(), base));
      return new PairPlan.Go(steps);
    }
    Optional<Conflict> conflict =
        inTheWay(pair, target, base, newer, wanted)
            .or(() -> new EncryptionRules(rules.send().raw()).onto(pair, target, base))
            .or(() -> nameTaken(pair, wanted, new HashSet<>(newer)));
    if (conflict.isPresent()) {
      return new PairPlan.Stopped(conflict.get());
    }
    var steps = new ArrayList<>(first);
    steps.addAll(becomeReal(target));
    steps.addAll(rollback(pair, target, base.onTarget(), newer, protection));
    new Transferring(pair, Optional.of(base.onTarget()), steps)
        .run(Leg.way(pair.source(), Optional.of(base.onSource()), wanted), protection);
    return new PairPlan.Go(steps);
  }

  private static List<Step> becomeReal(Dataset target) {
    return target.placeholder()
        ? List.of(onTarget(new ZfsChange.BecomeReal(target.name())))
        : List.of();
  }

  /** What has come to the target since the base, if it may not or cannot be destroyed. */
  private Optional<Conflict> inTheWay(
      Pair pair, Dataset target, Common base, List<Version> newer, List<Version> wanted) {
    Version onTarget = base.onTarget();
    if (newer.isEmpty()) {
      return target.written() > 0 && !rules.rollback()
          ? Optional.of(new Conflict.TargetModified(pair, onTarget, target.written()))
          : Optional.empty();
    }
    List<SnapshotName> names = newer.stream().map(target::at).toList();
    String received = new Artifacts(rules.job()).lastReceived();
    if (!rules.rollback() || wanted.isEmpty()) {
      return Optional.of(
          newer.getLast().tags().contains(received)
              ? new Conflict.BaseGone(pair, onTarget, names)
              : new Conflict.TargetAhead(pair, onTarget, names));
    }
    List<SnapshotName> kept =
        newer.stream()
            .filter(there -> !there.clones().isEmpty() || heldByOthers(there, received))
            .map(target::at)
            .toList();
    return kept.isEmpty()
        ? Optional.empty()
        : Optional.of(new Conflict.BaseHeld(pair, onTarget, kept));
  }

  private static boolean heldByOthers(Version there, String ours) {
    return there.holds() > (there.heldBy(ours) ? 1 : 0);
  }

  private static List<Step> rollback(
      Pair pair, Dataset target, Version base, List<Version> newer, Protection protection) {
    if (newer.isEmpty() && target.written() == 0) {
      return List.of();
    }
    var steps = new ArrayList<Step>();
    for (Version there : target.versions().reversed()) {
      if (!there.newerThan(base)) {
        break;
      }
      if (there.isSnapshot()) {
        steps.addAll(protection.giveUp(there));
        steps.add(onTarget(new ZfsChange.DestroySnapshot(target.at(there), there.guid())));
      } else {
        steps.add(onTarget(new ZfsChange.DestroyBookmark(target.name(), there.name())));
      }
    }
    steps.add(onTarget(new ZfsChange.Rollback(pair.onTarget(base))));
    return steps;
  }

  /** The snapshots to send after {@code base}, oldest first. */
  private List<Version> wanted(Dataset source, Optional<Version> base) {
    List<Version> all =
        source.snapshots().stream()
            .filter(snapshot -> base.isEmpty() || snapshot.newerThan(base.get()))
            .filter(rules.snapshots()::passes)
            .toList();
    return rules.intermediates() == Intermediates.ALL || all.isEmpty()
        ? all
        : List.of(all.getLast());
  }

  private static Optional<Conflict> nameTaken(
      Pair pair, List<Version> wanted, Set<Version> destroyed) {
    var names = new HashMap<String, Version>();
    wanted.forEach(snapshot -> names.put(snapshot.name(), snapshot));
    for (Version there : pair.target().map(Dataset::snapshots).orElse(List.of())) {
      Version snapshot = names.get(there.name());
      if (snapshot != null && !destroyed.contains(there)) {
        return Optional.of(new Conflict.NameTaken(pair, snapshot, there));
      }
    }
    return Optional.empty();
  }

  private static Step onTarget(ZfsChange change) {
    return new Step.Change(Side.TARGET, change);
  }

  private Protection protection(Pair pair) {
    return new Protection(pair, rules.job(), sender);
  }

  /** Makes the steps of one dataset's streams. */
  private final class Transferring {
    private final Pair pair;
    private final Optional<Version> base; // the target's newest snapshot; empty if it has none
    private final List<Step> steps;
    private Optional<ResumeToken> resumed = Optional.empty();
    private boolean overPlaceholder;

    Transferring(Pair pair, Optional<Version> base, List<Step> steps) {
      this.pair = pair;
      this.base = base;
      this.steps = steps;
    }

    void run(List<Leg> legs, Protection protection) {
      for (int i = 0; i < legs.size(); i++) {
        Leg leg = legs.get(i);
        boolean first = i == 0;
        boolean initial = first && base.isEmpty();
        Guarantee guarantee = initial ? rules.initial() : rules.incremental();
        Optional<Pair.Origin> origin =
            initial ? pair.ground().origin().filter(_ -> !overPlaceholder) : Optional.empty();
        Optional<Version> onTarget = first ? base : Optional.of(legs.get(i - 1).to());
        steps.addAll(
            protection.before(guarantee, onTarget, origin.map(Pair.Origin::onSource), leg));
        steps.add(stream(leg, first, initial, origin));
        if (initial) {
          steps.addAll(afterInitial());
        }
        // what stays serves the next stream, which is incremental
        steps.addAll(protection.after(rules.incremental(), leg, i + 1 < legs.size()));
        origin.ifPresent(of -> steps.addAll(protection.letGo(of.onSource())));
      }
    }

    private Step.Replicate stream(
        Leg leg, boolean first, boolean initial, Optional<Pair.Origin> origin) {
      SnapshotName to = pair.source().at(leg.to());
      Optional<SendBase> from = leg.from().map(Version::label);
      ZfsSend send =
          first && resumed.isPresent()
              ? ZfsSend.resumed(resumed.get(), to)
              : origin
                  .map(of -> ZfsSend.ofClone(of.onSource(), to))
                  .orElseGet(() -> new ZfsSend(to, from, leg.sent().size() > 1, false, false));
      return new Step.Replicate(
          send.with(rules.send()), receive(initial, origin), leg.from(), leg.sent());
    }

    private ZfsReceive receive(boolean initial, Optional<Pair.Origin> origin) {
      ReceiveOptions options = rules.receive().of(pair.source().kind());
      boolean sets = receiver.receiveFlags().contains('o');
      SortedMap<String, String> set = sets ? options.set() : new TreeMap<>();
      return new ZfsReceive(
          pair.targetName(),
          initial && overPlaceholder,
          !options.unmounted(),
          sender.resumeTokens() && receiver.resumeTokens(),
          origin.filter(_ -> sets && resumed.isEmpty()).map(Pair.Origin::copy),
          set,
          options.inherit());
    }

    private List<Step> afterInitial() {
      var after = new ArrayList<Step>();
      if (overPlaceholder) {
        after.add(onTarget(new ZfsChange.BecomeReal(pair.targetName())));
      }
      if (!receiver.receiveFlags().contains('o')) {
        ReceiveOptions options = rules.receive().of(pair.source().kind());
        for (Map.Entry<String, String> property : options.set().entrySet()) {
          after.add(
              onTarget(
                  new ZfsChange.SetProperty(
                      pair.targetName(), property.getKey(), property.getValue())));
        }
      }
      return after;
    }
  }
}

package io.longhaul.protocol.zfs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes changes by the {@code zfs} command. Holds of one tag that follow each other are one
 * process, and so is the look at all snapshots that are named together with their GUID. Used by one
 * thread.
 */
final class ZfsChanges {
  private static final String NOTHING_TO_ABORT = "does not have any resumable receive state";
  private static final String NO_SNAPSHOT = "could not find any snapshots to destroy";
  private static final String EXISTS = "already exists";

  private final ZfsCli zfs;
  private final ZfsFeatures features;
  private final Map<String, String> guids = new HashMap<>();

  ZfsChanges(ZfsCli zfs, ZfsFeatures features) {
    this.zfs = zfs;
    this.features = features;
  }

  ChangeResult make(List<ZfsChange> changes) throws InterruptedException {
    int done = 0;
    try {
      look(changes);
      while (done < changes.size()) {
        int next = done + 1;
        ZfsChange change = changes.get(done);
        while (next < changes.size() && joined(change, changes.get(next)).isPresent()) {
          change = joined(change, changes.get(next)).get();
          next++;
        }
        make(change);
        done = next;
      }
      return new ChangeResult(done, Optional.empty());
    } catch (ZfsException e) {
      return new ChangeResult(done, Optional.of(e));
    }
  }

  private static Optional<ZfsChange> joined(ZfsChange first, ZfsChange second) {
    return switch (first) {
      case ZfsChange.Hold a when second instanceof ZfsChange.Hold b && a.tag().equals(b.tag()) ->
          Optional.of(new ZfsChange.Hold(a.tag(), both(a.snapshots(), b.snapshots())));
      case ZfsChange.Release a
          when second instanceof ZfsChange.Release b && a.tag().equals(b.tag()) ->
          Optional.of(new ZfsChange.Release(a.tag(), both(a.snapshots(), b.snapshots())));
      default -> Optional.empty();
    };
  }

  private static List<SnapshotName> both(List<SnapshotName> a, List<SnapshotName> b) {
    return Stream.concat(a.stream(), b.stream()).toList();
  }

  /** Finds out which snapshots are there under the names that come with a GUID. */
  private void look(List<ZfsChange> changes) throws ZfsException, InterruptedException {
    var names = new ArrayList<SnapshotName>();
    for (ZfsChange change : changes) {
      switch (change) {
        case ZfsChange.Bookmark bookmark -> names.add(bookmark.snapshot());
        case ZfsChange.DestroySnapshot destroyed -> names.add(destroyed.snapshot());
        default -> {} // names no GUID
      }
    }
    for (List<String> some : ArgumentLists.of(names.stream().distinct().toList())) {
      ZfsAnswer answer = get("name,value", "guid", some);
      for (String line : answer.output()) {
        String[] fields = line.split("\t", -1);
        if (fields.length != 2) {
          throw ZfsException.unreadable(answer.command(), line);
        }
        guids.put(fields[0], fields[1]);
      }
      if (answer.status() != 0
          && answer.stderr().lines().anyMatch(line -> !isAbsence(line) && !line.isBlank())) {
        throw answer.failure();
      }
    }
  }

  private ZfsAnswer get(String columns, String properties, List<String> names)
      throws ZfsException, InterruptedException {
    return zfs.ask(
        Stream.concat(Stream.of("get", "-Hp", "-o", columns, properties), names.stream()).toList());
  }

  private static boolean isAbsence(String line) {
    return ZfsError.classify(line) == ZfsError.NO_SUCH_DATASET;
  }

  private void make(ZfsChange change) throws ZfsException, InterruptedException {
    switch (change) {
      case ZfsChange.Hold hold -> zfs.hold(hold.tag(), hold.snapshots(), false);
      case ZfsChange.Release release -> zfs.release(release.tag(), release.snapshots(), false);
      case ZfsChange.Bookmark bookmark -> bookmark(bookmark);
      case ZfsChange.DestroyBookmark _ -> {
        features.needBookmarks();
        runUnless(change, "");
      }
      case ZfsChange.DestroySnapshot destroyed -> destroy(destroyed);
      case ZfsChange.AbortReceive _ -> {
        features.needReceiveFlag('A', "drop what a receive has kept");
        runUnless(change, NOTHING_TO_ABORT);
      }
      case ZfsChange.CreatePlaceholder created -> create(created);
      case ZfsChange.DestroyPlaceholder placeholder -> destroy(placeholder);
      case ZfsChange.Rollback _, ZfsChange.BecomeReal _, ZfsChange.SetProperty _ ->
          zfs.ask(change.arguments()).lines();
    }
  }

  /**
   * Does a change that is as good as done where there is nothing to do it to.
   *
   * @param said what ZFS says then, beside that there is no such dataset; may be empty
   */
  private void runUnless(ZfsChange change, String said) throws ZfsException, InterruptedException {
    ZfsAnswer answer = zfs.ask(change.arguments());
    if (said.isEmpty() || !answer.stderr().contains(said)) {
      Optional<List<String>> _ = answer.linesIfThere();
    }
  }

  private void bookmark(ZfsChange.Bookmark bookmark) throws ZfsException, InterruptedException {
    features.needBookmarks();
    String there = guids.get(bookmark.snapshot().toString());
    if (bookmark.guid().equals(there)) {
      ZfsAnswer answer = zfs.ask(bookmark.arguments());
      if (answer.status() == 0) {
        return;
      }
      if (!isThere(bookmark)) {
        throw answer.failure();
      }
    } else if (!isThere(bookmark)) {
      throw other("bookmark " + bookmark.snapshot(), there, bookmark.guid());
    }
  }

  private boolean isThere(ZfsChange.Bookmark bookmark) throws ZfsException, InterruptedException {
    return get("value", "guid", List.of(bookmark.whole()))
        .linesIfThere()
        .filter(lines -> lines.equals(List.of(bookmark.guid())))
        .isPresent();
  }

  private void destroy(ZfsChange.DestroySnapshot destroyed)
      throws ZfsException, InterruptedException {
    String there = guids.get(destroyed.snapshot().toString());
    if (there == null) {
      return;
    }
    if (!there.equals(destroyed.guid())) {
      throw other("destroy " + destroyed.snapshot(), there, destroyed.guid());
    }
    runUnless(destroyed, NO_SNAPSHOT);
  }

  private static ZfsException other(String purpose, @Nullable String there, String wanted) {
    return ZfsException.changed(
        purpose,
        there == null
            ? "it does not exist any more"
            : "another snapshot has that name now, with the GUID %s and not %s"
                .formatted(there, wanted),
        ZfsError.NO_SUCH_DATASET);
  }

  private void create(ZfsChange.CreatePlaceholder created)
      throws ZfsException, InterruptedException {
    ZfsAnswer answer = zfs.ask(created.arguments());
    boolean ours = answer.stderr().contains(EXISTS) && isPlaceholder(created.target()).isPresent();
    if (answer.status() != 0 && !ours) {
      throw answer.failure();
    }
  }

  private void destroy(ZfsChange.DestroyPlaceholder placeholder)
      throws ZfsException, InterruptedException {
    DatasetName target = placeholder.target();
    if (!zfs.exists(target)) {
      return;
    }
    Optional<Long> used = isPlaceholder(target);
    if (used.isEmpty() || used.get() > Placeholder.EMPTY_BYTES) {
      throw ZfsException.changed(
          "destroy the placeholder " + target,
          used.isEmpty() ? "it is not one" : "it holds " + used.get() + " bytes",
          ZfsError.TARGET_EXISTS);
    }
    zfs.ask(placeholder.arguments()).lines();
  }

  /** Returns how many bytes it uses, with all that is in and below it, if it is one. */
  private Optional<Long> isPlaceholder(DatasetName target)
      throws ZfsException, InterruptedException {
    ZfsAnswer answer =
        get("property,value,source", "used," + Placeholder.PROPERTY, List.of(target.toString()));
    List<String> lines = answer.lines();
    String[] used = lines.isEmpty() ? new String[0] : lines.getFirst().split("\t", -1);
    if (lines.size() != 2 || used.length != 3) {
      return Optional.empty(); // a value with lines in it is not ours
    }
    return lines.get(1).equals(Placeholder.PROPERTY + "\ton\tlocal")
        ? Optional.of(Long.parseLong(used[1]))
        : Optional.empty();
  }
}

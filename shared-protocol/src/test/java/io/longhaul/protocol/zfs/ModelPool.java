package io.longhaul.protocol.zfs;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A pool in memory, with the rules by which OpenZFS takes or refuses a command: zfs(8), {@code
 * recv_begin_check_existing_impl} in dmu_recv.c. What a dataset holds is one number; it is another
 * after each write. Numbers and GUIDs come from outside, so that two pools never make the same.
 */
public final class ModelPool {
  /** ZFS says no. */
  public static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String why) {
      super(why);
    }
  }

  public static final class Snap {
    public String name;
    public final String guid;
    public final long txg;
    public final long content;
    public final Optional<String> ivset;
    public final Set<String> holds = new HashSet<>();

    Snap(String name, String guid, long txg, long content, Optional<String> ivset) {
      this.name = name;
      this.guid = guid;
      this.txg = txg;
      this.content = content;
      this.ivset = ivset;
    }
  }

  public record Mark(String guid, long txg, Optional<String> ivset) {}

  /** What an interrupted receive left: the snapshot that was under way. */
  public record Part(ResumeToken token, Item item, boolean raw) {}

  /** One snapshot of a stream. */
  public record Item(
      Optional<String> from,
      Optional<String> fromIvset,
      String name,
      String guid,
      long content,
      Optional<String> ivset) {}

  /** What {@code zfs send} makes. */
  public record Stream(
      String sentAs,
      List<Item> items,
      boolean raw,
      Dataset.Kind kind,
      Optional<ResumeToken> token) {}

  public static final class Fs {
    public final Dataset.Kind kind;
    public final List<Snap> snaps = new ArrayList<>();
    public final Map<String, Mark> marks = new TreeMap<>();
    public @Nullable Snap origin;
    public final Map<String, String> set = new HashMap<>();
    public boolean encrypted;
    public boolean keyLoaded = true;
    public boolean placeholder;
    public long content;
    public @Nullable Part part;

    Fs(Dataset.Kind kind) {
      this.kind = kind;
    }

    public @Nullable Snap newest() {
      return snaps.isEmpty() ? null : snaps.getLast();
    }

    public boolean modified() {
      Snap newest = newest();
      return newest != null && content != newest.content;
    }

    public Optional<Snap> snap(String name) {
      return snaps.stream().filter(snap -> snap.name.equals(name)).findFirst();
    }

    public Optional<Snap> byGuid(String guid) {
      return snaps.stream().filter(snap -> snap.guid.equals(guid)).findFirst();
    }

    /** A receive is under way that has not brought anything yet. */
    public boolean inconsistent() {
      return part != null && snaps.isEmpty() && !placeholder;
    }
  }

  public final Map<String, Fs> datasets = new TreeMap<>();
  private final LongSupplier numbers;
  private final boolean listsTags;
  private long txg = 1;

  public ModelPool(LongSupplier numbers, boolean listsTags) {
    this.numbers = numbers;
    this.listsTags = listsTags;
  }

  public ModelPool copy() {
    var copy = new ModelPool(numbers, listsTags);
    copy.txg = txg;
    var snaps = new HashMap<Snap, Snap>();
    datasets.forEach((name, fs) -> {
      var other = new Fs(fs.kind);
      for (Snap snap : fs.snaps) {
        var twin = new Snap(snap.name, snap.guid, snap.txg, snap.content, snap.ivset);
        twin.holds.addAll(snap.holds);
        other.snaps.add(twin);
        snaps.put(snap, twin);
      }
      other.marks.putAll(fs.marks);
      other.set.putAll(fs.set);
      other.encrypted = fs.encrypted;
      other.keyLoaded = fs.keyLoaded;
      other.origin = fs.origin;
      other.placeholder = fs.placeholder;
      other.content = fs.content;
      other.part = fs.part;
      copy.datasets.put(name, other);
    });
    copy.datasets.values().forEach(fs -> fs.origin = snaps.get(fs.origin));
    return copy;
  }

  public Fs get(DatasetName name) throws Refused {
    Fs fs = datasets.get(name.name());
    if (fs == null) {
      throw new Refused("cannot open '" + name + "': dataset does not exist");
    }
    return fs;
  }

  private Snap snap(SnapshotName name) throws Refused {
    return get(name.dataset())
        .snap(name.name())
        .orElseThrow(() -> new Refused("cannot open '" + name + "': dataset does not exist"));
  }

  private boolean hasChildren(String name) {
    return datasets.keySet().stream().anyMatch(other -> other.startsWith(name + "/"));
  }

  public Fs create(String name, Dataset.Kind kind) throws Refused {
    int slash = name.lastIndexOf('/');
    Fs parent = slash < 0 ? null : datasets.get(name.substring(0, slash));
    if (slash >= 0 && parent == null) {
      throw new Refused("cannot create '" + name + "': parent does not exist");
    }
    if (datasets.containsKey(name)) {
      throw new Refused("cannot create '" + name + "': dataset already exists");
    }
    if (parent != null && (parent.kind == Dataset.Kind.VOLUME || parent.inconsistent())) {
      throw new Refused("cannot create '" + name + "': parent is not a filesystem");
    }
    var fs = new Fs(kind);
    fs.content = numbers.getAsLong();
    if (parent != null && parent.encrypted) {
      if (!parent.keyLoaded) {
        throw new Refused("cannot create '" + name + "': key must be loaded");
      }
      fs.encrypted = true;
    }
    datasets.put(name, fs);
    return fs;
  }

  public void write(String name) throws Refused {
    Fs fs = get(DatasetName.parse(name));
    if (fs.keyLoaded && !fs.inconsistent()) {
      fs.content = numbers.getAsLong();
    }
  }

  public void snapshot(String name, String snapshot) throws Refused {
    Fs fs = get(DatasetName.parse(name));
    if (fs.snap(snapshot).isPresent()) {
      throw new Refused("cannot create snapshot '" + snapshot + "': dataset already exists");
    }
    if (fs.inconsistent()) {
      throw new Refused("cannot create snapshot '" + snapshot + "': dataset is busy");
    }
    fs.snaps.add(newSnap(fs, snapshot, guid(), Optional.empty()));
  }

  private String guid() {
    return Long.toUnsignedString(numbers.getAsLong() * 0x9E3779B97F4A7C15L);
  }

  private Snap newSnap(Fs fs, String name, String guid, Optional<String> ivset) {
    Optional<String> own =
        fs.encrypted ? Optional.of(ivset.orElseGet(this::guid)) : Optional.<String>empty();
    return new Snap(name, guid, txg++, fs.content, own);
  }

  private boolean cloned(Snap snap) {
    return datasets.values().stream().anyMatch(fs -> fs.origin == snap);
  }

  public void destroySnapshot(SnapshotName name) throws Refused {
    Fs fs = get(name.dataset());
    Snap snap = snap(name);
    if (!snap.holds.isEmpty()) {
      throw new Refused("cannot destroy '" + name + "': dataset is busy");
    }
    if (cloned(snap) || (fs.part != null && fs.newest() == snap)) {
      throw new Refused("cannot destroy '" + name + "': snapshot has dependent clones");
    }
    fs.snaps.remove(snap);
  }

  public void destroyDataset(String name) throws Refused {
    Fs fs = get(DatasetName.parse(name));
    if (hasChildren(name)) {
      throw new Refused("cannot destroy '" + name + "': it has children");
    }
    for (Snap snap : fs.snaps) {
      if (!snap.holds.isEmpty() || cloned(snap)) {
        throw new Refused("cannot destroy '" + name + "': a snapshot is busy");
      }
    }
    datasets.remove(name);
  }

  public void renameDataset(String from, String to) throws Refused {
    if (datasets.containsKey(to) || to.startsWith(from + "/")) {
      throw new Refused("cannot rename '" + from + "' to '" + to + "'");
    }
    for (String name : List.copyOf(datasets.keySet())) {
      if (name.equals(from) || name.startsWith(from + "/")) {
        datasets.put(to + name.substring(from.length()), datasets.remove(name));
      }
    }
  }

  public void cloneSnapshot(String from, Snap snap, String to) throws Refused {
    Fs origin = get(DatasetName.parse(from));
    Fs clone = create(to, origin.kind);
    clone.origin = snap;
    clone.content = snap.content;
    clone.encrypted = origin.encrypted;
    clone.keyLoaded = origin.keyLoaded;
  }

  /** {@code zfs rollback -r}: what an operator does. */
  public void rollbackOver(String name, Snap to) throws Refused {
    Fs fs = get(DatasetName.parse(name));
    for (Snap snap : fs.snaps) {
      if (snap.txg > to.txg && (cloned(snap) || !snap.holds.isEmpty())) {
        throw new Refused("cannot roll back '" + name + "': a newer snapshot is busy");
      }
    }
    if (fs.part != null) {
      throw new Refused("cannot roll back '" + name + "': dataset is busy");
    }
    fs.snaps.removeIf(snap -> snap.txg > to.txg);
    fs.marks.values().removeIf(mark -> mark.txg > to.txg);
    fs.content = to.content;
  }

  private void rollback(SnapshotName to) throws Refused {
    Fs fs = get(to.dataset());
    Snap snap = snap(to);
    boolean newer = fs.marks.values().stream().anyMatch(mark -> mark.txg > snap.txg);
    if (fs.newest() != snap || newer || fs.part != null) {
      throw new Refused("cannot roll back to '" + to + "': more recent snapshots exist");
    }
    fs.content = snap.content;
  }

  /** Does what a change says; it forgives what it says it forgives. */
  public void change(ZfsChange change) throws Refused {
    switch (change) {
      case ZfsChange.Hold hold -> {
        for (SnapshotName name : hold.snapshots()) {
          snap(name).holds.add(hold.tag());
        }
      }
      case ZfsChange.Release release -> {
        for (SnapshotName name : release.snapshots()) {
          Fs fs = datasets.get(name.dataset().name());
          if (fs != null) {
            fs.snap(name.name()).ifPresent(snap -> snap.holds.remove(release.tag()));
          }
        }
      }
      case ZfsChange.Bookmark bookmark -> bookmark(bookmark);
      case ZfsChange.DestroyBookmark bookmark -> {
        Fs fs = datasets.get(bookmark.dataset().name());
        if (fs != null) {
          fs.marks.remove(bookmark.bookmark());
        }
      }
      case ZfsChange.DestroySnapshot destroyed -> {
        Fs fs = datasets.get(destroyed.snapshot().dataset().name());
        Optional<Snap> there = fs == null ? Optional.empty() : fs.snap(destroyed.snapshot().name());
        if (there.isPresent() && !there.get().guid.equals(destroyed.guid())) {
          throw new Refused("another snapshot has the name " + destroyed.snapshot());
        }
        if (there.isPresent()) {
          destroySnapshot(destroyed.snapshot());
        }
      }
      case ZfsChange.Rollback rollback -> rollback(rollback.snapshot());
      case ZfsChange.AbortReceive abort -> abortReceive(abort.target());
      case ZfsChange.CreatePlaceholder created -> createPlaceholder(created);
      case ZfsChange.DestroyPlaceholder destroyed -> destroyPlaceholder(destroyed.target());
      case ZfsChange.BecomeReal real -> get(real.target()).placeholder = false;
      case ZfsChange.SetProperty set -> get(set.target()).set.put(set.property(), set.value());
    }
  }

  private void createPlaceholder(ZfsChange.CreatePlaceholder created) throws Refused {
    String name = created.target().name();
    Fs there = datasets.get(name);
    if (there != null && there.placeholder) {
      return;
    }
    if (there == null && created.unencrypted()) {
      there = new Fs(Dataset.Kind.FILESYSTEM);
      datasets.put(name, there);
    } else {
      there = create(name, Dataset.Kind.FILESYSTEM);
    }
    there.placeholder = true;
  }

  private void destroyPlaceholder(DatasetName target) throws Refused {
    Fs there = datasets.get(target.name());
    if (there == null) {
      return;
    }
    if (!there.placeholder || !there.snaps.isEmpty()) {
      throw new Refused("cannot destroy '" + target + "': it is not an empty placeholder");
    }
    destroyDataset(target.name());
  }

  private void bookmark(ZfsChange.Bookmark bookmark) throws Refused {
    Fs fs = get(bookmark.snapshot().dataset());
    Mark there = fs.marks.get(bookmark.bookmark());
    if (there != null) {
      if (!there.guid.equals(bookmark.guid())) {
        throw new Refused("bookmark exists");
      }
      return;
    }
    Snap snap = snap(bookmark.snapshot());
    if (!snap.guid.equals(bookmark.guid())) {
      throw new Refused("another snapshot has the name " + bookmark.snapshot());
    }
    fs.marks.put(bookmark.bookmark(), new Mark(snap.guid, snap.txg, snap.ivset));
  }

  /** {@code zfs receive -A}. */
  public void abortReceive(DatasetName name) throws Refused {
    Fs fs = datasets.get(name.name());
    if (fs == null) {
      return;
    }
    if (fs.inconsistent()) {
      datasets.remove(name.name());
    }
    fs.part = null;
  }

  /** {@code zfs send}. */
  public Stream send(ZfsSend send, Map<ResumeToken, PartialReceive.Contents> tokens)
      throws Refused {
    if (send.token().isPresent()) {
      return resumed(send.token().get(), tokens);
    }
    Fs fs = get(send.snapshot().dataset());
    Snap to = snap(send.snapshot());
    String name = send.snapshot().dataset().name();
    if (send.origin().isPresent()) {
      Snap origin = snap(send.origin().get());
      if (fs.origin != origin) {
        throw new Refused("not an earlier snapshot from the same fs");
      }
      return stream(name, fs, List.of(item(Optional.of(mark(origin)), to)), send.raw());
    }
    if (send.base().isEmpty()) {
      return stream(name, fs, List.of(item(Optional.empty(), to)), send.raw());
    }
    SendBase base = send.base().get();
    Mark from =
        base.kind() == SendBase.Kind.SNAPSHOT
            ? mark(snap(send.snapshot().dataset().at(base.name())))
            : Optional.ofNullable(fs.marks.get(base.name()))
                .orElseThrow(() -> new Refused("incremental source does not exist"));
    if (from.txg >= to.txg) {
      throw new Refused("not an earlier snapshot from the same fs");
    }
    var items = new ArrayList<Item>();
    Mark last = from;
    for (Snap snap : fs.snaps) {
      boolean between = snap.txg > from.txg && snap.txg < to.txg;
      if (snap == to || (between && send.intermediates())) {
        items.add(item(Optional.of(last), snap));
        last = mark(snap);
      }
    }
    return stream(name, fs, items, send.raw());
  }

  private Stream resumed(ResumeToken text, Map<ResumeToken, PartialReceive.Contents> tokens)
      throws Refused {
    PartialReceive.Contents token = tokens.get(text);
    if (token == null) {
      throw new Refused("resume token is corrupt");
    }
    for (Map.Entry<String, Fs> entry : datasets.entrySet()) {
      Fs fs = entry.getValue();
      Optional<Snap> to = fs.byGuid(token.toGuid());
      if (to.isPresent()) {
        Optional<Mark> from = token.fromGuid().flatMap(guid -> known(fs, guid));
        if (token.fromGuid().isPresent() && from.isEmpty()) {
          throw new Refused("cannot resume send: incremental source no longer exists");
        }
        Stream whole = stream(entry.getKey(), fs, List.of(item(from, to.get())), token.raw());
        return new Stream(whole.sentAs, whole.items, whole.raw, whole.kind, Optional.of(text));
      }
    }
    throw new Refused("cannot resume send: used in the initial send no longer exists");
  }

  private static Optional<Mark> known(Fs fs, String guid) {
    return fs.byGuid(guid)
        .map(ModelPool::mark)
        .or(() -> fs.marks.values().stream().filter(mark -> mark.guid.equals(guid)).findFirst())
        .or(() ->
            Optional.ofNullable(fs.origin)
                .filter(origin -> origin.guid.equals(guid))
                .map(ModelPool::mark));
  }

  private static Mark mark(Snap snap) {
    return new Mark(snap.guid, snap.txg, snap.ivset);
  }

  private static Item item(Optional<Mark> from, Snap to) {
    return new Item(
        from.map(Mark::guid), from.flatMap(Mark::ivset), to.name, to.guid, to.content, to.ivset);
  }

  private static Stream stream(String sentAs, Fs fs, List<Item> items, boolean rawWanted)
      throws Refused {
    boolean raw = rawWanted && fs.encrypted;
    if (fs.encrypted && !raw && !fs.keyLoaded) {
      throw new Refused("source key must be loaded");
    }
    return new Stream(sentAs, items, raw, fs.kind, Optional.empty());
  }

  /**
   * Receives a stream.
   *
   * @param whole how many of its snapshots arrive whole before the stream breaks; all of them if
   *     none less
   * @param tokens where the token of what is kept of a broken one is put
   */
  public void receive(
      ZfsReceive how, Stream stream, int whole, Map<ResumeToken, PartialReceive.Contents> tokens)
      throws Refused {
    int last = stream.items.size();
    for (int i = 0; i < last; i++) {
      Item item = stream.items.get(i);
      boolean breaks = i == whole;
      receive(how, stream, item, breaks, tokens);
      if (breaks) {
        return;
      }
    }
  }

  private void receive(
      ZfsReceive how,
      Stream stream,
      Item item,
      boolean breaks,
      Map<ResumeToken, PartialReceive.Contents> tokens)
      throws Refused {
    String name = how.target().name();
    Fs fs = datasets.get(name);
    if (fs != null && fs.part != null) {
      if (!stream.token.equals(Optional.of(fs.part.token))) {
        throw new Refused("destination contains partially-complete state");
      }
      boolean full = fs.snaps.isEmpty();
      if (!breaks) {
        if (!full && !fs.snaps.getLast().guid.equals(item.from.orElse(""))) {
          throw new Refused("most recent snapshot does not match incremental source");
        }
        if (!full && fs.modified()) {
          throw new Refused("destination has been modified since most recent snapshot");
        }
        fs.part = null;
        take(fs, item, stream.raw, full);
      }
      return;
    }
    if (stream.token.isPresent()) {
      throw new Refused("kernel modules must be upgraded: nothing to resume");
    }
    Fs into = fs == null ? fresh(name, stream, item, how) : checked(fs, stream, item, how);
    if (breaks) {
      if (how.resumable()) {
        ResumeToken token = new ResumeToken("1-" + guid());
        into.part = new Part(token, item, stream.raw);
        tokens.put(
            token,
            new PartialReceive.Contents(
                stream.sentAs + "@" + item.name,
                item.guid,
                item.from,
                stream.raw,
                false,
                false,
                false,
                4096));
      } else if (fs == null) {
        datasets.remove(name);
      }
      return;
    }
    take(into, item, stream.raw, item.from.isEmpty() || fs == null);
  }

  private Fs fresh(String name, Stream stream, Item item, ZfsReceive how) throws Refused {
    Snap origin = null;
    if (item.from.isPresent()) {
      origin = how.origin().isPresent() ? snap(how.origin().get()) : anywhere(item.from.get());
      if (origin == null || !origin.guid.equals(item.from.get())) {
        throw new Refused("local origin for clone '" + name + "' does not exist");
      }
    }
    Fs fs;
    if (stream.raw) {
      int slash = name.lastIndexOf('/');
      Fs parent = slash < 0 ? null : datasets.get(name.substring(0, slash));
      if (parent == null || parent.kind == Dataset.Kind.VOLUME || parent.inconsistent()) {
        throw new Refused("destination's parent does not exist");
      }
      fs = new Fs(stream.kind);
      fs.encrypted = true;
      fs.keyLoaded = false;
      datasets.put(name, fs);
    } else {
      fs = create(name, stream.kind);
    }
    fs.origin = origin;
    return fs;
  }

  private @Nullable Snap anywhere(String guid) {
    for (Fs fs : datasets.values()) {
      Optional<Snap> snap = fs.byGuid(guid);
      if (snap.isPresent()) {
        return snap.get();
      }
    }
    return null;
  }

  private Fs checked(Fs fs, Stream stream, Item item, ZfsReceive how) throws Refused {
    if (fs.snap(item.name).isPresent()) {
      throw new Refused("snapshot exists");
    }
    if (item.from.isEmpty()) {
      if (!how.force()) {
        throw new Refused("destination exists; must specify -F to overwrite it");
      }
      if (!fs.snaps.isEmpty()) {
        throw new Refused("destination has snapshots; must destroy them to overwrite it");
      }
      if (fs.encrypted || stream.raw) {
        throw new Refused("-F cannot be used to destroy an encrypted filesystem");
      }
      if (fs.kind != stream.kind) {
        throw new Refused("destination is of another kind");
      }
      return fs;
    }
    Snap newest = fs.newest();
    if (newest == null || !newest.guid.equals(item.from.get())) {
      throw new Refused("most recent snapshot does not match incremental source");
    }
    if (fs.modified()) {
      throw new Refused("destination has been modified since most recent snapshot");
    }
    if (fs.kind != stream.kind) {
      throw new Refused("destination is of another kind");
    }
    if (stream.raw && !fs.encrypted) {
      throw new Refused("cannot perform raw receive on top of existing unencrypted dataset");
    }
    if (stream.raw && !newest.ivset.equals(item.fromIvset)) {
      throw new Refused("IV set guid mismatch");
    }
    if (!stream.raw && fs.encrypted && !fs.keyLoaded) {
      throw new Refused("inherited key must be loaded");
    }
    return fs;
  }

  private void take(Fs fs, Item item, boolean raw, boolean full) {
    if (!full && fs.modified()) {
      throw new AssertionError("the model let a stream in over modified data");
    }
    fs.content = item.content;
    fs.snaps.add(newSnap(fs, item.name, item.guid, raw ? item.ivset : Optional.empty()));
  }

  /** Lists what is at and below {@code root}, and the dataset above it. */
  public List<Dataset> list(String root, Map<ResumeToken, PartialReceive.Contents> tokens) {
    var found = new ArrayList<Dataset>();
    datasets.forEach((name, fs) -> {
      boolean above = root.startsWith(name + "/") && root.lastIndexOf('/') == name.length();
      if (above || name.equals(root) || name.startsWith(root + "/")) {
        found.add(facts(name, fs, tokens));
      }
    });
    return found;
  }

  private Dataset facts(String name, Fs fs, Map<ResumeToken, PartialReceive.Contents> tokens) {
    var versions = new ArrayList<Version>();
    for (Snap snap : fs.snaps) {
      versions.add(
          new Version(
              new SendBase(SendBase.Kind.SNAPSHOT, snap.name),
              snap.guid,
              snap.txg,
              Instant.ofEpochSecond(snap.txg),
              snap.holds.size(),
              listsTags ? snap.holds : Set.of(),
              clones(snap),
              snap.ivset));
    }
    fs.marks.forEach((mark, of) ->
        versions.add(
            new Version(
                new SendBase(SendBase.Kind.BOOKMARK, mark),
                of.guid,
                of.txg,
                Instant.ofEpochSecond(of.txg),
                0,
                Set.of(),
                Set.of(),
                of.ivset)));
    Optional<PartialReceive> partial =
        Optional.ofNullable(fs.part)
            .map(part ->
                new PartialReceive(part.token, Optional.ofNullable(tokens.get(part.token))));
    long written = fs.snaps.isEmpty() ? 98304 : fs.modified() ? 4096 : 0;
    DatasetName named = DatasetName.parse(name);
    return new Dataset(
        named,
        fs.kind,
        origin(fs),
        fs.encrypted ? Optional.of(new Dataset.Encryption(named, fs.keyLoaded)) : Optional.empty(),
        fs.placeholder,
        written,
        partial,
        versions);
  }

  private Set<DatasetName> clones(Snap snap) {
    var clones = new HashSet<DatasetName>();
    datasets.forEach((name, fs) -> {
      if (fs.origin == snap) {
        clones.add(DatasetName.parse(name));
      }
    });
    return clones;
  }

  private Optional<SnapshotName> origin(Fs fs) {
    for (Map.Entry<String, Fs> entry : datasets.entrySet()) {
      for (Snap snap : entry.getValue().snaps) {
        if (snap == fs.origin) {
          return Optional.of(DatasetName.parse(entry.getKey()).at(snap.name));
        }
      }
    }
    return Optional.empty();
  }

  /** What every snapshot holds, by GUID. */
  public Map<String, Long> contents() {
    var contents = new LinkedHashMap<String, Long>();
    for (Fs fs : datasets.values()) {
      for (Snap snap : fs.snaps) {
        contents.put(snap.guid, snap.content);
      }
    }
    return contents;
  }
}

package io.longhaul.protocol.zfs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The ZFS behind a {@code zfs} command: each call runs it, and nothing is remembered.
 *
 * <p>Works from zfs-fuse 0.7 (pool version 23) to OpenZFS 2.x: only options that all of them have
 * are used without asking for features first.
 */
public final class ZfsCli implements Zfs {

  /** A name that cannot be taken for an option or for a list of properties. */
  private static final Pattern PROPERTY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9:_.@#-]*");

  private static final int USAGE_STATUS = 2;

  /** How much longer the listing of a whole tree may take than one question. */
  private static final int LISTING_PATIENCE = 10;

  private static final long LISTING_CHARS = 256L << 20;

  /** The names of some 20,000 clones of one snapshot. */
  private static final int LISTING_LINE_CHARS = 2 << 20;

  private static final String NO_VALUE = "-";
  private static final String TAG_EXISTS = "tag already exists on this dataset";
  private static final String NO_SUCH_TAG = "no such tag on this dataset";

  private final List<String> command;
  private final Duration queryLimit;
  private final Duration estimateLimit;
  private final Duration listLimit;

  /**
   * @param command the argument list that starts {@code zfs}, such as {@code [sudo, -n, zfs]}
   * @param queryLimit the longest that one question may take
   * @param estimateLimit the longest that {@link #estimate} may take; it can walk much metadata
   */
  public ZfsCli(List<String> command, Duration queryLimit, Duration estimateLimit) {
    this.command = List.copyOf(command);
    this.queryLimit = queryLimit;
    this.estimateLimit = estimateLimit;
    this.listLimit = queryLimit.multipliedBy(LISTING_PATIENCE);
  }

  @Override
  public List<String> command() {
    return command;
  }

  @Override
  public ZfsFeatures features() throws ZfsException, InterruptedException {
    Set<Character> sendFlags = flagsInUsage("send");
    Set<Character> receiveFlags = new TreeSet<>(flagsInUsage("receive"));
    if (acceptsUnmountedReceive()) {
      receiveFlags.add('u'); // zfs-fuse has it and does not say so
    }
    ZfsAnswer bookmark = ask(List.of("bookmark"));
    boolean bookmarks = !bookmark.stderr().contains("unrecognized command");
    return ZfsFeatures.of(version(), sendFlags, receiveFlags, bookmarks);
  }

  @Override
  public boolean exists(DatasetName dataset) throws ZfsException, InterruptedException {
    return ask(List.of("list", "-H", "-o", "name", dataset.toString())).linesIfThere().isPresent();
  }

  @Override
  public Optional<String> guid(SnapshotName snapshot) throws ZfsException, InterruptedException {
    ZfsAnswer answer = ask(List.of("get", "-Hp", "-o", "value", "guid", snapshot.toString()));
    Optional<List<String>> lines = answer.linesIfThere();
    return lines.isEmpty() ? Optional.empty() : Optional.of(guid(answer, only(answer)));
  }

  @Override
  public List<Snapshot> snapshots(DatasetName dataset) throws ZfsException, InterruptedException {
    /* One recursive "get" rather than "list" and then "get": zfs-fuse has no machine form of list,
     * its "get" has no -t, and a snapshot destroyed between two commands would fail the second.
     */
    ZfsAnswer answer =
        ask(
            List.of(
                "get",
                "-Hp",
                "-r",
                "-d",
                "1",
                "-o",
                "name,property,value",
                "guid,createtxg",
                dataset.toString()));
    Map<String, String> guids = new HashMap<>();
    Map<String, String> createtxgs = new HashMap<>();
    for (String line : answer.lines()) {
      String[] fields = line.split("\t", -1);
      if (fields.length != 3) {
        throw ZfsException.unreadable(answer.command(), line);
      }
      if (fields[0].startsWith(dataset + "@")) {
        (fields[1].equals("guid") ? guids : createtxgs).put(fields[0], fields[2]);
      }
    }
    var snapshots = new ArrayList<Snapshot>();
    for (Map.Entry<String, String> entry : guids.entrySet()) {
      String createtxg = createtxgs.getOrDefault(entry.getKey(), NO_VALUE);
      snapshots.add(snapshot(answer, entry.getKey(), entry.getValue(), createtxg));
    }
    snapshots.sort(
        Comparator.comparingLong(Snapshot::createtxg).thenComparing(s -> s.name().name()));
    return List.copyOf(snapshots);
  }

  @Override
  public void hold(String tag, List<SnapshotName> snapshots, boolean children)
      throws ZfsException, InterruptedException {
    changeHolds("hold", tag, snapshots, children, line -> line.contains(TAG_EXISTS));
  }

  @Override
  public void release(String tag, List<SnapshotName> snapshots, boolean children)
      throws ZfsException, InterruptedException {
    changeHolds(
        "release",
        tag,
        snapshots,
        children,
        line -> line.contains(NO_SUCH_TAG) || ZfsError.classify(line) == ZfsError.NO_SUCH_DATASET);
  }

  /**
   * Several may be named: those that can be changed are, and each of the others has a line.
   *
   * @param harmless whether a line says that there is nothing to do
   */
  private void changeHolds(
      String verb,
      String tag,
      List<SnapshotName> snapshots,
      boolean children,
      Predicate<String> harmless)
      throws ZfsException, InterruptedException {
    for (List<String> names : ArgumentLists.of(snapshots)) {
      var words = new ArrayList<>(children ? List.of(verb, "-r", tag) : List.of(verb, tag));
      words.addAll(names);
      ZfsAnswer answer = ask(words);
      boolean done =
          !answer.stderr().isBlank() && answer.stderr().strip().lines().allMatch(harmless);
      if (answer.status() != 0 && !done) {
        throw answer.failure();
      }
    }
  }

  @Override
  public OptionalLong estimate(ZfsSend send, ZfsFeatures features)
      throws ZfsException, InterruptedException {
    if (!features.dryRunSize()) {
      return OptionalLong.empty();
    }
    List<String> arguments = new ArrayList<>(send.arguments(features));
    arguments.addAll(1, List.of("-n", "-P", "-v")); // -P alone is not verbose before 0.8
    ZfsAnswer answer;
    try {
      answer = ask(arguments, estimateLimit);
    } catch (ZfsException e) {
      if (e.error() == ZfsError.NO_ANSWER) {
        return OptionalLong.empty();
      }
      throw e;
    }
    var printed = new ArrayList<>(answer.lines());
    answer.stderr().lines().forEach(printed::add); // some print it there
    return SizeEstimate.total(printed);
  }

  @Override
  public Optional<String> get(DatasetName dataset, String property)
      throws ZfsException, InterruptedException {
    checkProperty(dataset, property);
    ZfsAnswer answer = ask(List.of("get", "-Hp", "-o", "value", property, dataset.toString()));
    String value = only(answer);
    return value.equals(NO_VALUE) ? Optional.empty() : Optional.of(value);
  }

  @Override
  public List<Dataset> datasets(DatasetName root, ZfsFeatures features)
      throws ZfsException, InterruptedException {
    var found = new Inventory(features);
    List<String> ofDatasets = Inventory.ofDatasets(features);
    List<String> ofVersions = Inventory.ofVersions(features);
    if (root.parent().isPresent()) {
      list(found, root.parent().get(), List.of(), ofDatasets);
    }
    if (features.bookmarks()) {
      if (list(found, root, List.of("-r", "-t", "filesystem,volume"), ofDatasets)) {
        list(found, root, List.of("-r", "-t", "snapshot,bookmark"), ofVersions);
      }
    } else { // zfs-fuse: its "get" has no -t
      var both = new ArrayList<>(ofDatasets);
      both.addAll(ofVersions);
      list(found, root, List.of("-r"), both);
    }
    if (found.isTooMuch()) {
      throw ZfsException.tooMuch(root, Inventory.MOST_VERSIONS);
    }
    found.placeholders(placeholders(root, features));
    return found.datasets(features.listsTags() ? tags(found.held()) : Map.of());
  }

  /** Returns whether there is such a dataset. */
  private boolean list(
      Inventory found, DatasetName dataset, List<String> which, List<String> properties)
      throws ZfsException, InterruptedException {
    var arguments = new ArrayList<>(List.of("get", "-Hp"));
    arguments.addAll(which);
    arguments.addAll(List.of("-o", "name,property,value", String.join(",", properties)));
    arguments.add(dataset.toString());
    List<String> whole = whole(arguments);
    ZfsQuery.Ending ending =
        new ZfsQuery(whole, listLimit, LISTING_CHARS, LISTING_LINE_CHARS).run(found::line);
    Optional<String> fault = found.fault();
    if (fault.isPresent()) {
      throw ZfsException.unreadable(whole, fault.get());
    }
    return new ZfsAnswer(whole, ending.exitStatus(), List.of(), ending.stderrTail())
        .linesIfThere()
        .isPresent();
  }

  /**
   * Asked for by itself: anybody who may set properties can put lines of his own into the value of
   * one.
   */
  private Set<String> placeholders(DatasetName root, ZfsFeatures features)
      throws ZfsException, InterruptedException {
    var arguments = new ArrayList<>(List.of("get", "-H", "-r", "-s", "local"));
    if (features.bookmarks()) {
      arguments.addAll(List.of("-t", "filesystem"));
    }
    arguments.addAll(List.of("-o", "name,value", Placeholder.PROPERTY, root.toString()));
    String on = "\ton";
    return ask(arguments, listLimit).linesIfThere().orElse(List.of()).stream()
        .filter(line -> line.endsWith(on))
        .map(line -> line.substring(0, line.length() - on.length()))
        .collect(Collectors.toSet());
  }

  /** Returns the tags of each held snapshot; one that is gone meanwhile has none. */
  private Map<String, Set<String>> tags(List<SnapshotName> held)
      throws ZfsException, InterruptedException {
    var tags = new HashMap<String, Set<String>>();
    for (List<String> names : ArgumentLists.of(held)) {
      ZfsAnswer answer =
          ask(Stream.concat(Stream.of("holds", "-H"), names.stream()).toList(), listLimit);
      for (String line : answer.output()) {
        String[] fields = line.split("\t", -1);
        if (fields.length == 3) {
          tags.computeIfAbsent(fields[0], _ -> new HashSet<>()).add(fields[1]);
        }
      }
    }
    return tags;
  }

  @Override
  public ChangeResult change(List<ZfsChange> changes, ZfsFeatures features)
      throws InterruptedException {
    return new ZfsChanges(this, features).make(changes);
  }

  @Override
  public Optional<PartialReceive.Contents> contents(ResumeToken token, ZfsFeatures features)
      throws ZfsException, InterruptedException {
    if (!features.resumeTokens()) {
      return Optional.empty();
    }
    ZfsAnswer answer = ask(List.of("send", "-n", "-v", "-t", token.text()), estimateLimit);
    var printed = new ArrayList<>(answer.output());
    answer.stderr().lines().forEach(printed::add); // some print it there
    return TokenText.read(token, printed); // whatever the status: what it names may be gone
  }

  /**
   * Returns who may do what with a dataset, as far as this user may know.
   *
   * @throws ZfsException if it cannot be read; zfs-fuse never tells
   */
  public Delegation delegation(DatasetName dataset) throws ZfsException, InterruptedException {
    return Delegation.parse(dataset, ask(List.of("allow", dataset.toString())).lines());
  }

  static void checkProperty(DatasetName dataset, String property) {
    if (!PROPERTY.matcher(property).matches()) {
      throw new IllegalArgumentException(
          "Tried to get '%s' of %s but that is not a property's name".formatted(property, dataset));
    }
  }

  private Set<Character> flagsInUsage(String subcommand) throws ZfsException, InterruptedException {
    ZfsAnswer answer = ask(List.of(subcommand));
    if (answer.status() != USAGE_STATUS || !UsageText.isIn(answer.stderr())) {
      throw answer.failure();
    }
    return UsageText.flags(answer.stderr());
  }

  /** Without a target {@code zfs receive} stops before it reads anything, whatever its flags. */
  private boolean acceptsUnmountedReceive() throws ZfsException, InterruptedException {
    return !ask(List.of("receive", "-u")).stderr().contains("invalid option");
  }

  private String version() throws ZfsException, InterruptedException {
    ZfsAnswer answer = ask(List.of("version"));
    return answer.status() == 0 && !answer.output().isEmpty() ? answer.output().getFirst() : "";
  }

  ZfsAnswer ask(List<String> arguments) throws ZfsException, InterruptedException {
    return ask(arguments, queryLimit);
  }

  private ZfsAnswer ask(List<String> arguments, Duration limit)
      throws ZfsException, InterruptedException {
    List<String> whole = whole(arguments);
    var output = new ArrayList<String>();
    ZfsQuery.Ending ending = new ZfsQuery(whole, limit).run(output::add);
    return new ZfsAnswer(whole, ending.exitStatus(), output, ending.stderrTail());
  }

  private List<String> whole(List<String> arguments) {
    return Stream.concat(command.stream(), arguments.stream()).toList();
  }

  private static String only(ZfsAnswer answer) throws ZfsException {
    List<String> lines = answer.lines();
    if (lines.size() != 1) {
      throw ZfsException.unreadable(answer.command(), String.join("\n", lines));
    }
    return lines.getFirst();
  }

  private static Snapshot snapshot(ZfsAnswer answer, String name, String guid, String createtxg)
      throws ZfsException {
    try {
      return new Snapshot(SnapshotName.parse(name), guid(answer, guid), Long.parseLong(createtxg));
    } catch (IllegalArgumentException e) {
      throw ZfsException.unreadable(answer.command(), name + " " + createtxg);
    }
  }

  private static String guid(ZfsAnswer answer, String text) throws ZfsException {
    try {
      return Long.toUnsignedString(Long.parseUnsignedLong(text));
    } catch (NumberFormatException e) {
      throw ZfsException.unreadable(answer.command(), text);
    }
  }
}

package io.longhaul.protocol.zfs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

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
  private static final String NO_VALUE = "-";
  private static final String TAG_EXISTS = "tag already exists on this dataset";
  private static final String NO_SUCH_TAG = "no such tag on this dataset";

  private final List<String> command;
  private final Duration queryLimit;
  private final Duration estimateLimit;

  /**
   * @param command the argument list that starts {@code zfs}, such as {@code [sudo, -n, zfs]}
   * @param queryLimit the longest that one question may take
   * @param estimateLimit the longest that {@link #estimate} may take; it can walk much metadata
   */
  public ZfsCli(List<String> command, Duration queryLimit, Duration estimateLimit) {
    this.command = List.copyOf(command);
    this.queryLimit = queryLimit;
    this.estimateLimit = estimateLimit;
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
    Answer bookmark = ask(List.of("bookmark"));
    boolean bookmarks = !bookmark.stderr().contains("unrecognized command");
    return ZfsFeatures.of(version(), sendFlags, receiveFlags, bookmarks);
  }

  @Override
  public boolean exists(DatasetName dataset) throws ZfsException, InterruptedException {
    return ask(List.of("list", "-H", "-o", "name", dataset.toString())).linesIfThere().isPresent();
  }

  @Override
  public Optional<String> guid(SnapshotName snapshot) throws ZfsException, InterruptedException {
    Answer answer = ask(List.of("get", "-Hp", "-o", "value", "guid", snapshot.toString()));
    Optional<List<String>> lines = answer.linesIfThere();
    return lines.isEmpty() ? Optional.empty() : Optional.of(guid(answer, only(answer)));
  }

  @Override
  public List<Snapshot> snapshots(DatasetName dataset) throws ZfsException, InterruptedException {
    /* One recursive "get" rather than "list" and then "get": zfs-fuse has no machine form of list,
     * its "get" has no -t, and a snapshot destroyed between two commands would fail the second.
     */
    Answer answer =
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
  public void hold(String tag, SnapshotName snapshot, boolean children)
      throws ZfsException, InterruptedException {
    Answer answer = changeHold("hold", tag, snapshot, children);
    if (answer.status() != 0 && !answer.stderr().contains(TAG_EXISTS)) {
      throw answer.failure();
    }
  }

  @Override
  public void release(String tag, SnapshotName snapshot, boolean children)
      throws ZfsException, InterruptedException {
    Answer answer = changeHold("release", tag, snapshot, children);
    if (!answer.stderr().contains(NO_SUCH_TAG)) {
      Optional<List<String>> _ = answer.linesIfThere();
    }
  }

  private Answer changeHold(String verb, String tag, SnapshotName snapshot, boolean children)
      throws ZfsException, InterruptedException {
    var words = new ArrayList<>(List.of(verb));
    if (children) {
      words.add("-r");
    }
    words.add(tag);
    words.add(snapshot.toString());
    return ask(words);
  }

  @Override
  public OptionalLong estimate(ZfsSend send, ZfsFeatures features)
      throws ZfsException, InterruptedException {
    if (!features.dryRunSize()) {
      return OptionalLong.empty();
    }
    List<String> arguments = new ArrayList<>(send.arguments(features));
    arguments.addAll(1, List.of("-n", "-P", "-v")); // -P alone is not verbose before 0.8
    Answer answer;
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
    Answer answer = ask(List.of("get", "-Hp", "-o", "value", property, dataset.toString()));
    String value = only(answer);
    return value.equals(NO_VALUE) ? Optional.empty() : Optional.of(value);
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
    Answer answer = ask(List.of(subcommand));
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
    Answer answer = ask(List.of("version"));
    return answer.status() == 0 && !answer.output().isEmpty() ? answer.output().getFirst() : "";
  }

  private Answer ask(List<String> arguments) throws ZfsException, InterruptedException {
    return ask(arguments, queryLimit);
  }

  private Answer ask(List<String> arguments, Duration limit)
      throws ZfsException, InterruptedException {
    var whole = new ArrayList<>(command);
    whole.addAll(arguments);
    var output = new ArrayList<String>();
    ZfsQuery.Ending ending = new ZfsQuery(whole, limit).run(output::add);
    return new Answer(List.copyOf(whole), ending.exitStatus(), output, ending.stderrTail());
  }

  private static String only(Answer answer) throws ZfsException {
    List<String> lines = answer.lines();
    if (lines.size() != 1) {
      throw ZfsException.unreadable(answer.command(), String.join("\n", lines));
    }
    return lines.getFirst();
  }

  private static Snapshot snapshot(Answer answer, String name, String guid, String createtxg)
      throws ZfsException {
    try {
      return new Snapshot(SnapshotName.parse(name), guid(answer, guid), Long.parseLong(createtxg));
    } catch (IllegalArgumentException e) {
      throw ZfsException.unreadable(answer.command(), name + " " + createtxg);
    }
  }

  private static String guid(Answer answer, String text) throws ZfsException {
    try {
      return Long.toUnsignedString(Long.parseUnsignedLong(text));
    } catch (NumberFormatException e) {
      throw ZfsException.unreadable(answer.command(), text);
    }
  }

  /** What one run of the command said. */
  private record Answer(List<String> command, int status, List<String> output, String stderr) {

    /** Its lines, if it succeeded. */
    List<String> lines() throws ZfsException {
      if (status != 0) {
        throw failure();
      }
      return output;
    }

    /** Its lines if it succeeded; empty if it said that there is no such dataset or snapshot. */
    Optional<List<String>> linesIfThere() throws ZfsException {
      if (status != 0 && ZfsError.classify(stderr) == ZfsError.NO_SUCH_DATASET) {
        return Optional.empty();
      }
      return Optional.of(lines());
    }

    ZfsException failure() {
      return ZfsException.failed(command, status, stderr);
    }
  }
}

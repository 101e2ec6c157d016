package io.longhaul.coordinator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.longhaul.protocol.zfs.Dataset;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.PartialReceive;
import io.longhaul.protocol.zfs.ResumeToken;
import io.longhaul.protocol.zfs.SendBase;
import io.longhaul.protocol.zfs.SendFlags;
import io.longhaul.protocol.zfs.SnapshotName;
import io.longhaul.protocol.zfs.Version;
import io.longhaul.protocol.zfs.ZfsChange;
import io.longhaul.protocol.zfs.ZfsException;
import io.longhaul.protocol.zfs.ZfsFeatures;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One rule or conflict each, with the versions of both sides as a line of text. */
class PlannerTest {
  private static final DatasetName SOURCE = DatasetName.parse("tank/vm");
  private static final DatasetName TARGET = DatasetName.parse("backup/vm");
  private static final String LAST = "longhaul_LAST_RECEIVED_J_nightly";

  private final Job job = new Job();

  /** What a test can ask of a job; the rest is as usual. */
  private static final class Job {
    Intermediates intermediates = Intermediates.ALL;
    SnapshotFilter filter = SnapshotFilter.ALL;
    SendFlags flags = SendFlags.NONE;
    ReceiveOptions receive = ReceiveOptions.SAFE;
    boolean rollback;
    Guarantee guarantee = Guarantee.NOTHING;
    ZfsFeatures sender = openZfs();
    ZfsFeatures receiver = openZfs();

    PairPlan plan(Dataset source, Dataset target) {
      return plan(new Pair(source, TARGET, Optional.of(target), Pair.Ground.PLAIN));
    }

    PairPlan plan(Dataset source) {
      return plan(new Pair(source, TARGET, Optional.empty(), Pair.Ground.PLAIN));
    }

    PairPlan plan(Pair pair) {
      var rules =
          new Rules(
              "nightly", intermediates, filter, flags, receive, rollback, guarantee, guarantee);
      return new Planner(rules, sender, receiver).plan(pair);
    }
  }

  private static ZfsFeatures openZfs() {
    return zfs("DLRceiIpstw", "FAMdehnosuvx", true);
  }

  private static ZfsFeatures zfsFuse() {
    return zfs("DRiIpv", "Fdnv", false);
  }

  private static ZfsFeatures zfs(String send, String receive, boolean bookmarks) {
    var sendFlags = new TreeSet<Character>();
    send.chars().forEach(c -> sendFlags.add((char) c));
    var receiveFlags = new TreeSet<Character>();
    receive.chars().forEach(c -> receiveFlags.add((char) c));
    return new ZfsFeatures("", sendFlags, receiveFlags, bookmarks, bookmarks, bookmarks);
  }

  /**
   * Reads versions such as {@code @a1 #b2 @c3}: name, and the number that is GUID and createtxg;
   * {@code @a1=9} has GUID 9.
   */
  private static List<Version> versions(String text, String... heldBy) {
    var versions = new ArrayList<Version>();
    for (String word : text.isBlank() ? new String[0] : text.split(" ", -1)) {
      String[] halves = word.split("=", 2);
      String number = halves[0].replaceAll("[^0-9]", "");
      versions.add(
          new Version(
              SendBase.parse(halves[0].replaceAll("[0-9]", "")),
              halves.length > 1 ? halves[1] : number,
              Long.parseLong(number),
              Instant.ofEpochSecond(Long.parseLong(number)),
              heldBy.length,
              Set.of(heldBy),
              Set.of(),
              Optional.empty()));
    }
    return versions;
  }

  private static Dataset dataset(DatasetName name, List<Version> versions) {
    return new Dataset(
        name,
        Dataset.Kind.FILESYSTEM,
        Optional.empty(),
        Optional.empty(),
        false,
        0,
        Optional.empty(),
        versions);
  }

  private static Dataset source(String versions) {
    return dataset(SOURCE, versions(versions));
  }

  private static Dataset target(String versions) {
    return dataset(TARGET, versions(versions));
  }

  private static Dataset encrypted(Dataset dataset, boolean keyLoaded) {
    return new Dataset(
        dataset.name(),
        dataset.kind(),
        dataset.origin(),
        Optional.of(new Dataset.Encryption(dataset.name(), keyLoaded)),
        dataset.placeholder(),
        dataset.written(),
        dataset.partial(),
        dataset.versions());
  }

  private static Dataset with(Dataset dataset, boolean placeholder, long written) {
    return new Dataset(
        dataset.name(),
        dataset.kind(),
        dataset.origin(),
        dataset.encryption(),
        placeholder,
        written,
        dataset.partial(),
        dataset.versions());
  }

  private static Dataset partial(Dataset dataset, PartialReceive partial) {
    return new Dataset(
        dataset.name(),
        dataset.kind(),
        dataset.origin(),
        dataset.encryption(),
        dataset.placeholder(),
        dataset.written(),
        Optional.of(partial),
        dataset.versions());
  }

  private static PartialReceive token(String toName, String to, String from, boolean raw) {
    return new PartialReceive(
        new ResumeToken("1-abc"),
        Optional.of(
            new PartialReceive.Contents(
                toName,
                to,
                Optional.of(from).filter(guid -> !guid.isEmpty()),
                raw,
                false,
                false,
                false,
                4096)));
  }

  private List<Command> commands(Step step) {
    try {
      return step.commands(job.sender, job.receiver);
    } catch (ZfsException e) {
      throw new AssertionError(e);
    }
  }

  private List<String> commands(PairPlan plan) {
    assertThat(plan)
        .as(plan instanceof PairPlan.Stopped stopped ? stopped.conflict().message() : "")
        .isInstanceOf(PairPlan.Go.class);
    return ((PairPlan.Go) plan)
        .steps().stream()
            .flatMap(step -> commands(step).stream())
            .map(command -> command.side() + ": " + command)
            .toList();
  }

  /** The {@code zfs send} commands alone, without {@code zfs send}. */
  private String sends(PairPlan plan) {
    return String.join(
        " | ",
        commands(plan).stream()
            .filter(command -> command.startsWith("source: zfs send "))
            .map(command ->
                command
                    .substring("source: zfs send ".length())
                    .replace("tank/vm", "")
                    .replace("'", ""))
            .toList());
  }

  private static Conflict conflict(PairPlan plan) {
    assertThat(plan).isInstanceOf(PairPlan.Stopped.class);
    return ((PairPlan.Stopped) plan).conflict();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "@a1                 | -        | @a                        | @a",
        "@a1 @b2 @c3         | -        | @a / -I @a @c             | @c",
        "@a1 @b2             | @a1      | -i @a @b                  | -i @a @b",
        "@a1 @b2 @c3         | @a1      | -I @a @c                  | -i @a @c",
        "@a1 @b2 @c3         | @a1 @b2  | -i @b @c                  | -i @b @c",
        "@a1 @b2             | @a1 @b2  | ''                        | ''",
        "#a1 @b2 @c3         | @a1      | -i #a @b / -i @b @c       | -i #a @c",
        "#x1=1 @a1 @b2       | @a1      | -i @a @b                  | -i @a @b",
        "@a1 #m1=1 @b2 @c3   | @a1      | -I @a @c                  | -i @a @c",
        "@new1 @b2           | @old1    | -i @new @b                | -i @new @b",
        "@a1 #b2 @c3 @d4     | @a1 @b2  | -i #b @c / -i @c @d       | -i #b @d",
        "@a1 @c3             | @a7=1 @c8=3 | ''                     | ''",
      })
  void findsBaseAndWay(String from, String to, String all, String newest) {
    for (Intermediates which : Intermediates.values()) {
      job.intermediates = which;
      Dataset source = source(from.strip());
      PairPlan plan =
          to.strip().equals("-") ? job.plan(source) : job.plan(source, target(to.strip()));
      String expected = which == Intermediates.ALL ? all : newest;
      assertThat(sends(plan)).as("%s", which).isEqualTo(expected.strip().replace(" / ", " | "));
    }
  }

  @Test
  void aFilterDecidesWhatIsSentAndNotWhereItStarts() {
    job.filter =
        new SnapshotFilter(List.of(Pattern.compile("^daily")), List.of(Pattern.compile("skip")));
    assertThat(
            sends(
                job.plan(
                    source("@hourly-a1 @daily-b2 @hourly-c3 @daily-d4 @daily-e5 @daily-skip6"),
                    target("@hourly-a1"))))
        .isEqualTo("-i @hourly-a @daily-b | -i @daily-b @daily-d | -i @daily-d @daily-e");
    assertThat(conflict(job.plan(source("@hourly-a1"))).message())
        .contains("none of the source's snapshots passes the job's filter");
  }

  @Test
  void aReceiveIsSafeUnlessTheJobSaysOtherwise() {
    assertThat(commands(job.plan(source("@a1"))))
        .containsExactly(
            "source: zfs send tank/vm@a", "target: zfs receive -s -u -o readonly=on backup/vm");
    job.flags = new SendFlags(true, true, true, true, true);
    job.receive =
        new ReceiveOptions(
            false, new TreeMap<>(Map.of("mountpoint", "none")), new TreeSet<>(Set.of("sharenfs")));
    assertThat(commands(job.plan(source("@a1"))))
        .containsExactly(
            "source: zfs send -w -c -L -e -p tank/vm@a",
            "target: zfs receive -s -o mountpoint=none -x sharenfs backup/vm");
  }

  @Test
  void anOldZfsDoesWhatItCan() {
    job.sender = zfsFuse();
    job.receiver = zfsFuse();
    job.guarantee = Guarantee.INCREMENTAL;
    assertThat(commands(job.plan(source("@a1"))))
        .containsExactly(
            "source: zfs hold longhaul_STEP_J_nightly tank/vm@a",
            "source: zfs send tank/vm@a",
            "target: zfs receive backup/vm",
            "target: zfs set readonly=on backup/vm",
            "target: zfs hold " + LAST + " backup/vm@a",
            "source: zfs hold longhaul_CURSOR_J_nightly tank/vm@a",
            "source: zfs release longhaul_STEP_J_nightly tank/vm@a");
    job.flags = new SendFlags(true, true, false, false, false);
    assertThat(conflict(job.plan(source("@a1"))).message())
        .contains("'zfs send' on the source has no -w, -c");
  }

  @Test
  void aStepIsHeldUntilTheCursorHasMoved() {
    job.guarantee = Guarantee.RESUMABILITY;
    Dataset source = dataset(SOURCE, withCursor(versions("@a1 @b2 @c3"), "1", 1));
    Dataset target = dataset(TARGET, versions("@a1", LAST));
    assertThat(commands(job.plan(source, target)))
        .containsExactly(
            "source: zfs hold longhaul_STEP_J_nightly tank/vm@a tank/vm@b tank/vm@c",
            "source: zfs send -I @a tank/vm@c",
            "target: zfs receive -s -u -o readonly=on backup/vm",
            "target: zfs hold " + LAST + " backup/vm@c",
            "source: zfs bookmark tank/vm@c tank/vm#longhaul_CURSOR_G_3_J_nightly",
            "target: zfs release " + LAST + " backup/vm@a",
            "source: zfs destroy tank/vm#longhaul_CURSOR_G_1_J_nightly",
            "source: zfs release longhaul_STEP_J_nightly tank/vm@a tank/vm@b tank/vm@c");
  }

  @Test
  void tentativeCursorsStandInForHolds() {
    job.guarantee = Guarantee.INCREMENTAL;
    assertThat(commands(job.plan(source("@a1 @b2"), target("@a1"))))
        .containsExactly(
            "target: zfs hold " + LAST + " backup/vm@a",
            "source: zfs bookmark tank/vm@a tank/vm#longhaul_CURSORTENTATIVE_G_1_J_nightly",
            "source: zfs bookmark tank/vm@b tank/vm#longhaul_CURSORTENTATIVE_G_2_J_nightly",
            "source: zfs send -i @a tank/vm@b",
            "target: zfs receive -s -u -o readonly=on backup/vm",
            "target: zfs hold " + LAST + " backup/vm@b",
            "source: zfs bookmark tank/vm@b tank/vm#longhaul_CURSOR_G_2_J_nightly",
            "target: zfs release " + LAST + " backup/vm@a",
            "source: zfs destroy tank/vm#longhaul_CURSORTENTATIVE_G_1_J_nightly",
            "source: zfs destroy tank/vm#longhaul_CURSORTENTATIVE_G_2_J_nightly");
  }

  @Test
  void aTargetThatAnotherProgramMadeIsTakenOver() {
    job.guarantee = Guarantee.RESUMABILITY;
    assertThat(commands(job.plan(source("@syncoid-x1 @zrepl-y2"), target("@syncoid-x1 @zrepl-y2"))))
        .containsExactly(
            "target: zfs hold " + LAST + " backup/vm@zrepl-y",
            "source: zfs bookmark tank/vm@zrepl-y tank/vm#longhaul_CURSOR_G_2_J_nightly");
  }

  @Test
  void anotherJobsCursorIsABaseAndIsLeftAlone() {
    job.guarantee = Guarantee.INCREMENTAL;
    Dataset source = dataset(SOURCE, withCursor(versions("@b2"), "1", 1, "other"));
    PairPlan plan = job.plan(source, target("@a1"));
    assertThat(sends(plan)).isEqualTo("-i #longhaul_CURSOR_G_1_J_other @b");
    assertThat(commands(plan))
        .noneMatch(command -> command.contains("destroy tank/vm#longhaul_CURSOR_G_1_J_other"));
  }

  private static List<Version> withCursor(List<Version> versions, String guid, long txg) {
    return withCursor(versions, guid, txg, "nightly");
  }

  private static List<Version> withCursor(
      List<Version> versions, String guid, long txg, String job) {
    var all = new ArrayList<>(versions);
    all.add(
        new Version(
            SendBase.parse("#longhaul_CURSOR_G_" + guid + "_J_" + job),
            guid,
            txg,
            Instant.ofEpochSecond(txg),
            0,
            Set.of(),
            Set.of(),
            Optional.empty()));
    return all;
  }

  // ---- conflicts

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "@a1         | @x7         | no-common-base  | zfs rename backup/vm backup/vm-old",
        "@a1 @c3     | @a1 @x7     | target-ahead    | after backup/vm@a that the source does not know: backup/vm@x",
        "@a1         | @a1 @x7     | target-ahead    | --rollback",
        "@a1         | ''          | target-not-ours | it exists and has no snapshot",
        "''          | @a1         | no-common-base  | newest at the target: @a (guid 1",
        "''          | -           | no-snapshots    | take a snapshot of tank/vm",
        "@a2 @day3   | @day1=8 @a2 | name-taken      | zfs rename backup/vm@day backup/vm@day-8",
      })
  void namesTheConflictAndWhatCanBeDone(String from, String to, String code, String says) {
    Dataset source = source(from.strip());
    PairPlan plan =
        to.strip().equals("-") ? job.plan(source) : job.plan(source, target(to.strip()));
    assertThat(conflict(plan).code()).isEqualTo(code.strip());
    assertThat(conflict(plan).message()).contains(says.strip(), "Newest at the source: ");
  }

  @Test
  void whatWasWrittenToTheTargetStaysUnlessTheJobSaysRollback() {
    Dataset target = with(target("@a1"), false, 4096);
    assertThat(conflict(job.plan(source("@a1 @b2"), target)).message())
        .contains("4096 bytes were written", "zfs rollback backup/vm@a", "readonly=on");
    job.rollback = true;
    assertThat(commands(job.plan(source("@a1 @b2"), target)))
        .startsWith("target: zfs rollback backup/vm@a", "source: zfs send -i @a tank/vm@b");
    assertThat(commands(job.plan(source("@a1"), target))).isEmpty();
  }

  @Test
  void aRollbackListsAllThatItDestroysAndGivesUpOurOwnHoldOnly() {
    job.rollback = true;
    var versions = versions("@a1");
    versions.addAll(versions("@x5 #m6 @y7", LAST));
    assertThat(commands(job.plan(source("@a1 @b2"), dataset(TARGET, versions))))
        .startsWith(
            "target: zfs release " + LAST + " backup/vm@y",
            "target: zfs destroy backup/vm@y",
            "target: zfs destroy backup/vm#m",
            "target: zfs release " + LAST + " backup/vm@x",
            "target: zfs destroy backup/vm@x",
            "target: zfs rollback backup/vm@a",
            "source: zfs send -i @a tank/vm@b");
    versions.addAll(versions("@z8", "theirs"));
    assertThat(conflict(job.plan(source("@a1 @b2"), dataset(TARGET, versions))))
        .isInstanceOf(Conflict.BaseHeld.class)
        .extracting(Conflict::problem)
        .asString()
        .endsWith("held or cloned: backup/vm@z");
  }

  @Test
  void whatThisJobSentAndTheSourceLostIsABaseThatIsGone() {
    var versions = versions("@a1");
    versions.addAll(versions("@b2", LAST));
    assertThat(conflict(job.plan(source("@a1 @c3"), dataset(TARGET, versions))))
        .isInstanceOf(Conflict.BaseGone.class);
  }

  @Test
  void aFilesystemIsNotReceivedIntoAVolume() {
    Dataset target = target("@a1");
    Dataset volume =
        new Dataset(
            TARGET,
            Dataset.Kind.VOLUME,
            Optional.empty(),
            Optional.empty(),
            false,
            0,
            Optional.empty(),
            target.versions());
    assertThat(conflict(job.plan(source("@a1 @b2"), volume)).problem())
        .isEqualTo("the source is a filesystem and the target a volume");
  }

  // ---- what was interrupted

  @Test
  void whatWasInterruptedComesFirst() {
    Dataset target = partial(target("@a1"), token("tank/vm@b", "2", "1", false));
    assertThat(sends(job.plan(source("@a1 @b2 @c3 @d4"), target))).isEqualTo("-t 1-abc | -I @b @d");
    assertThat(sends(job.plan(source("#a1 @b2"), target))).isEqualTo("-t 1-abc");
    Dataset first = partial(target(""), token("tank/vm@a", "1", "", false));
    assertThat(sends(job.plan(source("@a1 @b2"), first))).isEqualTo("-t 1-abc | -i @a @b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "@a1 @c3    | 2 | 1  | false | has no more the snapshot that was being sent",
        "@b2 @c3 #a1 | 2 | 9 | false | has no more what its stream starts from",
        "@a1 @b2    | 2 | '' | false | its stream is full and the target has snapshots",
        "@a1 @b2    | 2 | 1  | true  | its stream is raw",
        "@a1 @s2    | 2 | 1  | false | filter leaves @s out",
        "@0=7 @a1 @b2 | 2 | 7 | false | does not start from the target's newest",
      })
  void aDeadTokenIsDroppedAndPlannedAnew(
      String from, String to, String base, boolean raw, String why) {
    job.filter = new SnapshotFilter(List.of(), List.of(Pattern.compile("^s")));
    String versions = from.strip().replace("@0", "@o0");
    Dataset target = partial(target("@a1"), token("tank/vm@b", to.strip(), base.strip(), raw));
    PairPlan plan = job.plan(source(versions), target);
    assertThat(commands(plan)).startsWith("target: zfs receive -A backup/vm");
    assertThat(((PairPlan.Go) plan).steps().getFirst())
        .isInstanceOfSatisfying(
            Step.Change.class,
            step ->
                assertThat(step.change())
                    .isInstanceOfSatisfying(
                        ZfsChange.AbortReceive.class,
                        abort -> assertThat(abort.why()).contains(why.strip())));
  }

  @Test
  void aTokenThatCannotBeReadIsDroppedAndOneOfAnotherDatasetIsLeft() {
    Dataset unreadable =
        partial(target(""), new PartialReceive(new ResumeToken("1-0"), Optional.empty()));
    assertThat(commands(job.plan(source("@a1"), unreadable)))
        .startsWith("target: zfs receive -A backup/vm", "source: zfs send tank/vm@a");
    Dataset foreign = partial(target(""), token("other/data@x", "77", "", false));
    assertThat(conflict(job.plan(source("@a1"), foreign)).problem())
        .isEqualTo("it has a partial receive of other/data@x");
  }

  // ---- encryption

  @ParameterizedTest
  @CsvSource({
    // raw, key at the source, target is encrypted, key at the target, conflict
    "true,  false, true,  false, ''",
    "true,  true,  false, true,  raw-mixed",
    "false, true,  false, true,  ''",
    "false, false, false, true,  key-not-loaded",
    "false, true,  true,  true,  ''",
    "false, true,  true,  false, key-not-loaded",
  })
  void keysAreNeededForWhatIsNotRaw(
      boolean raw, boolean sourceKey, boolean encrypted, boolean targetKey, String code) {
    job.flags = new SendFlags(raw, false, false, false, false);
    Dataset target = encrypted ? encrypted(target("@a1"), targetKey) : target("@a1");
    PairPlan plan = job.plan(encrypted(source("@a1 @b2"), sourceKey), target);
    if (code.isEmpty()) {
      assertThat(sends(plan)).isEqualTo(raw ? "-w -i @a @b" : "-i @a @b");
    } else {
      assertThat(conflict(plan).code()).isEqualTo(code);
    }
  }

  @Test
  void aNewDatasetNeedsTheKeyThatItWillInherit() {
    var locked = new Dataset.Encryption(DatasetName.parse("backup"), false);
    var pair =
        new Pair(
            source("@a1"),
            TARGET,
            Optional.empty(),
            new Pair.Ground(Optional.of(locked), false, Optional.empty()));
    assertThat(conflict(job.plan(pair)).remedy()).isEqualTo("load it (zfs load-key backup)");
  }

  // ---- clones and placeholders

  @Test
  void aCloneIsSentAsTheDifferenceFromItsOrigin() {
    job.guarantee = Guarantee.RESUMABILITY;
    var origin =
        new Pair.Origin(
            SnapshotName.parse("tank/base@o"), "5", SnapshotName.parse("backup/base@o"));
    var pair =
        new Pair(
            source("@a6"),
            TARGET,
            Optional.empty(),
            new Pair.Ground(Optional.empty(), false, Optional.of(origin)));
    assertThat(commands(job.plan(pair)))
        .contains(
            "source: zfs hold longhaul_STEP_J_nightly tank/base@o tank/vm@a",
            "source: zfs send -i tank/base@o tank/vm@a",
            "target: zfs receive -s -u -o origin=backup/base@o -o readonly=on backup/vm",
            "source: zfs release longhaul_STEP_J_nightly tank/base@o tank/vm@a");
  }

  @Test
  void aPlaceholderBecomesRealWithoutForceWhereItCan() {
    Dataset empty = with(target(""), true, 98_304);
    assertThat(commands(job.plan(source("@a1"), empty)))
        .startsWith("target: zfs destroy backup/vm", "source: zfs send tank/vm@a");
    var withChildren =
        new Pair(
            source("@a1"),
            TARGET,
            Optional.of(empty),
            new Pair.Ground(Optional.empty(), true, Optional.empty()));
    assertThat(commands(job.plan(withChildren)))
        .containsExactly(
            "source: zfs send tank/vm@a",
            "target: zfs receive -s -u -F -o readonly=on backup/vm",
            "target: zfs inherit longhaul:placeholder backup/vm");
    Dataset used = with(target(""), true, 5_000_000);
    assertThat(conflict(job.plan(source("@a1"), used)).problem()).contains("holds 5000000 bytes");
  }

  @Test
  void aJobsNameMustFitIntoHoldsAndBookmarks() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new Rules(
                "a/b",
                Intermediates.ALL,
                SnapshotFilter.ALL,
                SendFlags.NONE,
                ReceiveOptions.SAFE,
                false,
                Guarantee.NOTHING,
                Guarantee.NOTHING))
        .withMessageContaining("Tried to use 'a/b' as the name of a job");
  }
}

package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.Eventually;
import io.longhaul.packaging.site.RecordedZfs;
import io.longhaul.packaging.site.Site;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.wire.ReceiveStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Twenty datasets, one of them encrypted, are replicated on an OpenZFS 2.x somewhere else: {@code
 * -Popenzfs -Dopenzfs.shell="env" -Dopenzfs.pool=src -Dopenzfs.target=dst}. The shell runs a
 * command there, with its arguments as they are; {@code env} means this machine. It makes one
 * dataset in each pool and destroys it afterwards, and prints all that is done.
 */
@Tag("openzfs")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OpenZfsReplicationIT {
  private static final Duration PATIENCE = Duration.ofMinutes(20);
  private static final List<String> SHELL =
      List.of(System.getProperty("openzfs.shell", "env").split(" "));
  private static final String ID =
      Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36);
  private static final String SOURCE = System.getProperty("openzfs.pool") + "/longhaul-it-" + ID;
  private static final String TARGET = System.getProperty("openzfs.target") + "/longhaul-it-" + ID;
  private static final String ZREPL = SOURCE + "-zrepl";
  private static final List<String> NAMES =
      List.of(
          "", "/a", "/a/a", "/a/b", "/a/b/a", "/b", "/b/a", "/b/b", "/c", "/c/a", "/c/a/a", "/d",
          "/d/a", "/e", "/e/a", "/f", "/g", "/h", "/i", "/secret");
  private static final int SNAPSHOTS = 5;
  private static final int BIG_MIB = 24;

  private final Random random = new Random();
  private final Site site;
  private final RecordedZfs recorded;
  private int rounds;

  @SuppressWarnings("NullAway.Init") // before all tests
  OpenZfsReplicationIT() throws Exception {
    site = new Site();
    recorded = new RecordedZfs(site);
  }

  @BeforeAll
  void makeDatasets() throws Exception {
    for (String name : NAMES.subList(0, NAMES.size() - 1)) {
      there("zfs", "create", SOURCE + name);
    }
    there(
        "sh",
        "-c",
        "echo correct-horse | zfs create -o encryption=on -o keyformat=passphrase "
            + SOURCE
            + "/secret");
    there("zfs", "create", "-o", "canmount=off", TARGET);
    there("zfs", "create", ZREPL);
    for (int i = 0; i < SNAPSHOTS; i++) {
      round();
    }
    String zfs = String.join(" ", SHELL) + " zfs";
    recorded.by("office", site.office(), zfs);
    recorded.by("vault", site.vault(), zfs);
    site.agents()
        .set(
            Map.of(
                "source",
                "office:" + SOURCE,
                "target",
                "vault:" + TARGET + "/copy",
                "send",
                Map.of("raw", true),
                "concurrency",
                Map.of("streams", 2)),
            "jobs",
            "e2e");
    site.agents().set(site.file("state").toString(), "state-directory");
    site.start();
  }

  @AfterAll
  void destroyDatasets() throws Exception {
    site.close();
    for (String root : List.of(SOURCE, ZREPL, TARGET)) {
      there(
          "sh",
          "-c",
          "zfs list -Hrt snapshot -o name %1$s | while read s; do zfs holds -H $s; done"
                  .formatted(root)
              + " | while read s tag rest; do zfs release $tag $s; done; zfs destroy -r "
              + root);
    }
  }

  @Test
  @Order(1)
  void initial() throws Exception {
    replicate();
    assertThat(guids(TARGET + "/copy")).hasSize(NAMES.size() * SNAPSHOTS);
    assertThat(there("zfs", "get", "-H", "-o", "value", "keystatus", TARGET + "/copy/secret"))
        .isEqualTo("unavailable");
    same();
  }

  @Test
  @Order(2)
  void incremental() throws Exception {
    round();
    replicate();
    same();
    recorded.forget();
    replicate();
    assertThat(asked("[a-z]+: zfs (send|receive) .*")).as("nothing to do").isEmpty();
  }

  @Test
  @Order(3)
  void fromABookmarkAfterItsSnapshotWasDestroyed() throws Exception {
    round();
    there(
        "sh",
        "-c",
        "zfs list -Hrt snapshot -o name %s | grep -v @r%d | while read s; do zfs destroy $s; done"
            .formatted(SOURCE, rounds));
    recorded.forget();
    replicate();
    assertThat(asked("office: zfs send -w -i #longhaul_CURSOR_G_.*")).hasSize(NAMES.size());
    same();
  }

  @Test
  @Order(4)
  void goesOnByTokenAfterTheReceiveWasKilled() throws Exception {
    interrupt();
    CommandResult plan = coordinator("plan", "e2e");
    assertThat(plan.out()).contains("zfs send -t ");
    recorded.forget();
    replicate();
    assertThat(asked("office: zfs send -t .*")).hasSize(1);
    assertThat(asked("vault: zfs receive .*-A.*")).isEmpty();
    same();
  }

  @Test
  @Order(5)
  void aTokenWhoseSnapshotIsGoneIsDropped() throws Exception {
    interrupt();
    String doomed = SOURCE + "/a@r" + rounds;
    there(
        "sh", "-c", "zfs holds -H %s | cut -f 2 | xargs -I T zfs release T %1$s".formatted(doomed));
    there("zfs", "destroy", doomed);
    round();
    CommandResult plan = coordinator("plan", "e2e");
    assertThat(plan.out()).contains("zfs receive -A " + TARGET + "/copy/a");
    recorded.forget();
    replicate();
    assertThat(asked("office: zfs send -t .*")).isEmpty();
    assertThat(asked("vault: zfs receive -A .*")).hasSize(1);
    same();
  }

  @Test
  @Order(6)
  void whatZreplHasCopiedIsTakenOver() throws Exception {
    String copy = TARGET + "/office";
    there(
        "sh",
        "-c",
        """
        set -e
        zfs create -o mountpoint=none -o zrepl:placeholder=on COPY
        zfs create SOURCE/vm
        zfs create SOURCE/vm/a
        zfs snapshot -r SOURCE@zrepl_20261118_020000_000
        for d in vm vm/a; do
          zfs send SOURCE/$d@zrepl_20261118_020000_000 | zfs receive -u COPY/$d
          zfs hold zrepl_last_received_J_push COPY/$d@zrepl_20261118_020000_000
          guid=$(zfs get -Hpo value guid SOURCE/$d@zrepl_20261118_020000_000)
          zfs bookmark SOURCE/$d@zrepl_20261118_020000_000 SOURCE/$d#zrepl_CURSOR_G_$(printf %016x $guid)_J_push
        done
        zfs destroy -r SOURCE@zrepl_20261118_020000_000
        zfs snapshot -r SOURCE@zrepl_20261119_020000_000
        for d in vm vm/a; do zfs hold zrepl_STEP_J_push SOURCE/$d@zrepl_20261119_020000_000; done
        """
            .replace("SOURCE", ZREPL)
            .replace("COPY", copy));
    String[] sides = {"office:" + ZREPL, "vault:" + copy};
    assertThat(coordinator("plan", sides[0], sides[1]).out())
        .contains("target-not-ours")
        .containsPattern("zfs send .*-i '#zrepl_CURSOR_G_[0-9a-f]{16}_J_push' " + ZREPL + "/vm/a@");
    there("zfs", "set", "longhaul:placeholder=on", copy);
    CommandResult start = coordinator("start", sides[0], sides[1]);
    assertThat(start.exit()).as(start.toString()).isZero();
    assertThat(guids(copy)).hasSize(5).containsAllEntriesOf(guids(ZREPL));
    assertThat(coordinator("plan", sides[0], sides[1]).out()).doesNotContain("zfs send");
  }

  /** Kills the receive of a big step somewhere, with its agent, and the coordinator first. */
  private void interrupt() throws Exception {
    write("/a", BIG_MIB);
    round();
    long enough = (4L << 20) + random.nextInt((BIG_MIB - 8) << 20);
    List<String> start =
        site.coordinatorCommand("start", source(), target(), "--job", "e2e", "--raw");
    SessionId session;
    try (var _ = CommandResult.RunningCommand.start(start)) {
      session =
          Eventually.find(
              "a receive of the big step with " + enough + " bytes",
              PATIENCE,
              () ->
                  site.receives().stream()
                      .filter(status -> status.fedBytes() >= enough && !status.state().ended())
                      .map(ReceiveStatus::id)
                      .findFirst());
    }
    ProcessIdentity sink = site.started(session, Role.RECEIVE).child().orElseThrow();
    say("killing the receive of " + session + " after " + enough + " bytes, and its agent");
    site.receiver().kill();
    CommandResult.of(List.of("kill", "-KILL", "--", "-" + sink.pid()));
    site.receiver().start();
    var _ = site.awaitEnd(session, PATIENCE);
    Eventually.holds(
        "what the receive has kept",
        PATIENCE,
        () ->
            there("zfs", "get", "-Hp", "-o", "value", "receive_resume_token", TARGET + "/copy/a")
                    .length()
                > 1);
  }

  private static String source() {
    return "office:" + SOURCE;
  }

  private static String target() {
    return "vault:" + TARGET + "/copy";
  }

  private void replicate() throws Exception {
    long begin = System.nanoTime();
    CommandResult result =
        CommandResult.of(
            site.coordinatorCommand("start", source(), target(), "--job", "e2e", "--raw"),
            PATIENCE);
    say(
        "coordinator start … (%.0f s)%n%s%s"
            .formatted((System.nanoTime() - begin) / 1e9, result.out(), result.err()));
    assertThat(result.exit()).as(result.toString()).isZero();
  }

  private CommandResult coordinator(String... arguments) throws Exception {
    CommandResult result = CommandResult.of(site.coordinatorCommand(arguments), PATIENCE);
    say("coordinator " + String.join(" ", arguments) + "\n" + result.out() + result.err());
    return result;
  }

  private List<String> asked(String pattern) throws IOException {
    List<String> found = recorded.matching(pattern);
    found.forEach(OpenZfsReplicationIT::say);
    return found;
  }

  /** Writes something into every dataset, and takes a snapshot of each. */
  private void round() throws Exception {
    rounds++;
    var script = new StringBuilder("set -e\n");
    for (String name : NAMES) {
      script.append(
          "dd if=/dev/urandom of=/%s%s/file%d bs=64k count=%d status=none%n"
              .formatted(SOURCE, name, rounds, 1 + random.nextInt(4)));
    }
    there("sh", "-c", script + "zfs snapshot -r " + SOURCE + "@r" + rounds);
  }

  private void write(String name, int mebibytes) throws Exception {
    there(
        "dd",
        "if=/dev/urandom",
        "of=/" + SOURCE + name + "/big",
        "bs=1M",
        "count=" + mebibytes,
        "status=none");
  }

  /** Both have the newest snapshots, and the target no other than the source ever had. */
  private void same() throws Exception {
    Map<String, String> source = guids(SOURCE);
    Map<String, String> target = guids(TARGET + "/copy");
    assertThat(target).containsAllEntriesOf(source);
    say("%d snapshots on the source, each with its GUID on the target".formatted(source.size()));
  }

  private static Map<String, String> guids(String root) throws Exception {
    var guids = new TreeMap<String, String>();
    there("zfs", "list", "-Hprt", "snapshot", "-o", "name,guid", root)
        .lines()
        .map(line -> line.split("\t"))
        .forEach(fields -> guids.put(fields[0].substring(root.length()), fields[1]));
    return guids;
  }

  private static void say(String text) {
    System.out.println(text);
  }

  private static String there(String... words) throws Exception {
    List<String> command = new ArrayList<>(SHELL);
    command.addAll(List.of(words));
    CommandResult result = CommandResult.of(command, PATIENCE);
    if (result.exit() != 0) {
      throw new IOException("Tried to run " + command + " but it ended with " + result);
    }
    return result.out().stripTrailing();
  }
}

package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.Eventually;
import io.longhaul.packaging.site.Image;
import io.longhaul.packaging.site.Keystream;
import io.longhaul.packaging.site.LoopbackLink;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.SpoolProcesses;
import io.longhaul.packaging.site.Tools;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolLock;
import io.longhaul.protocol.spool.Started;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another version is installed under running transfers, and the one that their pumps run from is
 * deleted. What a pump may still need then, it has loaded before.
 */
class UpgradeIT {
  private static final long MEBIBYTE = 1 << 20;
  private static final Keystream STREAM = new Keystream(60 * MEBIBYTE);
  private static final Duration SOON = Duration.ofMinutes(3);

  @TempDir private Path directory = Path.of("");

  private Image next = Image.find();
  private Site site;
  private LoopbackLink link;

  @BeforeEach
  void startTheFirstVersion() throws Exception {
    Tools.need("openssl", "curl");
    String first = version(Image.find());
    assertThat(install(Image.find()).exit()).isZero();
    assertThat(Files.readSymbolicLink(installed("current"))).hasToString(first);

    next = new Image(directory.resolve("unpacked"));
    copy(Image.find().home(), next.home());
    Files.writeString(next.home().resolve("VERSION"), "99.0.0\n");

    site = new Site(new Image(installed("current")));
    link = site.link(8 * MEBIBYTE);
    site.office().set("16MiB", "spool", "limit");
    site.office().stream("data", STREAM.sourceThen(site.waitForGo()));
    site.vault().stream("sum", Keystream.sink(site.file("sum")));
  }

  @AfterEach
  void stop() throws Exception {
    link.close();
    site.close();
  }

  @Test
  void aTransferGoesOnWhenItsImageIsDeleted() throws Exception {
    site.start();
    SessionId id = begin("data", "sum");
    site.awaitFed(id, 10 * MEBIBYTE, SOON);
    Started send = site.started(id, Role.SEND);
    Started receive = site.started(id, Role.RECEIVE);

    upgradeAndDelete();

    assertThat(site.started(id, Role.SEND)).isEqualTo(send);
    assertThat(site.receive(id).sinkPid()).hasValue(receive.child().orElseThrow().pid());
    assertThat(send.pump().isAlive()).isTrue();
    assertThat(receive.pump().isAlive()).isTrue();
    site.go();
    site.awaitDone(id, SOON);
    assertThat(Files.readString(site.file("sum")).strip()).isEqualTo(STREAM.sha256());
  }

  /** The sink is started when the first chunk is there; that may be after the upgrade. */
  @Test
  void aSinkIsStartedAfterTheImageIsDeleted() throws Exception {
    site.office().stream("late", script(site.waitForGo() + "; " + STREAM.source().getLast()));
    site.start();
    SessionId id = begin("late", "sum");
    SessionSpool spool = site.spool(id, Role.RECEIVE);
    Eventually.holds("a receive pump", SOON, () -> SpoolLock.isHeld(spool.lock()));
    assertThat(spool.started()).doesNotExist();

    upgradeAndDelete();

    site.go();
    site.awaitDone(id, SOON);
    assertThat(Files.readString(site.file("sum")).strip()).isEqualTo(STREAM.sha256());
  }

  @Test
  void aSourceIsRepeatedAfterTheImageIsDeleted() throws Exception {
    site.office().stream("again", STREAM.sourceThen(site.waitForGo()));
    site.office().set(true, "streams", "again", "repeatable");
    site.start();
    SessionId id = begin("again", "sum");
    site.awaitFed(id, 10 * MEBIBYTE, SOON);

    upgradeAndDelete();

    long source = site.started(id, Role.SEND).child().orElseThrow().pid();
    CommandResult.output(List.of("kill", "-KILL", "--", "-" + source));
    site.go();
    site.awaitDone(id, SOON);
    assertThat(Files.readString(site.file("sum")).strip()).isEqualTo(STREAM.sha256());
    assertThat(site.send(id).attempt()).isEqualTo(2);
  }

  @Test
  void aSourceThatFailsIsToldAfterTheImageIsDeleted() throws Exception {
    String fails = "head -c 20000000 /dev/zero; " + site.waitForGo() + "; echo no disk >&2; exit 3";
    site.office().stream("fails", script(fails));
    site.vault().stream("committed", script("cat > /dev/null && touch " + committed()));
    site.start();
    SessionId id = begin("fails", "committed");
    site.awaitFed(id, 10 * MEBIBYTE, SOON);

    upgradeAndDelete();

    site.go();
    assertThat(site.awaitFailure(id, SOON).message()).contains("status 3", "no disk");
    assertThat(site.send(id).failure().orElseThrow().kind()).isEqualTo(FailureKind.SOURCE_FAILED);
    assertThat(committed()).doesNotExist();
  }

  @Test
  void aSinkThatFailsIsToldAfterTheImageIsDeleted() throws Exception {
    String fails =
        "head -c 2000000 > /dev/null; " + site.waitForGo() + "; echo no room >&2; exit 7";
    site.vault().stream("fails", script(fails));
    site.start();
    SessionId id = begin("data", "fails");
    site.awaitFed(id, MEBIBYTE, SOON);

    upgradeAndDelete();

    site.go();
    Failure failure = site.awaitFailure(id, SOON);
    assertThat(failure.kind()).isEqualTo(FailureKind.SINK_FAILED);
    assertThat(failure.message()).contains("status 7");
  }

  @Test
  void aTransferIsAbortedAfterTheImageIsDeleted() throws Exception {
    site.vault().stream("committed", script("cat > /dev/null && touch " + committed()));
    site.start();
    SessionId id = begin("data", "committed");
    site.awaitFed(id, 10 * MEBIBYTE, SOON);

    upgradeAndDelete();

    assertThat(site.coordinator("abort", id.text()).exit()).isZero();
    assertThat(site.awaitEnd(id, SOON).state()).isEqualTo(SessionState.ABORTED);
    assertThat(committed()).doesNotExist();
    assertThat(new SpoolProcesses(site.file("")).alive()).isEmpty();
  }

  @Test
  void whatIsInUseIsNotRemoved() throws Exception {
    String first = version(Image.find());
    site.start();
    SessionId id = begin("data", "sum");
    site.awaitFed(id, 5 * MEBIBYTE, SOON);

    CommandResult agentsRun = install(next, "--remove-old");
    assertThat(agentsRun.exit()).as(agentsRun.toString()).isZero();
    assertThat(agentsRun.out()).contains("kept " + installed(first) + ": it is in use");
    restartAgents();
    assertThat(install(next, "--remove-old").out()).contains("kept " + installed(first));
    assertThat(installed(first)).isDirectory();

    site.go();
    site.awaitDone(id, SOON);
    assertThat(Files.readString(site.file("sum")).strip()).isEqualTo(STREAM.sha256());
    Path foreign = Files.createDirectory(installed("notes"));
    Eventually.holds(
        "the end of all that ran",
        SOON,
        () -> install(next, "--remove-old").out().contains("removed " + installed(first)));
    assertThat(installed(first)).doesNotExist();
    assertThat(foreign).isDirectory();
    assertThat(installed("99.0.0")).isDirectory();
  }

  @Test
  void anInstalledVersionIsNeverReplaced() throws Exception {
    Path java = installed(version(Image.find())).resolve("runtime/bin/java");
    assertThat(install(Image.find()).exit()).as("the same again changes nothing").isZero();
    Files.writeString(next.home().resolve("VERSION"), version(Image.find()) + "\n");
    Files.writeString(next.home().resolve("bin/coordinator"), "#!/bin/sh\n");

    CommandResult other = install(next);

    assertThat(other.exit()).isEqualTo(1);
    assertThat(other.err()).contains("is there and differs");
    assertThat(java).isExecutable();
    assertThat(directory.resolve("installed")).isDirectoryNotContaining("glob:**/.*");
  }

  private void upgradeAndDelete() throws Exception {
    Path first = installed(version(Image.find()));
    assertThat(install(next).exit()).isZero();
    assertThat(Files.readSymbolicLink(installed("current"))).hasToString("99.0.0");
    restartAgents();
    CommandResult.output(List.of("rm", "-rf", first.toString()));
    assertThat(first).doesNotExist();
  }

  private void restartAgents() throws Exception {
    site.receiver().close();
    site.sender().close();
    site.sender().start();
    site.receiver().start();
  }

  private CommandResult install(Image image, String... options) throws Exception {
    List<String> words = new ArrayList<>(List.of(image.program("longhaul-install")));
    words.addAll(List.of(options));
    words.add(directory.resolve("installed").toString());
    return CommandResult.of(words);
  }

  private Path installed(String name) {
    return directory.resolve("installed").resolve(name);
  }

  private static List<String> script(String words) {
    return List.of("sh", "-c", words);
  }

  private Path committed() {
    return site.file("committed");
  }

  private SessionId begin(String source, String sink) throws Exception {
    return site.startDetached("office::" + source, "vault::" + sink, "--chunk-size", "1MiB");
  }

  private static String version(Image image) throws Exception {
    return Files.readString(image.home().resolve("VERSION")).strip();
  }

  private static void copy(Path from, Path to) throws Exception {
    CommandResult.output(List.of("cp", "-a", from.toString(), to.toString()));
  }
}

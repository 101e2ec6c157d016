package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.Eventually;
import io.longhaul.packaging.site.Keystream;
import io.longhaul.packaging.site.LoopbackLink;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.SpoolProcesses;
import io.longhaul.packaging.site.Tools;
import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.testing.Tmpfs;
import io.longhaul.protocol.wire.AgentInfo;
import io.longhaul.protocol.wire.ReceiveStatus;
import io.longhaul.protocol.wire.SendStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A spool on a small file system that is full for a while, to the last byte. */
class FullDiskIT {
  private static final long MEBIBYTE = 1 << 20;
  private static final Keystream STREAM = new Keystream(60 * MEBIBYTE);
  private static final Duration SOON = Duration.ofMinutes(3);
  private static final Duration STANDING = Duration.ofSeconds(3);

  private Tmpfs disk;
  private Site site;
  private LoopbackLink link;

  @BeforeEach
  void prepare() throws Exception {
    Tools.need("openssl", "curl");
    disk = Tmpfs.mount("48m");
    site = new Site();
    link = site.link(4 * MEBIBYTE);
    for (var config : List.of(site.office(), site.vault())) {
      config.set("40MiB", "spool", "limit");
    }
    site.office().stream("data", STREAM.source());
    String held = Site.waitFor(site.file("flow"));
    site.office().stream("held", script(held + "; " + STREAM.source().getLast()));
    site.vault().stream("sum", Keystream.sink(site.file("sum")));
    site.vault().stream("committed", script("cat > /dev/null && touch " + site.file("committed")));
    String waiting = site.waitForGo() + "; ";
    site.vault().stream(
        "late", script(waiting + "exec openssl dgst -sha256 -r -out " + site.file("sum")));
    site.office().stream(
        "fails", script("head -c 3000000 /dev/zero; " + waiting + "echo bad luck >&2; exit 3"));
  }

  private static List<String> script(String words) {
    return List.of("sh", "-c", words);
  }

  @AfterEach
  void stop() throws Exception {
    link.close();
    site.close();
    new SpoolProcesses(disk.path()).end();
    disk.close();
  }

  @Test
  void theSenderWaitsForRoomAndGoesOn() throws Exception {
    SessionId id = senderIsFull("sum");

    AgentInfo info = site.sender().get(ApiPaths.AGENT, AgentInfo.class);
    assertThat(String.join("\n", info.warnings()))
        .contains("left in the spool " + disk.path(), "free space in that file system");
    assertThat(site.coordinator("agents").out()).contains("left in the spool " + disk.path());

    disk.free();
    link.restore();
    site.awaitDone(id, SOON);
    assertThat(Files.readString(site.file("sum")).strip()).isEqualTo(STREAM.sha256());
  }

  @Test
  void aSessionIsAbortedWhileTheSendersDiskIsFull() throws Exception {
    SessionId id = senderIsFull("committed");
    link.restore();
    CommandResult abort = site.coordinator("abort", id.text());
    assertThat(abort.exit()).as(abort.toString()).isZero();
    assertThat(site.awaitEnd(id, SOON).state()).isEqualTo(SessionState.ABORTED);
    Path directory = disk.path().resolve("longhaul-send-" + id);
    Eventually.holds("room again", SOON, () -> !Files.exists(directory));
    assertThat(new SpoolProcesses(disk.path()).alive()).isEmpty();
    assertThat(site.send(id).state()).isEqualTo(SessionState.ABORTED);
    assertThat(site.file("committed")).doesNotExist();
  }

  /** The stream flows when there is little room, and nothing is released. */
  private SessionId senderIsFull(String sink) throws Exception {
    site.office().set(disk.path().toString(), "spool", "directory");
    site.start();
    SessionId id = detached("held", sink);
    link.cut();
    disk.fillBut(5 * MEBIBYTE);
    Files.createFile(site.file("flow"));
    Eventually.holds("a stream that stands still", SOON, () -> standsStill(id));
    SendStatus still = site.send(id);
    assertThat(still.state()).isEqualTo(SessionState.RUNNING);
    assertThat(still.sealedBytes()).isLessThan(STREAM.bytes());
    assertThat(disk.usableBytes()).isZero();
    return id;
  }

  private boolean standsStill(SessionId id) throws Exception {
    long before = site.send(id).sealedBytes();
    Eventually.elapsed(STANDING);
    return disk.usableBytes() == 0 && site.send(id).sealedBytes() == before;
  }

  private SessionId detached(String source, String sink) throws Exception {
    return site.startDetached("office::" + source, "vault::" + sink, "--chunk-size", "1MiB");
  }

  @Test
  void theReceiverPausesSaysWhyAndGoesOn() throws Exception {
    SessionId id = receiverIsFull();
    assertThat(site.coordinator("status", id.text()).out())
        .contains("paused", disk.path().toString(), "free space in that file system");
    for (int looks = 0; looks < 10; looks++) { // a look for room in vain is no end of the pause
      assertThat(site.receive(id).state()).isEqualTo(SessionState.PAUSED);
      Eventually.elapsed(Duration.ofMillis(500));
    }

    disk.free();
    site.go();
    site.awaitDone(id, SOON);
    assertThat(Files.readString(site.file("sum")).strip()).isEqualTo(STREAM.sha256());
  }

  @Test
  void aSessionIsAbortedWhileTheReceiversDiskIsFull() throws Exception {
    SessionId id = receiverIsFull();
    CommandResult abort = site.coordinator("abort", id.text());
    assertThat(abort.exit()).as(abort.toString()).isZero();
    assertThat(site.awaitEnd(id, SOON).state()).isEqualTo(SessionState.ABORTED);
    assertThat(new SpoolProcesses(disk.path()).alive()).isEmpty();
    assertThat(site.file("sum")).doesNotExist();
  }

  private SessionId receiverIsFull() throws Exception {
    site.vault().set(disk.path().toString(), "spool", "directory");
    site.start();
    SessionId id = detached("data", "late");
    disk.fillBut(5 * MEBIBYTE);
    ReceiveStatus paused =
        Eventually.find(
            "a pause",
            SOON,
            () -> Optional.of(site.receive(id)).filter(now -> now.state() == SessionState.PAUSED));
    Failure why = paused.failure().orElseThrow();
    assertThat(why.kind()).isEqualTo(FailureKind.SPOOL_FAILED);
    assertThat(why.message()).contains("No space left on device", disk.path().toString());
    assertThat(why.message()).contains("free space in that file system");
    return id;
  }

  /** The pump's last word finds room; else its session would look like one that was killed. */
  @Test
  void aSourceThatFailsOnAFullDiskIsToldAsSuch() throws Exception {
    site.office().set(disk.path().toString(), "spool", "directory");
    site.start();
    SessionId id = detached("fails", "committed");
    link.cut();
    Eventually.holds("chunks", SOON, () -> site.send(id).sealedBytes() >= 2 * MEBIBYTE);
    disk.fillBut(0);
    site.go();
    SendStatus failed =
        Eventually.find(
            "the failure", SOON, () -> Optional.of(site.send(id)).filter(s -> s.state().ended()));
    assertThat(failed.failure().orElseThrow().kind()).isEqualTo(FailureKind.SOURCE_FAILED);
    assertThat(failed.failure().orElseThrow().message()).contains("status 3", "bad luck");
    link.restore();
    assertThat(site.awaitEnd(id, SOON).state()).isEqualTo(SessionState.FAILED);
    assertThat(site.file("committed")).doesNotExist();
  }
}

package io.longhaul.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.packaging.site.Eventually;
import io.longhaul.packaging.site.Keystream;
import io.longhaul.packaging.site.LoopbackLink;
import io.longhaul.packaging.site.Site;
import io.longhaul.packaging.site.Tools;
import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.Started;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Somebody, or a disk, changes a running session's spool: that session fails by name, no other. */
class DamagedSpoolIT {
  private static final long MEBIBYTE = 1 << 20;
  private static final Keystream STREAM = new Keystream(40 * MEBIBYTE);
  private static final Duration SOON = Duration.ofMinutes(3);

  private Site site;
  private LoopbackLink link;

  @BeforeEach
  void prepare() throws Exception {
    Tools.need("openssl", "curl");
    site = new Site();
    link = site.link(8 * MEBIBYTE);
    site.office().set("16MiB", "spool", "limit");
    site.office().stream("data", STREAM.source());
    site.vault().stream("sum", Keystream.sink(site.file("sum")));
    site.office().stream(
        "halting",
        List.of(
            "sh",
            "-c",
            "head -c 4194304 /dev/zero; " + site.waitForGo() + "; head -c 40000000 /dev/zero"));
    String commit = "cat > /dev/null && touch " + site.file("committed");
    site.vault().stream("committed", List.of("sh", "-c", commit));
    site.start();
  }

  @AfterEach
  void stop() throws Exception {
    link.close();
    site.close();
  }

  enum Damage {
    REMOVED {
      @Override
      void doTo(Path chunk) throws IOException {
        Files.delete(chunk);
      }
    },
    TRUNCATED {
      @Override
      void doTo(Path chunk) throws IOException {
        try (var file = new RandomAccessFile(chunk.toFile(), "rw")) {
          file.setLength(file.length() - 1);
        }
      }
    },
    BIT_FLIPPED {
      @Override
      void doTo(Path chunk) throws IOException {
        try (var file = new RandomAccessFile(chunk.toFile(), "rw")) {
          file.seek(77_777);
          int before = file.read();
          file.seek(77_777);
          file.write(before ^ 1);
        }
      }
    };

    abstract void doTo(Path chunk) throws IOException;
  }

  /** The chunk is sealed and damaged while nobody is there to fetch it. */
  @ParameterizedTest
  @EnumSource(Damage.class)
  void aChunkThatIsDamagedAtTheSender(Damage damage) throws Exception {
    SessionId id = begin("halting", "committed");
    site.awaitFed(id, MEBIBYTE, SOON);
    site.receiver().kill();
    site.go();
    long number = 7;
    Eventually.holds("chunks", SOON, () -> site.send(id).sealedTo() > number);
    damage.doTo(site.spool(id, Role.SEND).chunk(number));
    site.receiver().start();

    Failure failure = site.awaitFailure(id, SOON);

    assertThat(failure.kind())
        .isEqualTo(
            damage == Damage.BIT_FLIPPED ? FailureKind.DIGEST_MISMATCH : FailureKind.CHUNK_LOST);
    assertThat(failure.message()).contains("chunk " + number);
    assertThat(site.coordinator("status", id.text()).out()).contains("chunk " + number);
    assertThat(site.file("committed")).as("the sink's end of file").doesNotExist();
    othersGoOn();
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void aSessionsDirectoryIsRemoved(Role role) throws Exception {
    SessionId other = begin("data", "sum");
    SessionId id = begin("data", "committed");
    site.awaitFed(id, 2 * MEBIBYTE, SOON);
    SessionSpool spool = site.spool(id, role);
    Started send = site.started(id, Role.SEND);
    Started receive = site.started(id, Role.RECEIVE);

    Files.move(spool.directory(), site.file("trash")); // all of it at one instant

    Failure failure = site.awaitFailure(id, SOON);
    Eventually.holds(
        "a word of " + spool.directory(),
        SOON,
        () ->
            (failure.message() + site.send(id).failure().map(Failure::message).orElse(""))
                .contains(spool.directory().toString()));
    for (Started started : List.of(send, receive)) {
      for (ProcessIdentity process : List.of(started.pump(), started.child().orElseThrow())) {
        Eventually.holds("the end of " + process, SOON, () -> !process.isAlive());
      }
    }
    assertThat(site.file("committed")).doesNotExist();
    site.awaitDone(other, SOON);
    assertThat(Files.readString(site.file("sum")).strip()).isEqualTo(STREAM.sha256());
  }

  private void othersGoOn() throws Exception {
    site.awaitDone(begin("data", "sum"), SOON);
    assertThat(Files.readString(site.file("sum")).strip()).isEqualTo(STREAM.sha256());
  }

  private SessionId begin(String source, String sink) throws Exception {
    return site.startDetached("office::" + source, "vault::" + sink, "--chunk-size", "1MiB");
  }
}

package io.longhaul.protocol.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.pipe.Uptime;
import io.longhaul.protocol.spool.Sweeper.Known;
import io.longhaul.protocol.testing.Requirements;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.wire.SweepReport;
import io.longhaul.protocol.wire.SweepRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweeperTest {
  private static final SessionId A = new SessionId("01k6zv5q8r3m9x2c7b4t0hfgjd");
  private static final SessionId B = new SessionId("01k6zv5q8s3m9x2c7b4t0hfgjd");
  private static final SessionId C = new SessionId("01k6zv5q8t3m9x2c7b4t0hfgjd");
  private static final SessionId D = new SessionId("01k6zv5q8v3m9x2c7b4t0hfgjd");
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  private static final Duration UNTRIED = SessionLimits.DEFAULT.unreachable();
  private static final SweepRequest DELETE = SweepRequest.usual(false);
  private static final Known DONE = new Known.Ended("done", NOW, Duration.ZERO);

  private Duration uptime = Duration.ofDays(1);
  private Instant now = NOW;

  private Retention retention() {
    return new Retention(() -> now, new Uptime("boot", () -> uptime.toNanos()));
  }

  private List<SweepReport.Entry> sweep(
      SpoolRoot root, SweepRequest request, Map<SessionId, Known> known) throws IOException {
    return sweep(root, retention(), request, known);
  }

  private static List<SweepReport.Entry> sweep(
      SpoolRoot root, Retention retention, SweepRequest request, Map<SessionId, Known> known)
      throws IOException {
    return new Sweeper(root, retention)
        .sweep(request, spool -> known.getOrDefault(spool.id(), new Known.Stray()))
        .entries();
  }

  private static SweepRequest olderThan(Duration time) {
    return new SweepRequest(false, Optional.of(time));
  }

  private static void touched(SessionSpool spool, Instant when) throws IOException {
    Files.setLastModifiedTime(spool.directory(), FileTime.from(when));
  }

  @Test
  void deletesWhatHasEndedAndKeepsTheRest(@TempDir Path dir) throws Exception {
    try (SpoolRoot root = SpoolRoot.open(dir, Role.SEND)) {
      SessionSpool ended = root.create(A, new byte[0]);
      Files.write(ended.chunk(0), new byte[1000]);
      Files.write(ended.part(1), new byte[24]);
      SessionSpool kept = root.create(B, new byte[0]);
      Map<SessionId, Known> known = Map.of(A, DONE, B, new Known.Kept("runs"));

      assertThat(sweep(root, SweepRequest.usual(true), known))
          .containsExactly(
              new SweepReport.Entry(A, 1024, true, false, "done"),
              new SweepReport.Entry(B, 0, false, false, "runs"));
      assertThat(ended.chunk(0)).exists();

      assertThat(sweep(root, DELETE, known))
          .containsExactly(
              new SweepReport.Entry(A, 1024, true, true, "done"),
              new SweepReport.Entry(B, 0, false, false, "runs"));
      assertThat(ended.directory()).doesNotExist();
      assertThat(kept.request()).exists();
    }
  }

  @Test
  void aLivePumpIsNeverStale(@TempDir Path dir) throws Exception {
    try (SpoolRoot root = SpoolRoot.open(dir, Role.RECEIVE)) {
      SessionSpool spool = root.create(A, new byte[0]);
      try (LockHolder pump = LockHolder.start(spool.lock())) {
        assertThat(pump.answer()).isEqualTo("held");
        assertThat(sweep(root, DELETE, Map.of(A, DONE)))
            .containsExactly(new SweepReport.Entry(A, 0, false, false, "a pump works on it"));
      }
      assertThat(spool.request()).exists();
    }
  }

  /** Its agent may be dead for days: the pump alone decides. */
  @Test
  void theLockAloneSaysThatASessionLives(@TempDir Path dir) throws Exception {
    try (SpoolRoot root = SpoolRoot.open(dir, Role.SEND)) {
      SessionSpool spool = root.create(A, new byte[0]);
      try (LockHolder pump = LockHolder.start(spool.lock())) {
        assertThat(pump.answer()).isEqualTo("held");
        touched(spool, Instant.EPOCH);
        assertThat(sweep(root, olderThan(Duration.ZERO), Map.of()))
            .containsExactly(new SweepReport.Entry(A, 0, false, false, "a pump works on it"));
        pump.kill();
      }
      touched(spool, Instant.EPOCH);
      assertThat(sweep(root, DELETE, Map.of()))
          .as("a lock file that nobody holds keeps nothing")
          .extracting(SweepReport.Entry::deleted)
          .containsExactly(true);
    }
  }

  @Test
  void oneThatNeverHadAPumpIsJudgedLikeAnyOther(@TempDir Path dir) throws Exception {
    try (SpoolRoot root = SpoolRoot.open(dir, Role.SEND)) {
      SessionSpool spool = root.create(A, new byte[0]);
      assertThat(spool.lock()).doesNotExist();
      touched(spool, NOW.minus(UNTRIED));
      assertThat(sweep(root, DELETE, Map.of()).getFirst().deleted()).isFalse();
      assertThat(sweep(root, DELETE, Map.of(A, DONE)).getFirst().deleted()).isTrue();
    }
  }

  @Test
  void aStrayGoesWhenItWasNotTouchedForLong(@TempDir Path dir) throws Exception {
    Instant limit = NOW.minus(UNTRIED);
    try (SpoolRoot root = SpoolRoot.open(dir, Role.SEND)) {
      SessionSpool old = root.create(A, new byte[0]);
      SessionSpool young = root.create(B, new byte[0]);
      touched(old, limit.minusSeconds(1));
      touched(young, limit);
      List<SweepReport.Entry> entries = sweep(root, DELETE, Map.of());
      assertThat(entries).extracting(SweepReport.Entry::deleted).containsExactly(true, false);
      assertThat(entries.getFirst().why())
          .isEqualTo("cannot be taken up, last touched 2026-05-24T23:59:59Z, more than 7d");
      assertThat(entries.getLast().why()).endsWith("kept for 7d");
      assertThat(old.directory()).doesNotExist();
      assertThat(young.directory()).exists();
    }
  }

  @Test
  void whatHasEndedGoesAfterItsRetention(@TempDir Path dir) throws Exception {
    Duration day = Duration.ofDays(1);
    Known over = new Known.Ended("failed", NOW.minus(day).minusMillis(1), day);
    Known within = new Known.Ended("failed", NOW.minus(day), day);
    try (SpoolRoot root = SpoolRoot.open(dir, Role.SEND)) {
      root.create(A, new byte[0]);
      root.create(B, new byte[0]);
      assertThat(sweep(root, DELETE, Map.of(A, over, B, within)))
          .extracting(SweepReport.Entry::deleted)
          .containsExactly(true, false);
      assertThat(root.session(B).request()).exists();
    }
  }

  @Test
  void anAgeThatIsAskedForTakesThePlaceOfAllRetentions(@TempDir Path dir) throws Exception {
    Duration day = Duration.ofDays(1);
    Instant hourAgo = NOW.minus(Duration.ofHours(1));
    Map<SessionId, Known> known =
        Map.of(
            A, new Known.Ended("failed", hourAgo, day),
            B, new Known.Ended("done", hourAgo, Duration.ZERO),
            D, new Known.Kept("runs"));
    try (SpoolRoot root = SpoolRoot.open(dir, Role.SEND)) {
      for (SessionId id : List.of(A, B, C, D)) {
        touched(root.create(id, new byte[0]), hourAgo);
      }
      assertThat(sweep(root, olderThan(Duration.ofHours(1)), known))
          .extracting(SweepReport.Entry::stale)
          .containsExactly(false, false, false, false);
      assertThat(sweep(root, olderThan(Duration.ofMinutes(59)), known))
          .extracting(SweepReport.Entry::deleted)
          .containsExactly(true, true, true, false);
    }
  }

  @Test
  void nothingGoesByAgeWithinAnHourOfBoot(@TempDir Path dir) throws Exception {
    uptime = Duration.ofMinutes(59);
    nothingGoesByAge(dir, retention(), "not judged by age within an hour of boot");
  }

  @Test
  void nothingGoesByAgeAfterTheClockHasJumped(@TempDir Path dir) throws Exception {
    Retention retention = retention();
    now = NOW.plus(Duration.ofDays(365));
    nothingGoesByAge(dir, retention, "the clock has jumped");
  }

  private static void nothingGoesByAge(Path dir, Retention retention, String why) throws Exception {
    Known ended = new Known.Ended("failed", Instant.EPOCH, Duration.ofDays(1));
    try (SpoolRoot root = SpoolRoot.open(dir, Role.RECEIVE)) {
      touched(root.create(A, new byte[0]), Instant.EPOCH);
      root.create(B, new byte[0]);
      List<SweepReport.Entry> entries = sweep(root, retention, DELETE, Map.of(B, ended));
      assertThat(entries)
          .hasSize(2)
          .allMatch(entry -> !entry.stale() && !entry.deleted() && entry.why().contains(why));
      assertThat(sweep(root, retention, DELETE, Map.of(A, DONE, B, DONE)))
          .as("what needs no age goes")
          .allMatch(SweepReport.Entry::deleted);
    }
  }

  /** By its name it may be ours; without a request nobody can tell. */
  @Test
  void aDirectoryWithoutOurMarkerStays(@TempDir Path dir) throws Exception {
    try (SpoolRoot root = SpoolRoot.open(dir, Role.SEND)) {
      SessionSpool foreign = root.create(A, new byte[0]);
      Files.move(foreign.request(), foreign.chunk(7));
      SessionSpool link = root.create(B, new byte[0]);
      Files.move(link.request(), link.chunk(7));
      Files.createSymbolicLink(link.request(), link.chunk(7));
      SessionSpool unborn = root.create(C, new byte[0]);
      Files.move(unborn.request(), unborn.directory().resolve(".request.json.new"));
      SessionSpool unburied = root.create(D, new byte[0]);
      Files.move(unburied.request(), unburied.lock());
      for (SessionSpool spool : List.of(foreign, link, unborn, unburied)) {
        touched(spool, Instant.EPOCH);
      }
      List<SweepReport.Entry> entries = sweep(root, DELETE, Map.of());
      assertThat(entries)
          .extracting(SweepReport.Entry::deleted)
          .containsExactly(false, false, true, true);
      assertThat(entries.getFirst().why()).contains("no request.json", "by hand");
      assertThat(foreign.chunk(7)).exists();
      assertThat(link.chunk(7)).exists();
    }
  }

  /** In a directory like /tmp anybody may put such names. */
  @Test
  void lookAlikesAreNotEvenLookedAt(@TempDir Path dir, @TempDir Path elsewhere) throws Exception {
    try (SpoolRoot root = SpoolRoot.open(dir, Role.SEND)) {
      SessionSpool ours = root.create(A, new byte[0]);
      Path precious = Files.writeString(elsewhere.resolve("request.json"), "keep me");
      Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rwx------"));
      Files.createSymbolicLink(dir.resolve("longhaul-send-" + B), elsewhere);
      Files.createSymbolicLink(dir.resolve("longhaul-send-" + C), ours.directory());
      for (String name :
          List.of(
              "longhaul-send-" + A + ".bak",
              "longhaul-send-" + A.text().toUpperCase(Locale.ROOT),
              "longhaul-receive-" + A,
              "longhaul-send-",
              "longhaul-send-..",
              "xlonghaul-send-" + D,
              " longhaul-send-" + D)) {
        Path directory = Files.createDirectory(dir.resolve(name));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        Files.createFile(directory.resolve("request.json"));
        Files.setLastModifiedTime(directory, FileTime.from(Instant.EPOCH));
      }
      touched(ours, Instant.EPOCH);

      assertThat(sweep(root, DELETE, Map.of()))
          .extracting(SweepReport.Entry::id, SweepReport.Entry::deleted)
          .containsExactly(tuple(A, true));

      assertThat(precious).hasContent("keep me");
      try (Stream<Path> left = Files.list(dir)) {
        assertThat(left).as("the agent's lock, two links, seven directories").hasSize(10);
      }
    }
  }

  @Test
  void directoriesOfAnotherUserAreNotEvenLookedAt(@TempDir Path dir) throws Exception {
    Requirements.need("root".equals(System.getProperty("user.name")), "the rights of root");
    try (SpoolRoot root = SpoolRoot.open(dir, Role.SEND)) {
      SessionSpool theirs = root.create(A, new byte[0]);
      Files.setOwner(
          theirs.directory(),
          dir.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
      touched(theirs, Instant.EPOCH);
      assertThat(sweep(root, DELETE, Map.of(A, DONE))).isEmpty();
      assertThat(theirs.request()).exists();
    }
  }

  @Test
  void linksInADirectoryAreNeitherFollowedNorCounted(@TempDir Path dir, @TempDir Path elsewhere)
      throws Exception {
    Path precious = Files.write(elsewhere.resolve("precious"), new byte[100_000]);
    try (SpoolRoot root = SpoolRoot.open(dir, Role.SEND)) {
      SessionSpool spool = root.create(A, new byte[0]);
      Files.createSymbolicLink(spool.chunk(0), precious);
      Files.createSymbolicLink(spool.chunk(1), elsewhere);
      Files.createLink(spool.chunk(2), precious);
      Files.createSymbolicLink(spool.lock(), precious);
      SweepReport.Entry locked = sweep(root, DELETE, Map.of(A, DONE)).getFirst();
      assertThat(locked.deleted()).as("a lock that is a link tells nothing").isFalse();
      assertThat(locked.why()).startsWith("cannot be swept: ");

      Files.delete(spool.lock());
      SweepReport.Entry entry = sweep(root, DELETE, Map.of(A, DONE)).getFirst();
      assertThat(entry.deleted()).isTrue();
      assertThat(entry.bytes()).isLessThan(101_000);
      assertThat(precious).hasSize(100_000);
    }
  }

  @Test
  void oneThatCannotBeSweptDoesNotKeepTheOthers(@TempDir Path dir) throws Exception {
    try (SpoolRoot root = SpoolRoot.open(dir, Role.SEND)) {
      SessionSpool foreign = root.create(A, new byte[0]);
      Files.createDirectory(foreign.directory().resolve("not-ours"));
      root.create(B, new byte[0]);
      root.create(C, new byte[0]);
      List<SweepReport.Entry> entries =
          new Sweeper(root, retention())
              .sweep(
                  DELETE,
                  spool -> {
                    if (spool.id().equals(B)) {
                      throw new IOException("the disk is odd");
                    }
                    return DONE;
                  })
              .entries();
      assertThat(entries)
          .extracting(SweepReport.Entry::deleted)
          .containsExactly(false, false, true);
      assertThat(entries.get(0).why()).startsWith("cannot be swept: ");
      assertThat(entries.get(1).why()).contains("the disk is odd");
    }
  }
}

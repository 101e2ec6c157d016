package io.longhaul.protocol.spool;

import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.wire.SweepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds and deletes stale session directories in an agent's own root (design section 3): ours by
 * naming, owner and mode; lock free; and the session ended and past its retention, or, for one that
 * no agent could take up, untouched for longer than the default unreachable limit. Never by age
 * within an hour of boot, when the clock may be wrong.
 */
public final class Sweeper {
  private static final Duration AFTER_BOOT = Duration.ofHours(1);
  private static final Path UPTIME = Path.of("/proc/uptime");

  private final SpoolRoot root;
  private final InstantSource clock;

  /** Creates the sweeper of a root. */
  public Sweeper(SpoolRoot root, InstantSource clock) {
    this.root = root;
    this.clock = clock;
  }

  /** What the agent knows of a session directory. */
  public sealed interface Known {
    /** The session is in use or kept, for this reason. */
    record Kept(String why) implements Known {}

    /** The session has ended and nothing of it is needed. */
    record Ended(String why) implements Known {}

    /** The agent could not take it up. */
    record Stray() implements Known {}
  }

  /** Tells what the agent knows of a session. */
  @FunctionalInterface
  public interface Knowledge {
    /** Returns what is known of the session in this directory. */
    Known of(SessionSpool spool) throws IOException;
  }

  /**
   * Looks at every session directory and deletes the stale ones. One that cannot be judged or
   * deleted is left, and reported with the reason.
   *
   * @param dryRun only tell
   * @throws IOException if the root cannot be listed
   */
  public SweepReport sweep(boolean dryRun, Knowledge knowledge) throws IOException {
    List<SweepReport.Entry> entries = new ArrayList<>();
    for (SessionSpool spool : root.sessions()) {
      entries.add(sweep(spool, dryRun, knowledge));
    }
    return new SweepReport(entries);
  }

  /* What is wrong with one directory must not keep the others. */
  private SweepReport.Entry sweep(SessionSpool spool, boolean dryRun, Knowledge knowledge) {
    long bytes = 0;
    try {
      bytes = bytes(spool);
      Verdict verdict = judge(spool, knowledge);
      boolean deleted = verdict.stale && !dryRun;
      if (deleted) {
        spool.delete();
      }
      return new SweepReport.Entry(spool.id(), bytes, verdict.stale, deleted, verdict.why);
    } catch (IOException e) {
      return new SweepReport.Entry(spool.id(), bytes, false, false, "cannot be swept: " + e);
    }
  }

  private record Verdict(boolean stale, String why) {}

  private Verdict judge(SessionSpool spool, Knowledge knowledge) throws IOException {
    if (SpoolLock.isHeld(spool.lock())) {
      return new Verdict(false, "a pump works on it");
    }
    return switch (knowledge.of(spool)) {
      case Sweeper.Known.Kept kept -> new Verdict(false, kept.why());
      case Sweeper.Known.Ended ended -> new Verdict(true, ended.why());
      case Sweeper.Known.Stray _ -> judgeByAge(spool);
    };
  }

  private Verdict judgeByAge(SessionSpool spool) throws IOException {
    if (uptime().compareTo(AFTER_BOOT) < 0) {
      return new Verdict(false, "cannot be taken up; not judged within an hour of boot");
    }
    Instant touched = Files.getLastModifiedTime(spool.directory()).toInstant();
    boolean old = touched.isBefore(clock.instant().minus(SessionLimits.DEFAULT.unreachable()));
    return new Verdict(old, "cannot be taken up; last touched " + touched);
  }

  private static Duration uptime() throws IOException {
    String seconds = Files.readString(UPTIME).split(" ", 2)[0];
    return Duration.ofMillis((long) (Double.parseDouble(seconds) * 1000));
  }

  private static long bytes(SessionSpool spool) throws IOException {
    long bytes = 0;
    for (Path file : spool.chunkFiles()) {
      bytes += size(file).orElse(0L);
    }
    return bytes;
  }

  private static Optional<Long> size(Path file) {
    try {
      return Optional.of(Files.size(file));
    } catch (IOException e) {
      return Optional.empty(); // fed or released meanwhile
    }
  }
}

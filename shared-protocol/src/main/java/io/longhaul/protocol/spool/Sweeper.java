package io.longhaul.protocol.spool;

import io.longhaul.protocol.config.TimeSpan;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.wire.SweepReport;
import io.longhaul.protocol.wire.SweepRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds and deletes stale session directories in an agent's own root (design section 3): ours by
 * naming, owner, mode and marker; lock free; and the session ended and past its retention, or, for
 * one that no agent could take up, untouched for longer than the default unreachable limit. Never
 * by age while the clock cannot be trusted; see {@link Retention}.
 */
public final class Sweeper {
  private final SpoolRoot root;
  private final Retention retention;

  /** Creates the sweeper of a root. */
  public Sweeper(SpoolRoot root, Retention retention) {
    this.root = root;
    this.retention = retention;
  }

  /** What the agent knows of a session directory. */
  public sealed interface Known {
    /** The session is in use or kept, for this reason. */
    record Kept(String why) implements Known {}

    /** The session has ended at this instant, and what is left of it is kept for this long. */
    record Ended(String why, Instant when, Duration kept) implements Known {}

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
   * @throws IOException if the root cannot be listed
   */
  public SweepReport sweep(SweepRequest request, Knowledge knowledge) throws IOException {
    List<SweepReport.Entry> entries = new ArrayList<>();
    for (SessionSpool spool : root.sessions()) {
      entries.add(sweep(spool, request, knowledge));
    }
    return new SweepReport(entries);
  }

  /* What is wrong with one directory must not keep the others. */
  private SweepReport.Entry sweep(SessionSpool spool, SweepRequest request, Knowledge knowledge) {
    long bytes = 0;
    try {
      bytes = bytes(spool);
      Verdict verdict = judge(spool, request.olderThan(), knowledge);
      boolean deleted = verdict.stale && !request.dryRun();
      if (deleted) {
        spool.delete();
      }
      return new SweepReport.Entry(spool.id(), bytes, verdict.stale, deleted, verdict.why);
    } catch (IOException e) {
      return new SweepReport.Entry(spool.id(), bytes, false, false, "cannot be swept: " + e);
    }
  }

  private record Verdict(boolean stale, String why) {}

  private Verdict judge(SessionSpool spool, Optional<Duration> olderThan, Knowledge knowledge)
      throws IOException {
    if (SpoolLock.isHeld(spool.lock())) {
      return new Verdict(false, "a pump works on it");
    }
    if (!spool.isMarked()) {
      return new Verdict(
          false, "it has no request.json; if nothing in it is needed, delete it by hand");
    }
    return switch (knowledge.of(spool)) {
      case Sweeper.Known.Kept kept -> new Verdict(false, kept.why());
      case Sweeper.Known.Ended ended ->
          byAge(ended.why(), ended.when(), olderThan.orElse(ended.kept()));
      case Sweeper.Known.Stray _ -> {
        Instant touched = Files.getLastModifiedTime(spool.directory()).toInstant();
        yield byAge(
            "cannot be taken up, last touched " + touched.truncatedTo(ChronoUnit.SECONDS),
            touched,
            olderThan.orElse(SessionLimits.DEFAULT.unreachable()));
      }
    };
  }

  private Verdict byAge(String why, Instant since, Duration kept) {
    if (kept.isZero()) {
      return new Verdict(true, why);
    }
    Optional<String> distrust = retention.distrust();
    if (distrust.isPresent()) {
      return new Verdict(false, why + "; " + distrust.get());
    }
    boolean over = retention.isOver(since, kept);
    return new Verdict(over, why + (over ? ", more than " : ", kept for ") + new TimeSpan(kept));
  }

  static long bytes(SessionSpool spool) throws IOException {
    long bytes = 0;
    for (Path file : spool.chunkFiles()) {
      bytes += size(file).orElse(0L);
    }
    return bytes;
  }

  private static Optional<Long> size(Path file) {
    try {
      return Optional.of(
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).size());
    } catch (IOException e) {
      return Optional.empty(); // fed or released meanwhile
    }
  }
}

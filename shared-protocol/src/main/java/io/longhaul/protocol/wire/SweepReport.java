package io.longhaul.protocol.wire;

import io.longhaul.protocol.SessionId;
import java.util.List;

/**
 * The answer to {@code POST /v1/sweep}.
 *
 * @param entries every session directory that was looked at
 */
public record SweepReport(List<Entry> entries) {
  /** Returns how many directories are gone. */
  public long deleted() {
    return entries.stream().filter(Entry::deleted).count();
  }

  /**
   * One session directory.
   *
   * @param id the session
   * @param bytes what its files take
   * @param stale whether it may go
   * @param deleted whether it is gone
   * @param why the rule that decided
   */
  public record Entry(SessionId id, long bytes, boolean stale, boolean deleted, String why) {}
}

package io.longhaul.protocol.grant;

import io.longhaul.protocol.config.DataSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How much of an agent an identity may take.
 *
 * @param sessions the most live sessions at a time, 1 or more
 * @param spoolBytes the most that each of them may spool
 */
public record Quota(int sessions, long spoolBytes) {
  /** As much as the agent has. */
  public static final Quota UNLIMITED = new Quota(Integer.MAX_VALUE, Long.MAX_VALUE);

  private static final int DEFAULT_SESSIONS = 16;

  /** Returns the quota of a grant that says this; without {@code spool}, the agent's own limit. */
  public static Quota of(Optional<Integer> sessions, Optional<DataSize> spool) {
    return new Quota(
        sessions.orElse(DEFAULT_SESSIONS), spool.map(DataSize::bytes).orElse(Long.MAX_VALUE));
  }

  /**
   * Returns every fault, for the configuration key {@code key}.
   *
   * @param leastSpool the smallest spool that can work, in bytes
   */
  public List<String> problems(String key, long leastSpool) {
    List<String> problems = new ArrayList<>();
    if (sessions < 1) {
      problems.add(key + ".sessions: must be 1 or more, was " + sessions);
    }
    if (spoolBytes < leastSpool) {
      problems.add(
          key
              + ".spool: must hold at least two chunks, so "
              + new DataSize(leastSpool)
              + " or more, was "
              + new DataSize(spoolBytes));
    }
    return problems;
  }
}

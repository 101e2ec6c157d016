package io.longhaul.protocol.spool;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.failure.ProblemType;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * How many sessions an agent takes on at a time, and how much all of them may spool. What is
 * counted of a session is what it may spool, not what it does at the moment: once begun, it is
 * never in need of room that another one has.
 *
 * @param sessions the most sessions
 * @param totalBytes the most that all sessions may spool; empty if only the disk sets a bound
 */
public record Capacity(int sessions, Optional<Long> totalBytes) {
  /**
   * Goes on if a session may begin.
   *
   * @param root the spool, where sessions that have ended may have left something
   * @param promised what each session may spool, in bytes, the one that is to begin among them
   * @throws ProblemException if there are too many sessions or not enough room
   */
  public void require(SpoolRoot root, Map<SessionId, Long> promised)
      throws ProblemException, IOException {
    if (promised.size() > sessions) {
      throw new ProblemException(
          ProblemType.TOO_MANY_REQUESTS,
          "Tried to create a session but this agent has "
              + sessions
              + ", as many as limits.sessions allows; wait until one has ended");
    }
    if (totalBytes.isPresent()) {
      requireRoom(root, promised, totalBytes.get());
    }
  }

  private static void requireRoom(SpoolRoot root, Map<SessionId, Long> promised, long total)
      throws ProblemException, IOException {
    long needed = promised.values().stream().mapToLong(Long::longValue).sum();
    for (SessionSpool spool : root.sessions()) {
      if (!promised.containsKey(spool.id())) {
        needed += Sweeper.bytes(spool);
      }
    }
    if (needed > total) {
      throw new ProblemException(
          ProblemType.NO_SPACE,
          "Tried to create a session but with it "
              + DataSize.display(needed)
              + " would be promised of the "
              + DataSize.display(total)
              + " that spool.total allows; wait until another session has ended, or raise"
              + " spool.total");
    }
  }
}

package io.longhaul.protocol.spool;

import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import java.time.Instant;

/**
 * A pause that a person asked for: no limit counts and nothing crosses the network until it is
 * taken back. It is a file of the session, so that it outlasts the agent.
 *
 * @param by the identity that asked
 * @param reason why, in that person's words
 * @param since when, by the agent's wall clock
 */
public record Pause(String by, String reason, Instant since) {
  /** Returns the pause as what a status tells. */
  public Failure failure() {
    return Failure.resumable(
        FailureKind.PAUSED, "Paused by " + by + " at " + since + ": " + reason);
  }
}

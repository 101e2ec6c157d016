package io.longhaul.receiver.pull;

import io.longhaul.protocol.durable.Shortage;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.failure.SessionPausedException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.spool.SessionSpool;
import java.io.IOException;
import java.util.Optional;

/** What an error of the receiver's own disk means for a session. */
final class SpoolTrouble {
  private SpoolTrouble() {}

  /**
   * Returns what to throw.
   *
   * @param what what was tried, for the message: {@code "write chunk 4"}
   */
  static TransferException of(String what, SessionSpool spool, IOException cause) {
    String why =
        "Tried to "
            + what
            + " of session "
            + spool.id()
            + " in "
            + spool.directory()
            + " but "
            + cause;
    Optional<Shortage> shortage = Shortage.of(cause);
    if (shortage.isPresent()) {
      return new SessionPausedException(
          FailureKind.SPOOL_FAILED,
          why + "; " + shortage.get().remedy() + ": the session then goes on by itself");
    }
    return new SessionEndedException(
        Failure.resumable(
            FailureKind.SPOOL_FAILED, why + "; check the file system of the spool directory"),
        cause);
  }
}

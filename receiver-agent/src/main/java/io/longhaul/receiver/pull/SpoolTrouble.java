package io.longhaul.receiver.pull;

import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.failure.SessionPausedException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.spool.SessionSpool;
import java.io.IOException;
import java.util.Locale;

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
    String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    if (text.contains("no space left") || text.contains("quota exceeded")) {
      return new SessionPausedException(
          why + "; free space in that file system, or raise the quota, then resume the session");
    }
    return new SessionEndedException(
        Failure.resumable(
            FailureKind.SPOOL_FAILED, why + "; check the file system of the spool directory"),
        cause);
  }
}

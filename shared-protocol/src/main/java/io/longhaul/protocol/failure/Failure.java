package io.longhaul.protocol.failure;

/**
 * Why a session failed, as it is shown to the user and told to the peer.
 *
 * @param kind the stable name of the cause
 * @param message what was tried, on what, why it failed, and what to do; may have several lines
 * @param resumable whether what was spooled or received can still be of use
 */
public record Failure(FailureKind kind, String message, boolean resumable) {
  /** Keeps the first 32 Ki characters of the message, and no control characters. */
  public Failure {
    message = Said.fit(message);
  }

  /** Returns a failure after which the stream can be taken up again. */
  public static Failure resumable(FailureKind kind, String message) {
    return new Failure(kind, message, true);
  }

  /** Returns a failure after which only a new session helps. */
  public static Failure permanent(FailureKind kind, String message) {
    return new Failure(kind, message, false);
  }
}

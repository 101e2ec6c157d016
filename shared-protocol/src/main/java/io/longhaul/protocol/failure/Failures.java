package io.longhaul.protocol.failure;

import java.time.Duration;
import java.util.Optional;

/**
 * The one place that says what an unexpected HTTP answer means for a session (design section 6).
 *
 * <p>Pure. A 404 or 410 ends a session only with a problem type of our own: a proxy that is being
 * reloaded must not end a transfer of 30 hours.
 */
public final class Failures {
  private Failures() {}

  /**
   * Returns what to throw for an answer that was not the one asked for.
   *
   * @param what what was tried, for the message: {@code "fetch chunk 4 of session …"}
   * @param status the HTTP status
   * @param problem the body, if it was a problem
   * @param retryAfter the {@code Retry-After} header, zero if there was none
   */
  public static TransferException ofReply(
      String what, int status, Optional<Problem> problem, Duration retryAfter) {
    String why =
        "Tried to "
            + what
            + " but the peer answered "
            + status
            + problem.map(p -> " (" + p.title() + ": " + p.detail() + ")").orElse("");
    return switch (status) {
      case 401 ->
          new SessionPausedException(why + "; check the token of this peer on both sides", status);
      case 403 -> new SessionPausedException(why + "; check what the peer grants to us", status);
      case 507 -> new SessionPausedException(why + "; free space on the peer", status);
      default ->
          problem
              .flatMap(Problem::known)
              .map(type -> ended(type, why))
              .orElse(Optional.empty())
              .<TransferException>map(failure -> new SessionEndedException(failure, status))
              .orElseGet(() -> new RetryableException(why, retryAfter, status));
    };
  }

  private static Optional<Failure> ended(ProblemType type, String why) {
    return switch (type) {
      case NO_SUCH_SESSION -> Optional.of(Failure.permanent(FailureKind.NO_SUCH_SESSION, why));
      case SESSION_ENDED -> Optional.of(Failure.permanent(FailureKind.PEER_FAILED, why));
      case CHUNK_LOST, CHUNK_RELEASED ->
          Optional.of(Failure.resumable(FailureKind.CHUNK_LOST, why));
      case BAD_REQUEST, METHOD_NOT_ALLOWED, CONFLICT, TOO_LARGE, NOT_FOUND, UNAVAILABLE_HERE ->
          Optional.of(Failure.permanent(FailureKind.PEER_REFUSED, why));
      case UNAUTHORIZED,
          FORBIDDEN,
          CHUNK_NOT_SEALED,
          PRECONDITION_FAILED,
          RANGE_NOT_SATISFIABLE,
          TOO_MANY_REQUESTS,
          INTERNAL,
          NOT_READY,
          NO_SPACE ->
          Optional.empty();
    };
  }
}

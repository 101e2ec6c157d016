package io.longhaul.protocol.failure;

import java.util.Optional;

/**
 * An error answer (RFC 9457), sent as {@code application/problem+json}.
 *
 * @param type the stable URI of a {@link ProblemType}
 * @param title the summary of that type
 * @param status the HTTP status, repeated in the body
 * @param detail what happened to which object and what to do
 * @param retryable whether the same request may succeed later
 */
public record Problem(String type, String title, int status, String detail, boolean retryable) {
  /** The media type of a problem. */
  public static final String MEDIA_TYPE = "application/problem+json";

  /** Returns the problem of this type with its detail. */
  public static Problem of(ProblemType type, String detail) {
    return new Problem(type.uri(), type.title(), type.status(), detail, type.retryable());
  }

  /** Returns our own type; empty if the answer came from somebody else, such as a proxy. */
  public Optional<ProblemType> known() {
    return ProblemType.of(type);
  }
}

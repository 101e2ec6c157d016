package io.longhaul.protocol.failure;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The kinds of error that an agent answers, each with its status and its stable type URI. */
public enum ProblemType {
  /** The request's syntax or values are wrong. */
  BAD_REQUEST(400, "The request is not understood", false),
  /** No credential, or an unknown one. */
  UNAUTHORIZED(401, "A valid bearer token is needed", false),
  /** The certificate is not accepted, or the identity may not do this. */
  FORBIDDEN(403, "Not allowed", false),
  /** The agent does not know this session, or it belongs to somebody else. */
  NO_SUCH_SESSION(404, "No such session", false),
  /** The agent has no such dataset, stream or peer. */
  NOT_FOUND(404, "Not found", false),
  /** The chunk is not sealed yet. */
  CHUNK_NOT_SEALED(404, "The chunk is not there yet", true),
  /** The method is not for this path. */
  METHOD_NOT_ALLOWED(405, "Method not allowed", false),
  /** The request contradicts what is there: another session of this id, a target in use. */
  CONFLICT(409, "Conflict", false),
  /** The session has ended. */
  SESSION_ENDED(410, "The session has ended", false),
  /** The chunk was released by its reader. */
  CHUNK_RELEASED(410, "The chunk was released", false),
  /** The chunk is recorded but its file is gone or damaged. */
  CHUNK_LOST(410, "The chunk is lost", false),
  /** If-Match does not hold. */
  PRECONDITION_FAILED(412, "Precondition failed", false),
  /** The body is larger than allowed. */
  TOO_LARGE(413, "The request is too large", false),
  /** The range lies outside of the chunk. */
  RANGE_NOT_SATISFIABLE(416, "Range not satisfiable", false),
  /** What the request needs is missing on this machine: a command, a feature of its ZFS. */
  UNAVAILABLE_HERE(422, "This machine cannot do that", false),
  /** Too many requests, connections or calls of this identity, or sessions of this agent. */
  TOO_MANY_REQUESTS(429, "Too many requests", true),
  /** A fault of the agent. */
  INTERNAL(500, "The agent failed", true),
  /** The agent is starting or ending, or cannot read the session's directory. */
  NOT_READY(503, "Not ready", true),
  /** The agent's disk is full. */
  NO_SPACE(507, "No space left in the spool", true);

  private static final String PREFIX = "urn:longhaul:problem:";

  private final int status;
  private final String title;
  private final boolean retryable;

  ProblemType(int status, String title, boolean retryable) {
    this.status = status;
    this.title = title;
    this.retryable = retryable;
  }

  /** Returns the type with this URI; empty for one that is not ours. */
  public static Optional<ProblemType> of(String uri) {
    return Arrays.stream(values()).filter(type -> type.uri().equals(uri)).findFirst();
  }

  /** Returns the HTTP status. */
  public int status() {
    return status;
  }

  /** Returns the human-readable summary, the same for each occurrence. */
  public String title() {
    return title;
  }

  /** Returns whether the same request may succeed later. */
  public boolean retryable() {
    return retryable;
  }

  /** Returns the stable URI, such as {@code urn:longhaul:problem:no-such-session}. */
  public String uri() {
    return PREFIX + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

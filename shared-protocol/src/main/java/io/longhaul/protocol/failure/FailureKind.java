package io.longhaul.protocol.failure;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * Why a session ended without its stream being delivered. The text form is kebab-case and stable.
 */
public enum FailureKind {
  /** The source exited with a status that does not count as success, or could not be started. */
  SOURCE_FAILED,
  /** A repeatable source, started again, did not give the same bytes as before. */
  SOURCE_DIFFERS,
  /** The sink exited with a status other than 0, or could not be started. */
  SINK_FAILED,
  /** The sink exited before it was given the last byte. */
  SINK_EXITED_EARLY,
  /** A pump ended without leaving an outcome. */
  PUMP_DIED,
  /** The sink reported success but the target is not what was sent. */
  RESULT_DIFFERS,
  /** A chunk kept failing its digest. */
  DIGEST_MISMATCH,
  /** A chunk that the manifest lists can no longer be had from the sender. */
  CHUNK_LOST,
  /** The spool holds something that contradicts itself. */
  SPOOL_DAMAGED,
  /** The spool cannot be written. */
  SPOOL_FAILED,
  /** Peer reachable, but nothing moved for the session's stalled limit. */
  STALLED,
  /** The peer was out of reach for the session's unreachable limit. */
  UNREACHABLE,
  /** The peer does not know the session, or not any more. */
  NO_SUCH_SESSION,
  /** The peer refuses what the session needs. */
  PEER_REFUSED,
  /** One side does not accept the other's certificate, or its own any more. */
  CERTIFICATE_REFUSED,
  /** The peer speaks no version of the protocol that we speak. */
  INCOMPATIBLE,
  /** The other side ended the session and said why. */
  PEER_FAILED,
  /** Somebody asked for a pause, which lasts until it is taken back. */
  PAUSED,
  /** Somebody asked for the end. */
  ABORTED,
  /** A kind that this version does not know, told by a newer peer. */
  UNKNOWN;

  /** Returns the kind with this text form, or {@link #UNKNOWN}. */
  @JsonCreator
  public static FailureKind of(String text) {
    for (FailureKind kind : values()) {
      if (kind.text().equals(text)) {
        return kind;
      }
    }
    return UNKNOWN;
  }

  /** Returns the stable text form, such as {@code sink-failed}. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

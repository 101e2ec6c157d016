package io.longhaul.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;

/**
 * Where a session stands on one side.
 *
 * <pre>
 *   CREATED → RUNNING → DRAINING → VERIFYING → DONE
 *   any of these → PAUSED → back · FAILED · ABORTED
 * </pre>
 *
 * <p>RUNNING goes straight to VERIFYING when all is fed between two looks; the sending side goes
 * from DRAINING straight to DONE.
 */
public enum SessionState {
  /** The request is on disk; nothing was started. */
  CREATED,
  /** The stream flows, or waits for the other side. */
  RUNNING,
  /** The source ended well; chunks are still to be fetched or fed. */
  DRAINING,
  /** All is fed; the sink's result is awaited and checked. */
  VERIFYING,
  /** Delivered and checked. */
  DONE,
  /** Waits for a person, or for a peer that was away for too long. */
  PAUSED,
  /** Ended without having delivered the stream. */
  FAILED,
  /** Ended because somebody asked for it. */
  ABORTED,
  /** A state that this version does not know, told by a newer peer; it is no end. */
  UNKNOWN;

  /** Returns whether this is an end from which nothing follows. */
  public boolean ended() {
    return this == DONE || this == FAILED || this == ABORTED;
  }

  /** Returns whether a session in this state may go to {@code next}; a repetition is allowed. */
  public boolean mayBecome(SessionState next) {
    if (next == this) {
      return true;
    }
    return switch (this) {
      case CREATED -> next == RUNNING || brakes(next);
      case RUNNING -> next == DRAINING || next == VERIFYING || brakes(next);
      case DRAINING -> next == VERIFYING || next == DONE || brakes(next);
      case VERIFYING -> next == DONE || brakes(next);
      case PAUSED -> next != CREATED && next != DONE && next != UNKNOWN;
      case DONE, FAILED, ABORTED, UNKNOWN -> false;
    };
  }

  private static boolean brakes(SessionState next) {
    return next == PAUSED || next == FAILED || next == ABORTED;
  }

  /** Returns the state written as {@link #text}, or {@link #UNKNOWN}. */
  @JsonCreator
  public static SessionState of(String text) {
    return Arrays.stream(values())
        .filter(state -> state.text().equals(text))
        .findFirst()
        .orElse(UNKNOWN);
  }

  /** Returns the text form, such as {@code running}. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}

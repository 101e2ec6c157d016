package io.longhaul.coordinator.run;

import io.longhaul.coordinator.ExitCode;
import io.longhaul.protocol.SessionState;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import java.util.Optional;

/**
 * How a session ended. Pure.
 *
 * @param state {@code DONE}, {@code FAILED}, {@code ABORTED}, or {@code PAUSED} at its inactivity
 *     limit
 * @param failure why it was not delivered
 */
public record Ending(SessionState state, Optional<Failure> failure) {

  /** An end that nobody told, found by ourselves. */
  static Ending because(Failure failure) {
    return new Ending(SessionState.FAILED, Optional.of(failure));
  }

  /** An end of the watch only: what is out of reach may still go on. */
  static Ending suspended(Failure why) {
    return new Ending(SessionState.PAUSED, Optional.of(why));
  }

  /**
   * Returns how the receiver, who owns the finish, says that the session ended; empty if it did
   * not.
   */
  static Optional<Ending> byReceiver(View view) {
    return view.receive().status().flatMap(s -> told(s.state(), s.failure()));
  }

  /** Returns how the sender says that the session ended; empty if it did not. */
  static Optional<Ending> bySender(View view) {
    return view.send().status().flatMap(s -> told(s.state(), s.failure()));
  }

  /* A session that is suspended at its limit waits for a person: there is nothing left to watch. */
  private static Optional<Ending> told(SessionState state, Optional<Failure> failure) {
    boolean suspended =
        state == SessionState.PAUSED && failure.filter(f -> isLimit(f.kind())).isPresent();
    return state.ended() || suspended ? Optional.of(new Ending(state, failure)) : Optional.empty();
  }

  private static boolean isLimit(FailureKind kind) {
    return kind == FailureKind.STALLED || kind == FailureKind.UNREACHABLE;
  }

  /** Returns what the command exits with. */
  public ExitCode exitCode() {
    if (state == SessionState.DONE) {
      return ExitCode.DONE;
    }
    return failure.filter(f -> isLimit(f.kind())).isPresent() ? ExitCode.INACTIVE : ExitCode.FAILED;
  }
}

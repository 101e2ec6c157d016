package io.longhaul.sender.pump;

import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.FailureKind;
import io.longhaul.protocol.zfs.ZfsError;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalInt;

/** The ways in which a source can fail, in words. Pure. */
final class SourceFailures {
  private static final int SIGNALS = 128;

  private final SpooledSend send;

  SourceFailures(SpooledSend send) {
    this.send = send;
  }

  static Failure notStarted(IOException cause) {
    return failed(String.valueOf(cause.getMessage()));
  }

  Failure exited(int status, String stderr) {
    return failed(
        "Tried to read the source '%s' to its end but it ended with %s%s"
            .formatted(send.command(), describe(status), said(stderr)));
  }

  Failure pipeHeld(int status, Duration waited, String stderr) {
    return failed(
        ("Tried to read the source '%s' to its end but it ended with %s and %d s later another"
                + " process still holds its output open; let the command wait for the processes that"
                + " it starts%s")
            .formatted(send.command(), describe(status), waited.toSeconds(), said(stderr)));
  }

  static Failure fruitless(int attempts, String lastCause) {
    return Failure.permanent(
        FailureKind.SOURCE_FAILED,
        "Tried to start the source again but %d attempts in a row brought nothing new; how the last one ended: %s"
            .formatted(attempts, lastCause));
  }

  /** Returns whether the source was ended by a signal, as against ending by itself. */
  static boolean isSignal(OptionalInt exit) {
    return exit.isPresent() && exit.getAsInt() > SIGNALS;
  }

  Failure inactive(Duration limit) {
    return Failure.resumable(
        FailureKind.STALLED,
        ("Tried to send the output of '%s' but nothing was read, sealed or released for %d s; the"
                + " source was ended")
            .formatted(send.command(), limit.toSeconds()));
  }

  static Failure spool(Exception cause) {
    return Failure.resumable(
        FailureKind.SPOOL_FAILED,
        "Tried to spool the stream but %s; check the spool's disk".formatted(cause));
  }

  private static String describe(int status) {
    return status > SIGNALS ? "signal " + (status - SIGNALS) : "status " + status;
  }

  private String said(String stderr) {
    if (stderr.isEmpty()) {
      return "; it said nothing";
    }
    String advice = send.zfs() ? "\n" + ZfsError.classify(stderr).advice() : "";
    return "; it said:\n" + stderr + advice;
  }

  private static Failure failed(String message) {
    return Failure.permanent(FailureKind.SOURCE_FAILED, message);
  }
}

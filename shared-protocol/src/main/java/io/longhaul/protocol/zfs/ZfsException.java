package io.longhaul.protocol.zfs;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A {@code zfs} command that did not do what was asked, or cannot be asked for here. */
@SuppressWarnings("serial") // never serialized
public final class ZfsException extends Exception {

  private final List<String> command;
  private final OptionalInt exitStatus;
  private final String stderrTail;
  private final ZfsError error;

  private ZfsException(
      String message,
      List<String> command,
      OptionalInt exitStatus,
      String stderrTail,
      ZfsError error,
      @Nullable Throwable cause) {
    super(message + " " + error.advice(), cause);
    this.command = command;
    this.exitStatus = exitStatus;
    this.stderrTail = stderrTail;
    this.error = error;
  }

  /** The command ran and said no. */
  static ZfsException failed(List<String> command, int exitStatus, String stderrTail) {
    String said = withoutUsage(stderrTail);
    return new ZfsException(
        "Tried to run '%s' but it ended with status %d: %s."
            .formatted(String.join(" ", command), exitStatus, said.isEmpty() ? "no message" : said),
        command,
        OptionalInt.of(exitStatus),
        stderrTail,
        ZfsError.classify(said),
        null);
  }

  /** The command could not be started. */
  static ZfsException notStarted(List<String> command, IOException cause) {
    ZfsError error =
        ZfsError.classify(String.valueOf(cause.getMessage())) == ZfsError.PERMISSION
            ? ZfsError.PERMISSION
            : ZfsError.UNAVAILABLE;
    return new ZfsException(
        "Tried to start '%s' but %s.".formatted(String.join(" ", command), cause.getMessage()),
        command,
        OptionalInt.empty(),
        "",
        error,
        cause);
  }

  /** The command was ended by us because it took longer than {@code limit}. */
  static ZfsException outOfTime(List<String> command, Duration limit, String stderrTail) {
    String reason = "no answer within %d ms".formatted(limit.toMillis());
    return ended(command, reason, stderrTail, ZfsError.NO_ANSWER);
  }

  /** The command was ended by us because of what it printed. */
  static ZfsException tooLong(
      List<String> command, long limitChars, int lineLimitChars, String stderrTail) {
    String reason =
        "it printed more than %d characters, or more than %d in one line"
            .formatted(limitChars, lineLimitChars);
    return ended(command, reason, stderrTail, ZfsError.OTHER);
  }

  /** The command ended well but its output makes no sense. */
  static ZfsException unreadable(List<String> command, String line) {
    return new ZfsException(
        "Tried to read what '%s' printed but did not understand '%s'."
            .formatted(String.join(" ", command), line),
        command,
        OptionalInt.of(0),
        "",
        ZfsError.OTHER,
        null);
  }

  /** The command was never run: what it is about is not what it was when it was asked for. */
  static ZfsException changed(String purpose, String reason, ZfsError error) {
    return new ZfsException(
        "Tried to %s but %s.".formatted(purpose, reason),
        List.of(),
        OptionalInt.empty(),
        "",
        error,
        null);
  }

  /** There is more than can be told at once. */
  static ZfsException tooMuch(DatasetName root, int most) {
    return new ZfsException(
        "Tried to list what is below %s but there are more than %d snapshots and bookmarks."
            .formatted(root, most),
        List.of(),
        OptionalInt.empty(),
        "",
        ZfsError.TOO_MUCH,
        null);
  }

  /** The command was never run: this ZFS has not got what it needs. */
  static ZfsException unsupported(String purpose, String reason) {
    return new ZfsException(
        "Tried to %s but this ZFS cannot: %s.".formatted(purpose, reason),
        List.of(),
        OptionalInt.empty(),
        "",
        ZfsError.FEATURE,
        null);
  }

  /** What was run; empty if nothing was. */
  public List<String> command() {
    return command;
  }

  /** How it ended by itself; empty if it never ran or was ended by us. */
  public OptionalInt exitStatus() {
    return exitStatus;
  }

  /** The last part of what it printed to stderr, at most 16 Ki characters. */
  public String stderrTail() {
    return stderrTail;
  }

  /** What the message means. */
  public ZfsError error() {
    return error;
  }

  private static ZfsException ended(
      List<String> command, String reason, String stderrTail, ZfsError error) {
    return new ZfsException(
        "Tried to run '%s' but ended it: %s.".formatted(String.join(" ", command), reason),
        command,
        OptionalInt.empty(),
        stderrTail,
        error,
        null);
  }

  private static String withoutUsage(String stderr) {
    int usage = stderr.indexOf("usage:");
    return (usage < 0 ? stderr : stderr.substring(0, usage)).strip();
  }
}

package io.longhaul.protocol.zfs;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a message of {@code zfs} means for a transfer, and what to do about it.
 *
 * <p>The texts are those of {@code lib/libzfs/libzfs_sendrecv.c} and {@code libzfs_util.c} under
 * {@code LC_ALL=C}, OpenZFS 0.6.5 to 2.4 and zfs-fuse 0.7.
 */
public enum ZfsError {
  /* The order is that of classify(): the first constant whose pattern is found wins. It matters
   * where a text holds another's words: "incremental source (@x) does not exist" is a base that
   * does not match, "checksum mismatch or incomplete stream" is a stream that ended early.
   */
  PERMISSION(
      "Run the agent as root, configure [sudo, -n, zfs], or delegate with 'zfs allow'.",
      "permission denied|operation not permitted|insufficient privileges|must be run as root"
          + "|password is required|not in the sudoers|not allowed to (execute|run)"),
  UNAVAILABLE(
      "Install ZFS, load its module or start its daemon, or correct the configured zfs command.",
      "failed to initialize zfs library|zfs modules (are not loaded|cannot be auto-loaded)"
          + "|command not found"),
  NOT_A_STREAM(
      "The source did not write a ZFS stream; look at what it printed (a login banner?).",
      "bad magic number"),
  STREAM_TRUNCATED(
      "The stream ended early; see why the source or the session ended, then start again.",
      "incomplete stream|failed to read from stream|partially received snapshot is saved"
          + "|invalid backup stream"),
  STREAM_DAMAGED(
      "The bytes are not what 'zfs send' should write; check the source's pool and memory and"
          + " start a new session.",
      "checksum mismatch|incorrect header checksum|invalid record type|malformed nvlist"
          + "|bad snapshot name"),
  BASE_MISMATCH(
      "The two sides do not share the base; choose a base whose GUID the target has, or send a"
          + " full stream.",
      "does not match incremental source|not an earlier snapshot|no such process"
          + "|incremental source .*(does not exist|no longer exists|could not be found)"
          + "|local origin for clone .* does not exist|no longer the same snapshot"),
  TARGET_MODIFIED(
      "The target was written to; set readonly=on there, and roll it back (receive -F) if its"
          + " changes can go.",
      "has been modified since most recent snapshot"),
  TARGET_EXISTS(
      "Choose another target, send an incremental stream, or destroy the target if it can go.",
      "destination .* exists|must specify -f|destination has snapshots|destination is a clone"
          + "|destination already exists|dataset already exists|cannot restore to"
          + "|existing dataset without force"),
  BUSY(
      "Something else uses the dataset (a receive, a mount, a kept partial receive); end it or"
          + " wait, then start again.",
      "is busy|partially-complete state"),
  NO_SPACE(
      "Free space or raise the quota on the receiving side, then start again.",
      "out of space|quota exceeded|no space left"),
  FEATURE(
      "This ZFS cannot do that with this dataset or stream; check the flags and the target (and"
          + " the resume token, if one was used), or upgrade ZFS or the pool.",
      "must be upgraded|unsupported (version|feature)|deprecated feature|not compatible with"
          + "|invalid option|unrecognized command|invalid property|requires -l|need -l"
          + "|operation not supported"),
  NO_SUCH_DATASET(
      "Check the name; a target's parent dataset must exist before the first receive.",
      "does not exist|no such pool or dataset|no longer exists"),
  TOO_MUCH("Ask for a part of the tree, or have fewer snapshots.", ZfsError.NEVER),
  NO_ANSWER(
      "Look at the pool's health and load ('zpool status', 'zpool iostat'), then try again.",
      ZfsError.NEVER),
  OTHER("Read what zfs printed; this message is not one Longhaul knows.", ZfsError.NEVER);

  /** Matches nothing: these are not told by a text. */
  private static final String NEVER = "(?!)";

  private static final Pattern LEFT_OUT =
      Pattern.compile("(?m)^cannot receive \\S+ property on .*$|^Warning: .* property .*$");
  private static final Pattern QUOTED = Pattern.compile("'[^'\n]*'");
  private static final Pattern BLANKS = Pattern.compile("\\s+");

  private final String advice;
  private final Pattern pattern;

  ZfsError(String advice, String pattern) {
    this.advice = advice;
    this.pattern = Pattern.compile(pattern);
  }

  /** Returns the error with this text form, or {@link #OTHER}: a newer peer may know more. */
  @JsonCreator
  public static ZfsError of(String text) {
    for (ZfsError error : values()) {
      if (error.text().equals(text)) {
        return error;
      }
    }
    return OTHER;
  }

  /** Returns the stable text form, such as {@code no-space}. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What a person can do: one sentence, for messages and problem documents. */
  public String advice() {
    return advice;
  }

  /**
   * Returns what the stderr of {@code zfs} means. Names in quotes are not looked at: a dataset may
   * be called {@code out of space}. Nor are notes on properties that were not received: they fail
   * nothing.
   *
   * @param stderr any part of it that holds the message, with or without line breaks
   */
  public static ZfsError classify(String stderr) {
    String said = LEFT_OUT.matcher(stderr).replaceAll("");
    String unquoted = QUOTED.matcher(said).replaceAll("");
    String text = BLANKS.matcher(unquoted).replaceAll(" ").toLowerCase(Locale.ROOT);
    for (ZfsError error : values()) {
      if (error.pattern.matcher(text).find()) {
        return error;
      }
    }
    return OTHER;
  }
}

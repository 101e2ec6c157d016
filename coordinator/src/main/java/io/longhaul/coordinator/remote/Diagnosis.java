package io.longhaul.coordinator.remote;

import io.longhaul.coordinator.drive.Trouble;
import io.longhaul.protocol.failure.AgentFailedException;
import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.failure.RetryableException;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.failure.SessionPausedException;
import io.longhaul.protocol.failure.TransferException;
import io.longhaul.protocol.zfs.ZfsError;
import java.util.regex.Pattern;

/** What helps against what agents and their ZFS tell. Pure. */
final class Diagnosis {
  /* What zfs send -t says of a token: zfs_send_resume_impl in libzfs_sendrecv.c. */
  private static final Pattern DEAD_TOKEN =
      Pattern.compile("cannot resume send|resume token is corrupt|bad resume token");

  private Diagnosis() {}

  /**
   * Of a call that failed. An agent that answers is there, however it answers.
   *
   * @param text the same in words
   */
  static Trouble of(TransferException why, String text) {
    if (why.status().isPresent()) {
      return Trouble.ofDataset(cure(why, why.status().getAsInt()), text);
    }
    return switch (why) {
      case SessionEndedException _ -> Trouble.ofDataset(Trouble.Cure.LATER, text);
      case RetryableException _, SessionPausedException _, AgentFailedException _ ->
          Trouble.ofPeer(text);
    };
  }

  /* An agent that is full, or at its limits (429, 503, 507), has room again when others are done. */
  private static Trouble.Cure cure(TransferException why, int status) {
    return switch (status) {
      case 400, 401, 403, 405, 413 -> Trouble.Cure.PERSON;
      case 404 ->
          why instanceof SessionEndedException ? Trouble.Cure.PLAN : Trouble.Cure.LATER; // a proxy?
      default -> Trouble.Cure.LATER;
    };
  }

  /** Of a change that ZFS did not make. */
  static Trouble ofChange(ZfsError error, String message) {
    return error == ZfsError.UNAVAILABLE
        ? Trouble.ofPeer(message)
        : Trouble.ofDataset(cure(error), message);
  }

  /**
   * Of a stream that failed.
   *
   * @param resumed whether it was the rest of one that broke
   */
  static Trouble ofStream(Failure why, boolean resumed) {
    return switch (why.kind()) {
      case SOURCE_FAILED, SINK_FAILED, SINK_EXITED_EARLY, PEER_FAILED ->
          Trouble.ofDataset(ofZfs(ZfsError.classify(why.message()), why, resumed), why.message());
      case RESULT_DIFFERS -> Trouble.ofDataset(Trouble.Cure.PLAN, why.message());
      case ABORTED -> Trouble.ofDataset(Trouble.Cure.PERSON, why.message());
      case STALLED -> Trouble.stalled(why.message());
      case UNREACHABLE -> Trouble.suspended(why.message());
      default -> Trouble.ofDataset(Trouble.Cure.LATER, why.message());
    };
  }

  /* "kernel modules must be upgraded" is what receive -s says of any token that does not fit. */
  private static Trouble.Cure ofZfs(ZfsError error, Failure why, boolean resumed) {
    if (!resumed) {
      return cure(error);
    }
    return switch (error) {
      case BASE_MISMATCH, NO_SUCH_DATASET, FEATURE, TARGET_EXISTS -> Trouble.Cure.DROP_PARTIAL;
      case OTHER ->
          DEAD_TOKEN.matcher(why.message()).find()
              ? Trouble.Cure.DROP_PARTIAL
              : Trouble.Cure.SUSPECT_PARTIAL;
      default -> cure(error);
    };
  }

  private static Trouble.Cure cure(ZfsError error) {
    return switch (error) {
      case BASE_MISMATCH, TARGET_MODIFIED, TARGET_EXISTS, NO_SUCH_DATASET -> Trouble.Cure.PLAN;
      case PERMISSION, FEATURE, NOT_A_STREAM, TOO_MUCH -> Trouble.Cure.PERSON;
      case UNAVAILABLE, STREAM_TRUNCATED, STREAM_DAMAGED, BUSY, NO_SPACE, NO_ANSWER, OTHER ->
          Trouble.Cure.LATER;
    };
  }
}

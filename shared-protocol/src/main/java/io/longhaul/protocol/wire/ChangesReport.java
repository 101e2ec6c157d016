package io.longhaul.protocol.wire;

import io.longhaul.protocol.zfs.ZfsError;
import java.util.Optional;

/**
 * What {@code POST /v1/filesystems/changes} answers.
 *
 * @param done how many changes are done, from the first on
 * @param failure why the next is not; empty if all are done
 */
public record ChangesReport(int done, Optional<Failed> failure) {
  /**
   * Why a change was not made.
   *
   * @param error what it means
   * @param message what ZFS said, and what can be done
   */
  public record Failed(ZfsError error, String message) {}
}

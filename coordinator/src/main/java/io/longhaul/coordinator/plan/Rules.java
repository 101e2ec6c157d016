package io.longhaul.coordinator.plan;

import io.longhaul.protocol.zfs.SendFlags;
import java.util.regex.Pattern;

/**
 * What a job asks for.
 *
 * @param job its lasting name, which holds and bookmarks carry
 * @param intermediates which snapshots are sent
 * @param snapshots which of them are sent at all
 * @param send flags of every stream
 * @param receive how the target receives
 * @param rollback whether what stands in the way of an incremental stream on the target may be
 *     destroyed
 * @param initial what is protected around a dataset's first stream
 * @param incremental what is protected around every other stream
 */
public record Rules(
    String job,
    Intermediates intermediates,
    SnapshotFilter snapshots,
    SendFlags send,
    ReceiveOptions receive,
    boolean rollback,
    Guarantee initial,
    Guarantee incremental) {

  private static final Pattern JOB = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  /**
   * @throws IllegalArgumentException if holds and bookmarks cannot carry the job's name
   */
  public Rules {
    if (!JOB.matcher(job).matches()) {
      throw new IllegalArgumentException(
          "Tried to use '"
              + job
              + "' as the name of a job but ZFS would not take it in holds and bookmarks; use 1 to"
              + " 63 letters, digits, '.', '_' and '-', and begin with a letter or digit");
    }
  }
}

package io.longhaul.protocol.wire;

import io.longhaul.protocol.config.ConfiguredName;
import io.longhaul.protocol.zfs.ZfsChange;
import java.util.List;
import java.util.Optional;

/**
 * The body of {@code POST /v1/filesystems/changes}.
 *
 * @param reader at a sender-agent, whose grant counts; the asker's own if it is left out
 * @param changes in the order in which they are to be made, at most {@value #MOST}
 */
public record ChangesRequest(Optional<String> reader, List<ZfsChange> changes) {
  /** How many changes one body may hold. */
  public static final int MOST = 500;

  /**
   * @throws IllegalArgumentException if there are too many, or the reader has not got the form of a
   *     name
   */
  public ChangesRequest {
    reader.ifPresent(name -> ConfiguredName.check("reader", name));
    if (changes.size() > MOST) {
      throw new IllegalArgumentException("at most " + MOST + " changes, was " + changes.size());
    }
    changes = List.copyOf(changes);
  }
}

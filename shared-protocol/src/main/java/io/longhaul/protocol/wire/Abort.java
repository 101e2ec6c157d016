package io.longhaul.protocol.wire;

import io.longhaul.protocol.failure.Failure;
import io.longhaul.protocol.pipe.ProcessGroup;
import java.time.Duration;

/**
 * The body of {@code POST …/abort}.
 *
 * @param failure why the session is ended; kind {@code aborted} when a person wants it
 */
public record Abort(Failure failure) {
  /**
   * How long an agent may wait for the pump and its child to be gone before it answers: enough for
   * SIGTERM, grace and SIGKILL.
   */
  public static final Duration MOST_WAIT = ProcessGroup.GRACE.plusSeconds(3);
}

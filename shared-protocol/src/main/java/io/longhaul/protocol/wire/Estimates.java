package io.longhaul.protocol.wire;

import java.util.List;
import java.util.OptionalLong;

/**
 * What {@code POST /v1/filesystems/estimates} answers.
 *
 * @param estimates one for each send, in their order
 */
public record Estimates(List<Estimate> estimates) {
  /**
   * The expected length of a stream.
   *
   * @param bytes empty if this ZFS cannot tell, or not in time, or refuses the send
   */
  public record Estimate(OptionalLong bytes) {}

  public Estimates {
    estimates = List.copyOf(estimates);
  }
}

package io.longhaul.packaging.simulation;

import io.longhaul.protocol.pipe.ProcessIdentity;

/**
 * What one start of the source gives.
 *
 * @param world the simulated world
 * @param identity which process it is
 * @param attempt the number of the start, from 1
 * @param endsAt how many bytes it gives
 * @param status how it then ends
 */
public record SourcePlan(
    World world, ProcessIdentity identity, int attempt, int endsAt, int status) {
  private static final int AHEAD = 32 * 1024;

  /** Returns a byte of the stream; a liar gives others when it is started again. */
  public byte at(int position) {
    Plan plan = world.plan();
    byte right = plan.stream()[position];
    return attempt > 1 && position >= plan.liarFrom() ? (byte) (right + 1) : right;
  }

  /** Returns whether the pipe has room: the pump stops reading when its spool is full. */
  public boolean mayGive(int given) {
    return given < world.releasedBytes() + world.plan().sendLimit() + AHEAD;
  }
}

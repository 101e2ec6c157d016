package io.longhaul.coordinator.drive;

import io.longhaul.coordinator.plan.Side;
import io.longhaul.coordinator.plan.Step;
import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.ZfsChange;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Both sides of a job, as its run needs them. Each call is one attempt, whoever calls decides about
 * the next, and all may be repeated. An interrupt ends a call; a stream that runs goes on.
 * Thread-safe.
 */
public interface Sides {
  /** Is told how a stream goes, again and again. */
  @FunctionalInterface
  interface Meter {
    /**
     * Hears of a stream.
     *
     * @param bytes what the target was given so far
     * @param expected how long it will be, if that is known
     * @param silent which agent has not answered for a while, in words
     */
    void shows(long bytes, OptionalLong expected, Optional<String> silent);
  }

  /** A stream of this job that already runs: an earlier coordinator started it. */
  interface Running {
    /** Returns the dataset that receives it. */
    DatasetName target();

    /** Waits for its end. */
    void await(Meter meter) throws Trouble, InterruptedException;
  }

  /** Asks both sides what there is. */
  Facts look() throws Trouble, InterruptedException;

  /** Has changes made on one side, in their order, until the first that fails. */
  void change(Side side, List<ZfsChange> changes) throws Trouble, InterruptedException;

  /** Has a stream sent, and waits until the target has what it brings under its GUIDs. */
  void stream(Step.Replicate stream, Meter meter) throws Trouble, InterruptedException;

  /** Asks how long a stream will be, in bytes; empty if the source cannot tell. */
  OptionalLong estimate(Step.Replicate stream) throws Trouble, InterruptedException;

  /** Finds the streams of this job that run and that nobody here waits for. */
  List<Running> running() throws Trouble, InterruptedException;
}

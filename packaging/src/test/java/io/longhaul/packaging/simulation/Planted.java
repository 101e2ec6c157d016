package io.longhaul.packaging.simulation;

/** Faults that are put into the product, or under it, to see that the simulation finds them. */
enum Planted {
  /** A chunk is verified whatever its digest is. */
  DIGEST_NOT_CHECKED,
  /** The sender is told to release what is verified, before it is fed. */
  RELEASED_BEFORE_FED,
  /** A torn last line of a manifest is not cut off: the next line is written after it. */
  TORN_TAIL_KEPT,
  /** A sink whose stream failed is not ended by signal before its stdin is closed. */
  STDIN_CLOSED_ON_FAILURE,
  /** It is forgotten that a sink was started when its pump is killed. */
  SINK_START_FORGOTTEN
}

package io.longhaul.coordinator.plan;

/** What a job protects from being destroyed while and after it sends, in zrepl's words. */
public enum Guarantee {
  /** An interrupted step can go on: both its ends are held until it is done. */
  RESUMABILITY,
  /** The next step can be incremental: bookmarks keep the base; an interrupted step may be lost. */
  INCREMENTAL,
  /** Nothing is held or bookmarked. */
  NOTHING
}

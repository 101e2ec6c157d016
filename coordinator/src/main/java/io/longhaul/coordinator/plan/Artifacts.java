package io.longhaul.coordinator.plan;

import io.longhaul.protocol.zfs.Version;

/**
 * The names of what a job leaves in ZFS to protect what it will need. Each carries the job's name:
 * jobs that share a source or a target never touch each other's.
 */
record Artifacts(String job) {

  /** Holds the ends of a step on the source while it runs. */
  String step() {
    return "longhaul_STEP_J_" + job;
  }

  /** Holds what the target received last. */
  String lastReceived() {
    return "longhaul_LAST_RECEIVED_J_" + job;
  }

  /** Holds on the source what the target received last, where there are no bookmarks. */
  String cursorHold() {
    return "longhaul_CURSOR_J_" + job;
  }

  /** Bookmarks on the source what the target received last. */
  String cursor(Version version) {
    return "longhaul_CURSOR_G_" + version.guid() + "_J_" + job;
  }

  /** Bookmarks on the source an end of a step that runs. */
  String tentative(Version version) {
    return "longhaul_CURSORTENTATIVE_G_" + version.guid() + "_J_" + job;
  }

  boolean isCursor(Version version) {
    return !version.isSnapshot() && version.name().equals(cursor(version));
  }

  boolean isTentative(Version version) {
    return !version.isSnapshot() && version.name().equals(tentative(version));
  }
}

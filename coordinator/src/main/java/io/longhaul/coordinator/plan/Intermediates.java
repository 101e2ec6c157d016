package io.longhaul.coordinator.plan;

/** Which of the snapshots that a target lacks are sent. */
public enum Intermediates {
  /** Each that passes the job's filter; the first stream of a dataset is its oldest. */
  ALL,
  /** The newest that passes the job's filter, alone. */
  NEWEST
}

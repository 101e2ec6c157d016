package io.longhaul.coordinator.plan;

/** Which of the two machines is meant. */
public enum Side {
  SOURCE,
  TARGET;

  /** Returns the word that people read. */
  @Override
  public String toString() {
    return this == SOURCE ? "source" : "target";
  }
}

package io.longhaul.packaging.simulation;

/** One side's machine: a disk, and processes that all die when it goes down. */
public final class Host {
  private final String name;
  private final Disk disk;
  private int boots = 1;

  Host(String name, Disk disk) {
    this.name = name;
    this.disk = disk;
  }

  Disk disk() {
    return disk;
  }

  void booted() {
    boots++;
  }

  int boots() {
    return boots;
  }

  /** Returns an identifier of the time since it was started. */
  public String bootId() {
    return name + "-boot-" + boots;
  }

  @Override
  public String toString() {
    return name;
  }
}

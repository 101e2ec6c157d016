package io.longhaul.packaging.simulation;

import io.longhaul.protocol.pipe.Uptime;
import java.util.function.LongSupplier;

/** One side's machine: a disk, and processes that all die when it goes down. */
public final class Host {
  private final String name;
  private final Disk disk;
  private int boots = 1;
  private long bootedAt;

  Host(String name, Disk disk) {
    this.name = name;
    this.disk = disk;
  }

  Disk disk() {
    return disk;
  }

  void booted(long nanos) {
    boots++;
    bootedAt = nanos;
  }

  int boots() {
    return boots;
  }

  /** Returns an identifier of the time since it was started. */
  public String bootId() {
    return name + "-boot-" + boots;
  }

  /** Returns the time since then, for a process of this boot. */
  Uptime uptime(LongSupplier nanos) {
    long began = bootedAt;
    return new Uptime(bootId(), () -> nanos.getAsLong() - began);
  }

  @Override
  public String toString() {
    return name;
  }
}

package io.longhaul.protocol.durable;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a machine may lack for a while: the same call succeeds when it is there again. Java gives
 * only the system's text (errno ENOSPC, EDQUOT, EMFILE, ENFILE); our JVMs run in a locale in which
 * it is English.
 */
public enum Shortage {
  /** The file system is full. */
  SPACE("No space left on device", "free space in that file system"),
  /** The user's quota is used up. */
  QUOTA("Disk quota exceeded", "free space in that file system, or raise the quota"),
  /** The process has as many files open as it may. */
  FILES("Too many open files", "raise the limit of open files (LimitNOFILE of the service)");

  private final String text;
  private final String remedy;

  Shortage(String text, String remedy) {
    this.text = text;
    this.remedy = remedy;
  }

  /** Returns the shortage that is the cause of {@code e}; empty if it has another. */
  public static Optional<Shortage> of(IOException e) {
    String said = String.valueOf(e.getMessage());
    return Arrays.stream(values()).filter(shortage -> said.contains(shortage.text)).findFirst();
  }

  /** Returns whether {@code e} says that the disk, or what we may use of it, is full. */
  public static boolean isOfSpace(IOException e) {
    return of(e).filter(shortage -> shortage != FILES).isPresent();
  }

  /** Returns what a person can do about it. */
  public String remedy() {
    return remedy;
  }
}

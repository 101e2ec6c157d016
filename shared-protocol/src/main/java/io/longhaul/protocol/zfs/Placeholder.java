package io.longhaul.protocol.zfs;

import java.util.List;

/** The empty filesystems that stand on the target for parents that are not sent. */
public final class Placeholder {
  /** The user property that marks one, with the value {@code on}. */
  public static final String PROPERTY = "longhaul:placeholder";

  /** What an empty filesystem may take up at most, whatever the layout of its pool. */
  public static final long EMPTY_BYTES = 1 << 20;

  /** Nothing is mounted or written there, and datasets below inherit that. */
  public static final List<String> PROPERTIES =
      List.of("mountpoint=none", "canmount=off", "readonly=on", PROPERTY + "=on");

  private Placeholder() {}
}

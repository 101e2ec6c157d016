package io.longhaul.protocol.config;

import java.util.List;

/**
 * The {@code zfs} section of an agent's configuration.
 *
 * @param command how to run zfs here, as an argument list, such as {@code [sudo, zfs]}
 */
public record ZfsConfig(List<String> command) {
  /** Plain {@code zfs}. */
  public static final ZfsConfig DEFAULT = new ZfsConfig(List.of("zfs"));
}

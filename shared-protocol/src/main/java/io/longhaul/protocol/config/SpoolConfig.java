package io.longhaul.protocol.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The {@code spool} section of an agent's configuration.
 *
 * @param directory the spool root; the system's temporary directory unless told otherwise
 * @param limit the most that one session may hold in it; 1 GiB unless told otherwise
 */
public record SpoolConfig(Optional<Path> directory, Optional<DataSize> limit) {
  /** All defaults. */
  public static final SpoolConfig DEFAULT = new SpoolConfig(Optional.empty(), Optional.empty());

  private static final long DEFAULT_LIMIT = 1L << 30;

  /** Returns the spool root. */
  public Path root() {
    return directory.orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir")));
  }

  /** Returns the most that one session may hold, in bytes. */
  public long limitBytes() {
    return limit.map(DataSize::bytes).orElse(DEFAULT_LIMIT);
  }
}

package io.longhaul.protocol.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The {@code spool} section of an agent's configuration.
 *
 * @param directory the spool root; the system's temporary directory unless told otherwise
 * @param limit the most that one session may hold in it; 1 GiB unless told otherwise
 * @param total the most that all sessions may hold in it; no more than the disk unless told
 *     otherwise
 */
public record SpoolConfig(
    Optional<Path> directory, Optional<DataSize> limit, Optional<DataSize> total) {
  /** All defaults. */
  public static final SpoolConfig DEFAULT =
      new SpoolConfig(Optional.empty(), Optional.empty(), Optional.empty());

  private static final long DEFAULT_LIMIT = 1L << 30;

  /** Returns the spool root. */
  public Path root() {
    return directory.orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir")));
  }

  /** Returns the most that one session may hold, in bytes. */
  public long limitBytes() {
    return limit.map(DataSize::bytes).orElse(DEFAULT_LIMIT);
  }

  /** Returns the most that all sessions may hold, in bytes; empty if only the disk sets a bound. */
  public Optional<Long> totalBytes() {
    return total.map(DataSize::bytes);
  }

  /** Returns every fault, for the key {@code spool}. */
  public List<String> problems() {
    return totalBytes().filter(bytes -> bytes < limitBytes()).isPresent()
        ? List.of(
            "spool.total: must hold at least one session of spool.limit, so "
                + DataSize.display(limitBytes())
                + " or more, was "
                + DataSize.display(totalBytes().get()))
        : List.of();
  }
}

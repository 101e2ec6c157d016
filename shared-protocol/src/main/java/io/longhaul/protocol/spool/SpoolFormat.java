package io.longhaul.protocol.spool;

import java.io.IOException;

/**
 * The first thing to read of a session's directory: in a newer format nothing else need mean what
 * it means here.
 *
 * @param format its version, in {@code request.json}
 */
public record SpoolFormat(int format) {
  /** The version that this build writes, and the newest that it reads. */
  public static final int CURRENT = 1;

  /**
   * Goes on if this build reads the session's directory.
   *
   * @throws IOException if it is of a newer format, or its request is missing or damaged
   */
  public static void require(SessionSpool spool) throws IOException {
    int found =
        SpoolFile.read(spool.request(), SpoolFormat.class)
            .orElseThrow(
                () -> new IOException("Tried to read " + spool.request() + " but it is not there"))
            .format;
    if (found > CURRENT) {
      throw new IOException(
          "Tried to read %s but it is of spool format %d and this software reads at most %d; start the newer version again, it is left as it is"
              .formatted(spool.request(), found, CURRENT));
    }
  }
}

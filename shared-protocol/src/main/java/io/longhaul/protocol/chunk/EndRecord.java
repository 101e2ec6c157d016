package io.longhaul.protocol.chunk;

import java.util.Optional;

/**
 * The end of the stream, as a fact: written only after end of file and a source exit status that
 * counts as success.
 *
 * @param chunks how many chunks there are
 * @param bytes how many bytes the stream has
 * @param exit the source's exit status
 * @param digest the {@link StreamDigest} over all chunks, in hexadecimal
 * @param guid the GUID of the snapshot that was sent, if the source is a ZFS dataset
 */
public record EndRecord(long chunks, long bytes, int exit, String digest, Optional<String> guid)
    implements ManifestRecord {
  /**
   * @throws IllegalArgumentException if a count is negative
   */
  public EndRecord {
    if (chunks < 0 || bytes < chunks) {
      throw new IllegalArgumentException(
          "an end record cannot have " + chunks + " chunks and " + bytes + " bytes");
    }
  }
}

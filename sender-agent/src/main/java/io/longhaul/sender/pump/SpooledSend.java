package io.longhaul.sender.pump;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.pipe.Command;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.spool.SpoolFormat;
import io.longhaul.protocol.wire.SendRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What {@code request.json} of a send session holds: the request, and what the agent made of it.
 * The agent writes it once; the pump needs nothing else.
 *
 * @param format the version of this file, {@link #FORMAT} in this build
 * @param id the session
 * @param creator the identity that asked for it
 * @param created when, by the agent's wall clock
 * @param request what was asked for
 * @param command the source
 * @param successCodes the source's exit statuses that count as success
 * @param spoolLimitBytes the most that the chunks in the spool may take
 * @param guid the GUID of the snapshot that is sent, if the source is a ZFS dataset
 * @param estimateBytes the expected length of the stream, where the source can tell
 * @param repeatable whether the source, started again, gives the same bytes
 * @param zfs whether the source is a {@code zfs} command, whose messages we know
 */
public record SpooledSend(
    int format,
    SessionId id,
    String creator,
    Instant created,
    SendRequest request,
    Command command,
    Set<Integer> successCodes,
    long spoolLimitBytes,
    Optional<String> guid,
    OptionalLong estimateBytes,
    boolean repeatable,
    boolean zfs) {
  /** The version that this build writes. */
  public static final int FORMAT = SpoolFormat.CURRENT;

  /**
   * Reads the request of a session; empty if there is none.
   *
   * @throws IOException if it is damaged, of a newer format, or of another session
   */
  public static Optional<SpooledSend> read(SessionSpool spool) throws IOException {
    if (!Files.exists(spool.request())) {
      return Optional.empty();
    }
    SpoolFormat.require(spool);
    Optional<SpooledSend> read = SpoolFile.read(spool.request(), SpooledSend.class);
    if (read.isPresent() && !read.get().id.equals(spool.id())) {
      throw new IOException(
          "Tried to read %s but it is of session %s".formatted(spool.request(), read.get().id));
    }
    return read;
  }

  /** Copies the set. */
  public SpooledSend {
    successCodes = Set.copyOf(successCodes);
  }
}

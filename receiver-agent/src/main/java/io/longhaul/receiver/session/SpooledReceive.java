package io.longhaul.receiver.session;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.pipe.Command;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.spool.SpoolFormat;
import io.longhaul.protocol.wire.ReceiveRequest;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.Optional;

/**
 * The content of a receive session's {@code request.json}: what was asked, and what it means here.
 *
 * @param format the version of the spool's format, {@link #FORMAT} in this build
 * @param id the session
 * @param creator the identity that asked
 * @param created when
 * @param request what it asked
 * @param command the sink's command, resolved from this agent's configuration
 * @param file the file that the command writes, if a file is the sink
 */
public record SpooledReceive(
    int format,
    SessionId id,
    String creator,
    Instant created,
    ReceiveRequest request,
    Command command,
    Optional<FileSink> file) {
  /** The format that this build writes. */
  public static final int FORMAT = SpoolFormat.CURRENT;

  /**
   * Reads the request of a session.
   *
   * @throws IOException if it is missing, damaged, or of a newer format
   */
  public static SpooledReceive read(SessionSpool spool) throws IOException {
    SpoolFormat.require(spool);
    SpooledReceive read =
        SpoolFile.read(spool.request(), SpooledReceive.class)
            .orElseThrow(() -> new NoSuchFileException(spool.request().toString()));
    if (!read.id.equals(spool.id())) {
      throw new IOException(
          "Tried to read %s but it is of session %s".formatted(spool.request(), read.id));
    }
    return read;
  }
}

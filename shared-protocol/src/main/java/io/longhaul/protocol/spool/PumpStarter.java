package io.longhaul.protocol.spool;

import java.io.IOException;

/** Starts pumps; see {@link PumpProcess}. */
@FunctionalInterface
public interface PumpStarter {
  /**
   * Starts the pump of a session.
   *
   * @return the process, only to be waited for: it belongs to no one
   * @throws IOException if it cannot be started
   */
  Process start(SessionSpool spool) throws IOException;
}

package io.longhaul.coordinator.cli;

import io.longhaul.protocol.SessionId;
import picocli.CommandLine.Parameters;

/** The session that a command line names. */
final class NamedSession {
  @Parameters(
      index = "0",
      paramLabel = "SESSION",
      description = "the session's id; coordinator list shows it")
  private SessionId id = new SessionId("00000000000000000000000000");

  SessionId id() {
    return id;
  }
}

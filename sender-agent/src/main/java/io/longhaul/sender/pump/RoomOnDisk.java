package io.longhaul.sender.pump;

import io.longhaul.protocol.durable.Shortage;
import io.longhaul.protocol.failure.SessionEndedException;
import io.longhaul.protocol.spool.Control;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolFile;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;

/**
 * Waits for room where the pump cannot go on without having written something. Used by one thread.
 */
final class RoomOnDisk {
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final SessionSpool spool;
  private final Duration inactivity;
  private final PumpMachine machine;

  /** Creates it for one session; {@code inactivity} is the longest wait. */
  RoomOnDisk(SessionSpool spool, Duration inactivity, PumpMachine machine) {
    this.spool = spool;
    this.inactivity = inactivity;
    this.machine = machine;
  }

  /** Writes something; may be repeated. */
  @FunctionalInterface
  interface Write {
    /** Writes it, or nothing that counts. */
    void run() throws IOException;
  }

  /**
   * Writes something, again and again while the disk is full and the session goes on.
   *
   * @throws IOException if it cannot be written for another reason, or there was no room for too
   *     long; a pause does not count
   * @throws SessionEndedException if the agent wants the session to end
   */
  void write(Write write) throws IOException, SessionEndedException, InterruptedException {
    long began = machine.now();
    while (true) {
      try {
        write.run();
        return;
      } catch (IOException e) {
        if (!Shortage.isOfSpace(e) || machine.now() - began > inactivity.toNanos()) {
          throw e;
        }
      }
      Optional<Control> control = SpoolFile.read(spool.control(), Control.class);
      if (control.isPresent()) {
        throw new SessionEndedException(control.get().end());
      }
      if (Files.exists(spool.paused())) {
        began = machine.now();
      }
      machine.sleeper().sleep(RETRY);
    }
  }
}

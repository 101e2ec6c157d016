package io.longhaul.receiver.pump;

import io.longhaul.packaging.simulation.SimFifos;
import io.longhaul.packaging.simulation.SimProcess;
import io.longhaul.packaging.simulation.SimSink;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolLock;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A receive pump of the product in a simulated process. Simulated are the sink, its FIFO, and what
 * ReceivePumpMain does: take the lock, and hold it until the process ends. Here no process takes a
 * second session.
 */
public final class SimulatedReceivePump {
  private static final int LOCKED = 75;

  private SimulatedReceivePump() {}

  /** Runs the pump of the session in {@code directory}; returns its exit status. */
  public static int run(SimProcess process, Path directory) throws Exception {
    SessionSpool spool = new SessionSpool(process.world().id(), directory);
    Optional<SpoolLock> lock = SpoolLock.take(spool.lock(), process.world().sleeper());
    if (lock.isEmpty()) {
      return LOCKED;
    }
    SinkMachine machine =
        new SinkMachine(
            process.world().sleeper(),
            new SimFifos(process),
            (_, fifo) -> SimSink.start(process, fifo),
            watch -> process.world().processes().thread(process, watch::run),
            process::identity);
    new ReceivePump(spool, machine).run();
    return 0;
  }
}

package io.longhaul.receiver.session;

import io.longhaul.protocol.pipe.Fifos;
import io.longhaul.protocol.pipe.Uptime;
import io.longhaul.protocol.retry.Sleeper;
import io.longhaul.receiver.pull.PullMachine;
import java.io.IOException;

/**
 * What the machine is to the receive sessions; a simulation has its own.
 *
 * @param sleeper waits
 * @param fifos makes and opens FIFOs
 * @param pumps starts pumps, and ends what they leave behind
 * @param pull what it is to a puller
 * @param uptime the time since it was started
 */
record ReceiveMachine(
    Sleeper sleeper, Fifos fifos, PumpHost pumps, PullMachine pull, Uptime uptime) {
  /**
   * Returns the one that this process runs on.
   *
   * @throws IOException if its boot id cannot be read
   */
  static ReceiveMachine real(Sleeper sleeper) throws IOException {
    return new ReceiveMachine(
        sleeper, Fifos.SYSTEM, PumpHost.real(), PullMachine.REAL, Uptime.ofThisMachine());
  }
}

package io.longhaul.receiver.session;

import io.longhaul.protocol.pipe.Fifos;
import io.longhaul.protocol.retry.Sleeper;
import io.longhaul.receiver.pull.PullMachine;

/**
 * What the machine is to the receive sessions; a simulation has its own.
 *
 * @param sleeper waits
 * @param fifos makes and opens FIFOs
 * @param pumps starts pumps, and ends what they leave behind
 * @param pull what it is to a puller
 */
record ReceiveMachine(Sleeper sleeper, Fifos fifos, PumpHost pumps, PullMachine pull) {
  /** Returns the one that this process runs on. */
  static ReceiveMachine real(Sleeper sleeper) {
    return new ReceiveMachine(sleeper, Fifos.SYSTEM, PumpHost.real(), PullMachine.REAL);
  }
}

package io.longhaul.receiver.pump;

import io.longhaul.protocol.pipe.Child;
import io.longhaul.protocol.pipe.ChildProcess;
import io.longhaul.protocol.pipe.Command;
import io.longhaul.protocol.pipe.Fifos;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.retry.Sleeper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Executor;

/**
 * What the machine is to a receive pump; a simulation has its own.
 *
 * @param sleeper waits
 * @param fifos makes and opens FIFOs
 * @param sinks starts the sink
 * @param watching runs the watch over the sink, beside the feeding
 * @param self tells which process the pump is
 */
record SinkMachine(
    Sleeper sleeper, Fifos fifos, SinkStarter sinks, Executor watching, SelfKnowledge self) {
  /** Starts sinks. */
  @FunctionalInterface
  interface SinkStarter {
    /** Starts a sink that reads the FIFO; see {@link ChildProcess#startSink}. */
    Child start(Command command, Path fifo) throws IOException;
  }

  /** Tells which process this is. */
  @FunctionalInterface
  interface SelfKnowledge {
    /** Returns the identity of this very process. */
    ProcessIdentity identity() throws IOException;
  }

  /** Returns the one that this process runs on. */
  static SinkMachine real(Sleeper sleeper) {
    return new SinkMachine(
        sleeper,
        Fifos.SYSTEM,
        ChildProcess::startSink,
        watch -> Thread.ofPlatform().daemon().name("sink-guard").start(watch),
        ProcessIdentity::self);
  }
}

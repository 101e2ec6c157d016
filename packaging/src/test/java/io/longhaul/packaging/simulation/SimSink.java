package io.longhaul.packaging.simulation;

import io.longhaul.protocol.pipe.Child;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.retry.Sleeper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** A simulated sink: it reads the FIFO to its end and then commits what it has. */
public final class SimSink implements Child {
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final int TERMINATED = 143;

  private final World world;
  private final SimProcess process;

  private SimSink(World world, SimProcess process) {
    this.world = world;
    this.process = process;
  }

  /** Starts the sink of a session. */
  public static SimSink start(SimProcess pump, Path fifo) throws IOException {
    pump.operation("start the sink");
    World world = pump.world();
    Pipe pipe =
        Objects.requireNonNull(pump.host().disk().require(fifo.toString()).pipe(), "a FIFO");
    SimProcess process = world.processes().process(pump.host(), "sink");
    Pipe.End stdin = pipe.open(process, true, false);
    world.judge().sinkStarted();
    world.processes().start(process, () -> read(world, pipe, stdin));
    return new SimSink(world, process);
  }

  private static int read(World world, Pipe pipe, Pipe.End stdin) throws InterruptedException {
    while (true) {
      world.scheduler().sleep(Duration.ofMillis(1 + world.random(world.plan().sinkPauseMillis())));
      byte[] bytes = pipe.take(1 + world.random(4096));
      if (bytes.length > 0) {
        world.judge().sinkTook(bytes);
      } else if (!pipe.hasWriter()) {
        world.judge().sinkSawTheEnd();
        return world.plan().sinkStatus();
      }
      if (world.judge().sinkFailsNow()) {
        stdin.close();
        return world.plan().sinkStatus();
      }
    }
  }

  @Override
  public ProcessIdentity identity() {
    return process.identity();
  }

  @Override
  public Optional<Integer> awaitExit(Duration most) throws InterruptedException {
    for (long waited = 0;
        process.exit().isEmpty() && waited < most.toNanos();
        waited += LOOK.toNanos()) {
      world.scheduler().sleep(LOOK);
    }
    return process.exit().isPresent() ? Optional.of(process.exit().getAsInt()) : Optional.empty();
  }

  @Override
  public boolean end(Duration grace, Sleeper sleeper) throws InterruptedException {
    if (world.planted().contains(Planted.STDIN_CLOSED_ON_FAILURE)) {
      return true;
    }
    world.scheduler().sleep(Duration.ofMillis(world.random(200)));
    if (process.isAlive()) {
      world.processes().kill(process, TERMINATED);
    }
    return true;
  }

  @Override
  public String stderrTail() {
    return "";
  }
}

package io.longhaul.sender.pump;

import io.longhaul.packaging.simulation.SimProcess;
import io.longhaul.packaging.simulation.SourcePlan;
import io.longhaul.packaging.simulation.World;
import io.longhaul.protocol.pipe.ProcessIdentity;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A send pump of the product in a simulated process. Simulated are the source with its pipe, and
 * the threads that hash: both work while the pump waits for events.
 */
public final class SimulatedSendPump {
  private SimulatedSendPump() {}

  /** Runs the pump of the session in {@code directory}; returns its exit status. */
  public static int run(SimProcess process, Path directory) throws Exception {
    World world = process.world();
    Events events = new Events(world);
    PumpMachine machine =
        new PumpMachine(
            world::nanos,
            world.sleeper(),
            process.identity(),
            _ -> {},
            (_, _, blocks, queue) -> {
              process.operation("start the source");
              return events.source(new SimSource(world.nextSource(process), blocks));
            },
            () -> events,
            () -> events.hashing);
    PumpTimes times =
        new PumpTimes(
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofDays(8),
            Duration.ofSeconds(5));
    return switch (SendPump.run(directory, _ -> times, machine)) {
      case DELIVERED -> 0;
      case FAILED -> 1;
      case NOT_OURS -> 3;
    };
  }

  /** The queue that the pump waits at: others do their work meanwhile. */
  private static final class Events extends LinkedBlockingQueue<PumpEvent> {
    private static final long serialVersionUID = 1L;

    private final transient World world;
    private final transient Hashing hashing = new Hashing();
    private transient @Nullable SimSource source;

    Events(World world) {
      this.world = world;
    }

    Source source(SimSource started) {
      clear();
      source = started;
      return started;
    }

    @Override
    public @Nullable PumpEvent poll(long timeout, TimeUnit unit) throws InterruptedException {
      if (isEmpty()) {
        world.sleeper().sleep(Duration.ofNanos(unit.toNanos(timeout)));
      }
      SimSource giving = source;
      if (giving != null) {
        giving.give(this);
      }
      hashing.run(world.random(4));
      return poll();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  private static final class SimSource implements Source {
    private static final int MOST_BLOCK = 9000;

    private final SourcePlan plan;
    private final BlockPool blocks;
    private int given;
    private boolean ended;

    SimSource(SourcePlan plan, BlockPool blocks) {
      this.plan = plan;
      this.blocks = blocks;
    }

    void give(Events events) {
      if (ended) {
        return;
      }
      if (given < plan.endsAt()) {
        int length = Math.min(plan.endsAt() - given, plan.world().random(MOST_BLOCK));
        if (length > 0 && plan.mayGive(given)) {
          ByteBuffer bytes = ByteBuffer.allocate(length);
          for (int i = 0; i < length; i++) {
            bytes.put(plan.at(given + i));
          }
          given += length;
          events.add(new PumpEvent.Read(new Block(blocks, bytes.flip())));
        }
        return;
      }
      ended = true;
      boolean exitFirst = plan.world().random(2) == 0;
      if (exitFirst) {
        events.add(new PumpEvent.Exited(plan.status()));
      }
      events.add(new PumpEvent.EndOfFile());
      if (!exitFirst) {
        events.add(new PumpEvent.Exited(plan.status()));
      }
    }

    @Override
    public ProcessIdentity identity() {
      return plan.identity();
    }

    @Override
    public Optional<Integer> end(Duration grace) {
      boolean before = ended;
      ended = true;
      return Optional.of(before ? plan.status() : 143);
    }

    @Override
    public String stderrTail() {
      return "";
    }
  }

  /** Hashes when the pump waits; so digests come late. */
  private static final class Hashing extends AbstractExecutorService {
    private final Deque<Runnable> waiting = new ArrayDeque<>();

    void run(int most) {
      for (int i = 0; i < most && !waiting.isEmpty(); i++) {
        waiting.removeFirst().run();
      }
    }

    @Override
    public void execute(Runnable task) {
      waiting.add(task);
    }

    @Override
    public void shutdown() {}

    @Override
    public List<Runnable> shutdownNow() {
      waiting.clear();
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return true;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }
}

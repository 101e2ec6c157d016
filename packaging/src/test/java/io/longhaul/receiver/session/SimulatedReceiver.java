package io.longhaul.receiver.session;

import io.longhaul.packaging.simulation.SimFifos;
import io.longhaul.packaging.simulation.SimProcess;
import io.longhaul.packaging.simulation.World;
import io.longhaul.protocol.auth.Identity;
import io.longhaul.protocol.client.AgentAddress;
import io.longhaul.protocol.client.SimulatedConnection;
import io.longhaul.protocol.failure.ProblemException;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.retry.Sleeper;
import io.longhaul.protocol.spool.Capacity;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolRoot;
import io.longhaul.protocol.wire.ReceiveRequest;
import io.longhaul.protocol.wire.SessionLimits;
import io.longhaul.protocol.wire.SinkSpec;
import io.longhaul.protocol.zfs.Zfs;
import io.longhaul.receiver.StreamConfig;
import io.longhaul.receiver.grant.ReceiveGrants;
import io.longhaul.receiver.pull.PullClock;
import io.longhaul.receiver.pull.PullMachine;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;

/**
 * The receiver-agent in a simulated process: the product's sessions with their puller, and the HTTP
 * client. Simulated are the link, the pumps' processes, FIFOs and time; the agent's own HTTP server
 * is left out.
 */
public final class SimulatedReceiver {
  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final int COMPUTING = 2;

  private SimulatedReceiver() {}

  /** Runs the agent until it is killed. */
  public static int run(SimProcess process) throws Exception {
    World world = process.world();
    PullMachine pull =
        new PullMachine(
            new PullClock(world::nanos, world.sleeper(), world::fraction),
            world.connections(),
            () -> Executors.newFixedThreadPool(COMPUTING, Thread.ofVirtual().factory()),
            world.digestComparison());
    Zfs zfs =
        (Zfs)
            Proxy.newProxyInstance(
                SimulatedReceiver.class.getClassLoader(),
                new Class<?>[] {Zfs.class},
                (_, method, _) -> {
                  throw new IllegalStateException("there is no ZFS: " + method);
                });
    ReceiveSessions sessions =
        new ReceiveSessions(
            SpoolRoot.open(process.path(World.ROOT), Role.RECEIVE),
            new ReceiveGrants(Optional.empty()),
            new Senders(
                Map.of("office", new AgentAddress(URI.create("http://office"), Optional.empty())),
                (_, _) ->
                    SimulatedConnection.over(
                        chain -> world.network().carry(process, chain.request()))),
            new SinkResolver(
                Map.of(
                    "sink",
                    new StreamConfig(
                        Optional.of(List.of("cat")), Optional.empty(), Optional.empty())),
                zfs),
            zfs,
            world.receiveLimit(),
            new Capacity(1, Optional.empty()),
            world::wall,
            new ReceiveMachine(
                world.sleeper(), new SimFifos(process), host(process), pull, process.uptime()));
    sessions.scan();
    create(world, sessions);
    while (true) {
      world.scheduler().sleep(Duration.ofDays(1));
    }
  }

  /* A coordinator asks again until it is answered. */
  private static void create(World world, ReceiveSessions sessions) throws InterruptedException {
    ReceiveRequest request =
        new ReceiveRequest(new SinkSpec.Stream("sink"), "office", SessionLimits.DEFAULT, Map.of());
    while (!world.sendCreated()) {
      world.scheduler().sleep(AGAIN);
    }
    while (true) {
      try {
        sessions.create(world.id(), request, Identity.LOCAL);
        return;
      } catch (IOException | ProblemException e) {
        world.trace("receiver-agent cannot create the session: %s", e);
        world.scheduler().sleep(AGAIN);
      }
    }
  }

  private static PumpHost host(SimProcess process) {
    World world = process.world();
    return new PumpHost() {
      @Override
      public Process start(SessionSpool spool) {
        return world.processes().startReceivePump(process, spool.directory());
      }

      @Override
      public ProcessIdentity identity(long pid) {
        return world.processes().identity(pid);
      }

      @Override
      public List<ProcessIdentity> users(Path fifo) throws IOException {
        return world.processes().users(process, fifo);
      }

      @Override
      public boolean end(ProcessIdentity leader, Sleeper sleeper) throws InterruptedException {
        return world.processes().endGroup(leader);
      }
    };
  }
}

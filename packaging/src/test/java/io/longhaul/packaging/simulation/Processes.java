package io.longhaul.packaging.simulation;

import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.receiver.pump.SimulatedReceivePump;
import io.longhaul.receiver.session.SimulatedReceiver;
import io.longhaul.sender.pump.SimulatedSendPump;
import io.longhaul.sender.session.SimulatedSender;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The processes of a simulated world: starts and ends them, and tells them from each other. */
public final class Processes {
  private static final long FIRST_PID = 1L << 30;
  private static final int KILLED = 137;

  private final World world;
  private final List<SimProcess> processes = new ArrayList<>();
  private long pids = FIRST_PID;
  private int crashesLeft;

  Processes(World world) {
    this.world = world;
    this.crashesLeft = world.plan().crashes();
  }

  /** Returns those that were started and not forgotten yet. */
  List<SimProcess> all() {
    return List.copyOf(processes);
  }

  /** Returns a number that no process has had. */
  long nextPid() {
    return ++pids;
  }

  SimProcess process(Host host, String name) {
    SimProcess process = new SimProcess(world, host, name, nextPid());
    processes.removeIf(old -> !old.isAlive());
    processes.add(process);
    return process;
  }

  void start(SimProcess process, SimProcess.Body body) {
    world.trace("%s %d starts", process, process.identity().pid());
    world
        .scheduler()
        .start(
            process,
            () -> {
              int status;
              try {
                status = body.run();
              } catch (IOException | InterruptedException e) {
                world.trace("%s ends by %s", process, e);
                status = 1;
              } catch (Exception | Error e) {
                world.violate("%s ends by %s at %s", process, e, List.of(e.getStackTrace()));
                status = 1;
              }
              kill(process, status);
            });
  }

  /** Starts another thread of a process. */
  public void thread(SimProcess process, ThreadBody body) {
    world
        .scheduler()
        .start(
            process,
            () -> {
              try {
                body.run();
              } catch (Exception | Error e) {
                world.violate(
                    "a thread of %s ends by %s at %s", process, e, List.of(e.getStackTrace()));
              }
            });
  }

  /** What a thread does. */
  @FunctionalInterface
  public interface ThreadBody {
    /** Runs the thread. */
    void run() throws Exception;
  }

  void kill(SimProcess process) {
    kill(process, KILLED);
  }

  void kill(SimProcess process, int status) {
    if (!process.isAlive()) {
      return;
    }
    world.trace("%s ends with %d", process, status);
    process.ended(status);
    List.copyOf(process.ends()).forEach(Pipe.End::close);
    world.scheduler().forget(process);
    if (process.name().endsWith("-agent")) {
      world
          .scheduler()
          .after(
              Duration.ofMillis(20 + world.random(2000)),
              process.host() == world.sending() ? this::startSender : this::startReceiver);
    }
  }

  /** Notes that a process is about to be killed by a fault. */
  void crashed(SimProcess process) {
    world.judge().crashed(process);
    boolean forgets = world.planted().contains(Planted.SINK_START_FORGOTTEN);
    if (forgets && process.name().equals("receive-pump")) {
      forget(World.RECEIVE_DIRECTORY + "/started.json");
      alive("receiver-agent").ifPresent(this::kill);
    }
  }

  private void forget(String path) {
    try {
      world.receiving().disk().delete(path);
    } catch (IOException e) {
      world.trace("%s was not there", path);
    }
  }

  private void mayCrash(SimProcess process) {
    if (crashesLeft > 0 && world.mayBreak() && world.random(2) == 0) {
      crashesLeft--;
      process.crashAt(1 + world.random(1 + world.random(250)));
    }
  }

  void startSender() {
    if (alive("sender-agent").isEmpty()) {
      SimProcess process = process(world.sending(), "sender-agent");
      mayCrash(process);
      start(process, () -> SimulatedSender.run(process));
    }
  }

  void startReceiver() {
    if (alive("receiver-agent").isEmpty()) {
      SimProcess process = process(world.receiving(), "receiver-agent");
      mayCrash(process);
      start(process, () -> SimulatedReceiver.run(process));
    }
  }

  /** Returns the process of this name that runs. */
  Optional<SimProcess> alive(String name) {
    return processes.stream().filter(p -> p.isAlive() && p.name().equals(name)).findFirst();
  }

  /** Starts a send pump. */
  public Process startSendPump(Path directory) {
    SimProcess process = process(world.sending(), "send-pump");
    mayCrash(process);
    start(process, () -> SimulatedSendPump.run(process, process.path(directory.toString())));
    return new PumpHandle(process);
  }

  /** Starts a receive pump. */
  public Process startReceivePump(SimProcess agent, Path directory) {
    agent.operation("start the receive pump");
    SimProcess process = process(world.receiving(), "receive-pump");
    mayCrash(process);
    start(process, () -> SimulatedReceivePump.run(process, process.path(directory.toString())));
    return new PumpHandle(process);
  }

  /** Returns the process that has this number. */
  public ProcessIdentity identity(long pid) {
    return processes.stream()
        .map(SimProcess::identity)
        .filter(identity -> identity.pid() == pid)
        .findFirst()
        .orElse(new ProcessIdentity(pid, 0, "gone"));
  }

  /** Returns the processes, other than the asking one, that have a FIFO open. */
  public List<ProcessIdentity> users(SimProcess asking, Path fifo) throws IOException {
    if (world.planted().contains(Planted.STDIN_CLOSED_ON_FAILURE)) {
      return List.of();
    }
    Pipe pipe = asking.host().disk().require(fifo.toString()).pipe();
    return Objects.requireNonNull(pipe, "a FIFO").users().stream()
        .filter(process -> process != asking)
        .map(SimProcess::identity)
        .toList();
  }

  /** Ends a process by signal; returns whether it is gone. */
  public boolean endGroup(ProcessIdentity leader) throws InterruptedException {
    if (world.planted().contains(Planted.STDIN_CLOSED_ON_FAILURE)) {
      return true;
    }
    world.scheduler().sleep(Duration.ofMillis(world.random(100)));
    for (SimProcess process : List.copyOf(processes)) {
      if (process.identity().equals(leader)) {
        kill(process, KILLED);
      }
    }
    return true;
  }
}

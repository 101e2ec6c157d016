package io.longhaul.packaging.simulation;

import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.pipe.Uptime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** A simulated process: it lives on a host, sees its disk, and may be killed at any operation. */
public final class SimProcess {
  /** What a process does; it may throw whatever it likes. */
  @FunctionalInterface
  public interface Body {
    /** Runs the process to its end; returns its exit status. */
    int run() throws Exception;
  }

  private final World world;
  private final Host host;
  private final String name;
  private final ProcessIdentity identity;
  private final SimFileSystem files;
  private final List<Pipe.End> ends = new ArrayList<>();
  private boolean alive = true;
  private OptionalInt exit = OptionalInt.empty();
  private int operations;
  private int crashAt = Integer.MAX_VALUE;

  SimProcess(World world, Host host, String name, long pid) {
    this.world = world;
    this.host = host;
    this.name = name;
    this.identity = new ProcessIdentity(pid, world.scheduler().now() + 1, host.bootId());
    this.files = new SimFileSystem(this, host.disk());
  }

  /** Returns its name. */
  public String name() {
    return name;
  }

  /** Returns the simulated world. */
  public World world() {
    return world;
  }

  /** Returns where it runs. */
  public Host host() {
    return host;
  }

  /** Returns which process it is. */
  public ProcessIdentity identity() {
    return identity;
  }

  /** Returns the uptime of its host. */
  public Uptime uptime() {
    return host.uptime(world::nanos);
  }

  /** Returns a path as this process sees it. */
  public Path path(String path) {
    return files.getPath(path);
  }

  /** Returns whether it runs. */
  public boolean isAlive() {
    return alive;
  }

  /** Returns its exit status, once it has ended. */
  public OptionalInt exit() {
    return exit;
  }

  List<Pipe.End> ends() {
    return ends;
  }

  void crashAt(int operation) {
    crashAt = operation;
  }

  /** Notes that it is about to do something to a file or the network; it may crash before. */
  boolean crashesNow(String what) {
    operations++;
    if (operations < crashAt || !world.mayBreak()) {
      return false;
    }
    world.trace("%s crashes at %s", name, what);
    return true;
  }

  /** As {@link #crashesNow}, and then crashes at once; and lets others go first, now and then. */
  public void operation(String what) {
    if (crashesNow(what)) {
      crash();
    }
    world.maybeYield();
  }

  /** Ends it as SIGKILL does. */
  void crash() {
    world.processes().crashed(this);
    world.processes().kill(this);
    Scheduler.vanish();
  }

  void ended(int status) {
    alive = false;
    exit = OptionalInt.of(status);
  }

  @Override
  public String toString() {
    return name;
  }
}

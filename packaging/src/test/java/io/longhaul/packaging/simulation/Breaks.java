package io.longhaul.packaging.simulation;

import io.longhaul.protocol.failure.FailureKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** What breaks from outside: the link, disks, clocks and whole machines. */
final class Breaks {
  private final World world;
  private final Random random;

  Breaks(World world, Random random) {
    this.world = world;
    this.random = random;
  }

  /** Sets the times at which something breaks. */
  void plan() {
    for (int i = 0; i < world.plan().breaks(); i++) {
      Duration at = Duration.ofMillis(random.nextInt(1 + random.nextInt(8000)));
      Duration most = Duration.ofMillis(100 + random.nextInt(6000));
      int kind = random.nextInt(12);
      world.scheduler().after(at, () -> breakSomething(kind, most));
    }
  }

  private void breakSomething(int kind, Duration time) {
    switch (kind) {
      case 0, 1, 2, 3 -> world.network().cut(time);
      case 4, 5 -> fill(world.sending(), time);
      case 6, 7 -> fill(world.receiving(), time);
      case 8 -> {
        world.jump(Duration.ofDays(random.nextInt(200) - 100));
        world.trace("the wall clock jumps to %s", world.wall());
      }
      case 9 -> damage();
      case 10 -> reboot(world.sending());
      default -> reboot(world.receiving());
    }
  }

  private void fill(Host host, Duration time) {
    world.trace("disk of %s full for %s", host, time);
    world.judge().allow(FailureKind.SPOOL_FAILED);
    host.disk().full(true);
    world.scheduler().after(time, () -> host.disk().full(false));
  }

  private void damage() {
    List<String> files =
        new ArrayList<>(world.receiving().disk().children(World.RECEIVE_DIRECTORY));
    files.removeIf(path -> !path.endsWith(".chunk") && !path.endsWith(".part"));
    if (files.isEmpty()) {
      return;
    }
    String path = files.get(random.nextInt(files.size()));
    Disk.Node node = Objects.requireNonNull(world.receiving().disk().find(path));
    if (node.size() > 0) {
      world.trace("a bit of %s flips", path);
      node.flip(random.nextInt(node.size()), random.nextInt(8));
      world.judge().chunkFileDamaged();
    }
  }

  private void reboot(Host host) {
    world.trace("the %s host goes down", host);
    for (SimProcess process : world.processes().all()) {
      if (process.host() == host && process.isAlive()) {
        if (!process.name().equals("send-pump") || host == world.sending()) {
          world.processes().crashed(process);
        }
        world.processes().kill(process);
      }
    }
    host.booted(world.nanos());
    host.disk().reboot(random);
    if (host == world.receiving()) {
      world.judge().receiverRebooted();
    } else {
      world
          .judge()
          .allow(FailureKind.CHUNK_LOST); // if the source has ended: nothing repeats it then
    }
  }
}

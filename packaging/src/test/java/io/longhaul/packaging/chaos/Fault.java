package io.longhaul.packaging.chaos;

import io.longhaul.packaging.site.Agent;
import io.longhaul.packaging.site.Eventually;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.spool.Role;
import io.longhaul.protocol.spool.Started;
import io.longhaul.protocol.testing.Tmpfs;
import java.time.Duration;
import java.util.Locale;
import java.util.random.RandomGenerator;

/** A mishap that a transfer has to survive without its sink noticing. */
public enum Fault {
  SENDER_AGENT_KILLED {
    @Override
    void strike(Victim victim, RandomGenerator random) throws Exception {
      killAndStart(victim.site().sender(), random);
    }
  },
  RECEIVER_AGENT_KILLED {
    @Override
    void strike(Victim victim, RandomGenerator random) throws Exception {
      killAndStart(victim.site().receiver(), random);
    }
  },
  COORDINATOR_KILLED {
    @Override
    void strike(Victim victim, RandomGenerator random) throws Exception {
      victim.killCoordinator();
    }
  },
  SENDER_AGENT_STOPPED {
    @Override
    void strike(Victim victim, RandomGenerator random) throws Exception {
      stopAndContinue(victim.site().sender().pid(), random);
    }
  },
  RECEIVER_AGENT_STOPPED {
    @Override
    void strike(Victim victim, RandomGenerator random) throws Exception {
      stopAndContinue(victim.site().receiver().pid(), random);
    }
  },
  SEND_PUMP_KILLED {
    @Override
    void strike(Victim victim, RandomGenerator random) throws Exception {
      victim.killSource(Started::pump);
    }
  },
  SOURCE_KILLED {
    @Override
    void strike(Victim victim, RandomGenerator random) throws Exception {
      victim.killSource(started -> started.child().orElseThrow());
    }
  },
  SEND_PUMP_STOPPED {
    @Override
    void strike(Victim victim, RandomGenerator random) throws Exception {
      stopAndContinue(victim.started(Role.SEND).pump().pid(), random);
    }
  },
  RECEIVE_PUMP_STOPPED {
    @Override
    void strike(Victim victim, RandomGenerator random) throws Exception {
      stopAndContinue(victim.started(Role.RECEIVE).pump().pid(), random);
    }
  },
  SINK_STOPPED {
    @Override
    void strike(Victim victim, RandomGenerator random) throws Exception {
      Started started = victim.started(Role.RECEIVE);
      stopAndContinue(started.child().map(ProcessIdentity::pid).orElseThrow(), random);
    }
  },
  LINK_CUT {
    @Override
    void strike(Victim victim, RandomGenerator random) throws Exception {
      victim.link().cut();
      elapse(random, MOST_SECONDS);
      victim.link().restore();
    }
  },
  LINK_REFUSED {
    @Override
    void strike(Victim victim, RandomGenerator random) throws Exception {
      victim.link().refuse();
      elapse(random, MOST_SECONDS);
      victim.link().restore();
    }
  },
  CONNECTIONS_RESET {
    @Override
    void strike(Victim victim, RandomGenerator random) throws Exception {
      victim.link().reset();
    }
  },
  CHUNK_DAMAGED {
    @Override
    void strike(Victim victim, RandomGenerator random) throws Exception {
      long pump = victim.started(Role.RECEIVE).pump().pid();
      Victim.signal("STOP", pump); // or the damage might come between its two readings
      try {
        victim.damageChunk(random);
      } finally {
        Victim.signal("CONT", pump);
      }
    }
  },
  BIT_FLIPPED {
    @Override
    void strike(Victim victim, RandomGenerator random) {
      victim.link().flipBit();
    }
  },
  SENDER_SPOOL_FULL {
    @Override
    boolean isPossible(Victim victim) {
      return victim.disk(Role.SEND).isPresent();
    }

    @Override
    void strike(Victim victim, RandomGenerator random) throws Exception {
      fillForAWhile(victim.disk(Role.SEND).orElseThrow(), random);
    }
  },
  RECEIVER_SPOOL_FULL {
    @Override
    boolean isPossible(Victim victim) {
      return victim.disk(Role.RECEIVE).isPresent();
    }

    @Override
    void strike(Victim victim, RandomGenerator random) throws Exception {
      fillForAWhile(victim.disk(Role.RECEIVE).orElseThrow(), random);
    }
  };

  private static final int MOST_SECONDS = 6;
  private static final int MOST_SECONDS_AWAY = 2;
  private static final Duration TOP_UP_EVERY = Duration.ofMillis(20);

  /** Returns whether this machine lets the fault be brought about. */
  boolean isPossible(Victim victim) {
    return true;
  }

  /** Brings the fault about, and to its end if it is one that lasts. */
  abstract void strike(Victim victim, RandomGenerator random) throws Exception;

  /** Returns its name as the table prints it. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static void killAndStart(Agent agent, RandomGenerator random) throws Exception {
    agent.kill();
    elapse(random, MOST_SECONDS_AWAY);
    agent.start();
  }

  private static void stopAndContinue(long pid, RandomGenerator random) throws Exception {
    Victim.signal("STOP", pid);
    try {
      elapse(random, MOST_SECONDS);
    } finally {
      Victim.signal("CONT", pid);
    }
  }

  /** Takes the room again that a deleted chunk gives back, so that no other finds any. */
  private static void fillForAWhile(Tmpfs disk, RandomGenerator random) throws Exception {
    Duration time = Duration.ofSeconds(1).plus(upTo(random, MOST_SECONDS_AWAY));
    long began = System.nanoTime();
    try {
      while (System.nanoTime() - began < time.toNanos()) {
        disk.fill();
        Eventually.elapsed(TOP_UP_EVERY);
      }
    } finally {
      disk.free();
    }
  }

  private static void elapse(RandomGenerator random, int mostSeconds) {
    Eventually.elapsed(upTo(random, mostSeconds));
  }

  private static Duration upTo(RandomGenerator random, int mostSeconds) {
    return Duration.ofMillis(random.nextInt(mostSeconds * 1000));
  }
}

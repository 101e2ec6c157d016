package io.longhaul.receiver.pump;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.pipe.OwnImage;
import io.longhaul.protocol.retry.Sleeper;
import io.longhaul.protocol.spool.PumpLoop;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolLock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The process of the receive pump: {@code receive-pump}, see {@link PumpLoop}. */
public final class ReceivePumpMain {
  private static final Duration OUTCOME_WAIT = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofMillis(10);

  private ReceivePumpMain() {}

  /** Pumps the sessions that the agent names. */
  public static void main(String[] args) throws Exception {
    var feeding = new AtomicReference<@Nullable ReceivePump>();
    var ending = new AtomicBoolean();
    Thread feeder = Thread.currentThread();
    /* A signal ends the sink before it ends us, because our end closes the sink's stdin. */
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(() -> {
                  ending.set(true);
                  ReceivePump pump = feeding.get();
                  if (pump != null) {
                    pump.stop();
                    awaitEnd(feeder, feeding);
                  }
                }));
    SinkMachine machine = SinkMachine.real(Sleeper.REAL);
    PumpLoop.run(directory -> pump(directory, machine, feeding, ending));
    System.exit(0); // whatever threads there are
  }

  /* Whatever goes wrong ends the process with the lock held: with the lock free, the agent takes the
   * pump for one that is through.
   */
  private static boolean pump(
      Path directory,
      SinkMachine machine,
      AtomicReference<@Nullable ReceivePump> feeding,
      AtomicBoolean ending)
      throws Exception {
    String name = String.valueOf(directory.getFileName());
    SessionSpool spool =
        new SessionSpool(new SessionId(name.substring(name.lastIndexOf('-') + 1)), directory);
    Optional<SpoolLock> lock = SpoolLock.take(spool.lock(), Sleeper.REAL);
    if (lock.isEmpty()) {
      System.err.println("another pump works on " + directory);
      return false;
    }
    ReceivePump pump = new ReceivePump(spool, machine);
    feeding.set(pump);
    if (ending.get()) {
      pump.stop(); // the hook may have looked before
    }
    OwnImage.load(directory);
    boolean delivered = pump.run();
    feeding.set(null);
    boolean goesOn = delivered && !ending.get();
    if (goesOn) {
      lock.get().close();
    }
    return goesOn;
  }

  private static void awaitEnd(Thread feeder, AtomicReference<@Nullable ReceivePump> feeding) {
    long began = System.nanoTime();
    try {
      while (feeding.get() != null
          && feeder.isAlive()
          && System.nanoTime() - began < OUTCOME_WAIT.toNanos()) {
        feeder.join(LOOK);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

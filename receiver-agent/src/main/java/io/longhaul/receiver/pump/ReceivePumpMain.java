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
    Thread feeder = Thread.currentThread();
    /* A signal ends the sink before it ends us, because our end closes the sink's stdin. */
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(() -> {
                  ReceivePump pump = feeding.get();
                  if (pump != null) {
                    pump.stop();
                    awaitEnd(feeder, feeding);
                  }
                }));
    SinkMachine machine = SinkMachine.real(Sleeper.REAL);
    PumpLoop.run(directory -> pump(directory, machine, feeding));
    System.exit(0); // whatever threads there are
  }

  /* What is thrown ends the process with the lock held, or else the agent would take the pump for one
   * that is through while its sink is not.
   */
  private static void pump(
      Path directory, SinkMachine machine, AtomicReference<@Nullable ReceivePump> feeding)
      throws Exception {
    String name = String.valueOf(directory.getFileName());
    SessionSpool spool =
        new SessionSpool(new SessionId(name.substring(name.lastIndexOf('-') + 1)), directory);
    Optional<SpoolLock> lock = SpoolLock.take(spool.lock(), Sleeper.REAL);
    if (lock.isEmpty()) {
      System.err.println("another pump works on " + directory);
      return;
    }
    ReceivePump pump = new ReceivePump(spool, machine);
    feeding.set(pump);
    OwnImage.load(directory);
    pump.run();
    feeding.set(null);
    lock.get().close();
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

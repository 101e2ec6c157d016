package io.longhaul.receiver.pump;

import io.longhaul.protocol.SessionId;
import io.longhaul.protocol.pipe.OwnImage;
import io.longhaul.protocol.retry.Sleeper;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolLock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** The process of one receive pump. Its only argument is the session's directory. */
public final class ReceivePumpMain {
  private static final int USAGE = 2;
  private static final int LOCKED = 75; // EX_TEMPFAIL of sysexits.h
  private static final Duration OUTCOME_WAIT = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofMillis(10);

  private ReceivePumpMain() {}

  /** Runs the pump of the session in {@code args[0]} to its end. */
  public static void main(String[] args) throws Exception {
    if (args.length != 1) {
      System.err.println("usage: receive-pump DIRECTORY");
      System.exit(USAGE);
    }
    Path directory = Path.of(args[0]);
    String name = String.valueOf(directory.getFileName());
    SessionSpool spool =
        new SessionSpool(new SessionId(name.substring(name.lastIndexOf('-') + 1)), directory);
    Optional<SpoolLock> lock = SpoolLock.take(spool.lock(), Sleeper.REAL);
    if (lock.isEmpty()) {
      System.out.println("another pump works on " + directory);
      System.exit(LOCKED);
    }
    /* The lock is held until the process ends, whatever happens: the agent takes a free one for a dead
     * pump. A signal ends the sink before it ends us, because our end closes the sink's stdin.
     */
    ReceivePump pump = new ReceivePump(spool, SinkMachine.real(Sleeper.REAL));
    Thread feeding = Thread.currentThread();
    AtomicBoolean over = new AtomicBoolean();
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(() -> {
                  if (!over.get()) {
                    pump.stop();
                    awaitEnd(feeding, over);
                  }
                }));
    OwnImage.load(directory);
    pump.run();
    over.set(true);
    System.exit(0);
  }

  private static void awaitEnd(Thread feeding, AtomicBoolean over) {
    long began = System.nanoTime();
    try {
      while (!over.get()
          && feeding.isAlive()
          && System.nanoTime() - began < OUTCOME_WAIT.toNanos()) {
        feeding.join(LOOK);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

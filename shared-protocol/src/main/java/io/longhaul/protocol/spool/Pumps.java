package io.longhaul.protocol.spool;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.longhaul.protocol.pipe.ChildProcess;
import io.longhaul.protocol.pipe.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Starts pumps, in processes of their own that outlive the agent that starts them. A process whose
 * session was short is given the next one, if that comes within seconds: where many short streams
 * follow each other, the start of a JVM would take most of the time. Thread-safe.
 */
public final class Pumps implements PumpStarter {
  /** The system property that the image's launchers set to the image's directory. */
  public static final String HOME_PROPERTY = "longhaul.home";

  private static final int IDLE_SECONDS = 10;

  private final String launcher;
  private final Class<?> main;
  private final Executor later = CompletableFuture.delayedExecutor(IDLE_SECONDS, TimeUnit.SECONDS);

  /* The last one is the one that ended last. */
  @GuardedBy("this")
  private final Deque<Idle> idle = new ArrayDeque<>();

  private record Idle(PumpProcess pump, Object since) {}

  /**
   * Describes the pumps.
   *
   * @param launcher the name of their launcher in the image's {@code lib}
   * @param main their main class, run with our own Java and class path where there is no image
   */
  public Pumps(String launcher, Class<?> main) {
    this.launcher = launcher;
    this.main = main;
  }

  @Override
  public Process start(SessionSpool spool) throws IOException {
    ChildProcess.createLog(spool.log());
    for (Optional<Idle> found = takeIdle(); found.isPresent(); found = takeIdle()) {
      try {
        return found.get().pump().run(spool.directory());
      } catch (IOException e) {
        found.get().pump().dismiss(); // it is gone
      }
    }
    return PumpProcess.start(command(), spool.log(), this::keep).run(spool.directory());
  }

  private synchronized Optional<Idle> takeIdle() {
    return Optional.ofNullable(idle.pollLast());
  }

  private void keep(PumpProcess pump) {
    var kept = new Idle(pump, new Object());
    synchronized (this) {
      idle.addLast(kept);
    }
    later.execute(() -> dismissIfIdle(kept));
  }

  private void dismissIfIdle(Idle kept) {
    boolean unused;
    synchronized (this) {
      unused = idle.remove(kept);
    }
    if (unused) {
      kept.pump().dismiss();
    }
  }

  private Command command() {
    List<String> words = new ArrayList<>();
    String home = System.getProperty(HOME_PROPERTY);
    if (home != null) {
      words.add(Path.of(home, "lib", launcher).toString());
    } else {
      words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      words.addAll(List.of("-XX:+UseSerialGC", "-Xmx96m", "-XX:+DisplayVMOutputToStderr"));
      words.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
      words.add(System.getProperty("java.class.path"));
      words.add(main.getName());
    }
    return new Command(words, Map.of("MALLOC_ARENA_MAX", "2"));
  }
}

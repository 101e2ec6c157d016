package io.longhaul.protocol.spool;

import io.longhaul.protocol.pipe.StandardError;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a pump's process does: pumps one session after the other, as long as the agent that started
 * it names another, for a JVM takes longer to start than a short stream to pass. The agent writes
 * the directory of each session to its stdin, a line each, and reads {@value #DONE} from its stdout
 * at the end of each. When the agent is gone, the session that is being pumped is the last.
 *
 * <p>What the process says in between goes to its stderr, which is the session's {@code pump.log}.
 */
public final class PumpLoop {
  /** The line that says that a session is over and another would be welcome. */
  static final String DONE = "done";

  /* Who has pumped for long may have grown. */
  private static final Duration SHORT = Duration.ofMinutes(1);

  /* The image may be another since. */
  private static final Duration LIFE = Duration.ofMinutes(10);

  private PumpLoop() {}

  /** Pumps a session. */
  @FunctionalInterface
  public interface Session {
    /**
     * Pumps it to its end.
     *
     * @return whether all went well, nothing of the session is left in this process, and its lock
     *     was given up; else the end of the process gives it up
     */
    boolean pump(Path directory) throws Exception;
  }

  /** Pumps until there is nothing more to pump. */
  public static void run(Session session) throws Exception {
    OutputStream agent = new FileOutputStream(FileDescriptor.out);
    System.setOut(System.err);
    var directories = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    long started = System.nanoTime();
    boolean first = true;
    for (String line = directories.readLine(); line != null; line = directories.readLine()) {
      Path directory = Path.of(line);
      if (!first) {
        say(directory);
      }
      first = false;
      long began = System.nanoTime();
      boolean well = session.pump(directory);
      if (!well || isPast(began, SHORT) || isPast(started, LIFE) || !tell(agent)) {
        return;
      }
    }
  }

  private static boolean isPast(long sinceNanos, Duration limit) {
    return System.nanoTime() - sinceNanos > limit.toNanos();
  }

  private static void say(Path directory) {
    try {
      StandardError.appendTo(SessionSpool.logIn(directory));
    } catch (IOException e) {
      System.err.println("what is said of " + directory + " is said here: " + e);
    }
  }

  private static boolean tell(OutputStream agent) {
    try {
      agent.write((DONE + "\n").getBytes(StandardCharsets.UTF_8));
      return true;
    } catch (IOException e) {
      return false; // it is gone
    }
  }
}

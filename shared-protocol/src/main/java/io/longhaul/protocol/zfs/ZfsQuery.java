package io.longhaul.protocol.zfs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.longhaul.protocol.pipe.Command;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs one short command that asks something: no input, bounded output, a time limit.
 *
 * <p>Used by one thread at a time. A command that outlives its limit is killed together with the
 * children it has; this is for questions only, never for the commands that carry a stream.
 */
final class ZfsQuery {

  /** About 100,000 snapshots in the listing of one dataset. */
  private static final long STDOUT_LIMIT_CHARS = 16L << 20;

  private static final int LINE_LIMIT_CHARS = 64 << 10;

  private static final int STDERR_TAIL_CHARS = 16 << 10;

  /** How long the pipes of a command that has ended may still stay open (a child holds them). */
  private static final Duration PIPES_AFTER_END = Duration.ofSeconds(2);

  private final List<String> command;
  private final Duration limit;
  private final long mostChars;
  private final int mostLineChars;

  ZfsQuery(List<String> command, Duration limit) {
    this(command, limit, STDOUT_LIMIT_CHARS, LINE_LIMIT_CHARS);
  }

  /**
   * @param mostChars how much it may print
   * @param mostLineChars how much of it may be one line
   */
  ZfsQuery(List<String> command, Duration limit, long mostChars, int mostLineChars) {
    this.command = List.copyOf(command);
    this.limit = limit;
    this.mostChars = mostChars;
    this.mostLineChars = mostLineChars;
  }

  /** How a command ended, and the last part of its stderr. */
  record Ending(int exitStatus, String stderrTail) {}

  /**
   * Runs the command; {@code line} gets each line of its stdout, on another thread but never after
   * this method has returned an ending.
   *
   * @throws ZfsException if it cannot be started, takes too long or prints too much; not for its
   *     exit status
   * @throws InterruptedException if the caller was interrupted; the command is killed
   */
  Ending run(Consumer<String> line) throws ZfsException, InterruptedException {
    Process process = start();
    try {
      var tail = new Tail();
      var stdout = new Lines(process.getInputStream(), line, mostChars, mostLineChars);
      Thread out = Thread.ofVirtual().name("zfs-stdout").start(stdout);
      Thread err = Thread.ofVirtual().name("zfs-stderr").start(() -> tail.drain(process));
      long deadline = System.nanoTime() + limit.toNanos();
      boolean drained = out.join(limit);
      if (stdout.isTooLong()) {
        throw ZfsException.tooLong(command, mostChars, mostLineChars, tail.text());
      }
      if (!drained
          || !process.waitFor(left(deadline), TimeUnit.NANOSECONDS)
          || !err.join(PIPES_AFTER_END)) {
        throw ZfsException.outOfTime(command, limit, tail.text());
      }
      return new Ending(process.exitValue(), tail.text());
    } finally {
      kill(process);
    }
  }

  private Process start() throws ZfsException {
    ProcessBuilder builder = new Command(command, Map.of("LC_ALL", "C")).builder();
    builder.redirectInput(new File("/dev/null"));
    try {
      return builder.start();
    } catch (IOException e) {
      throw ZfsException.notStarted(command, e);
    }
  }

  private static long left(long deadline) {
    return Math.max(0, deadline - System.nanoTime());
  }

  private static void kill(Process process) {
    if (process.isAlive()) {
      List<ProcessHandle> children = process.descendants().toList();
      process.toHandle().destroyForcibly();
      children.forEach(ProcessHandle::destroyForcibly);
    }
  }

  private static BufferedReader reader(InputStream in) {
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  /** Hands over stdout line by line, up to a limit, where it closes the pipe. */
  private static final class Lines implements Runnable {
    private final InputStream in;
    private final Consumer<String> line;
    private final long mostChars;
    private final int mostLineChars;
    private volatile boolean tooLong;

    Lines(InputStream in, Consumer<String> line, long mostChars, int mostLineChars) {
      this.in = in;
      this.line = line;
      this.mostChars = mostChars;
      this.mostLineChars = mostLineChars;
    }

    boolean isTooLong() {
      return tooLong;
    }

    @Override
    public void run() {
      var text = new StringBuilder();
      try (BufferedReader reader = reader(in)) {
        long chars = 0;
        for (int c = reader.read(); c >= 0; c = reader.read()) {
          chars++;
          if (chars > mostChars || text.length() > mostLineChars) {
            tooLong = true;
            return;
          }
          if (c == '\n') {
            line.accept(text.toString());
            text.setLength(0);
          } else {
            text.append((char) c);
          }
        }
      } catch (IOException e) {
        // The command was killed while its pipe was read: its ending says so.
      }
      if (!text.isEmpty()) {
        line.accept(text.toString());
      }
    }
  }

  /** Reads stderr to its end and keeps the last part of it. */
  private static final class Tail {
    @GuardedBy("this")
    private final StringBuilder text = new StringBuilder();

    void drain(Process process) {
      var buffer = new char[4096];
      try (BufferedReader reader = process.errorReader(StandardCharsets.UTF_8)) {
        for (int count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
          keep(buffer, count);
        }
      } catch (IOException e) {
        // The command was killed while its pipe was read: its ending says so.
      }
    }

    private synchronized void keep(char[] buffer, int count) {
      text.append(buffer, 0, count);
      text.delete(0, Math.max(0, text.length() - STDERR_TAIL_CHARS));
    }

    synchronized String text() {
      return text.toString();
    }
  }
}

package io.longhaul.packaging.site;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a command said and how it ended.
 *
 * @param exit its exit status; 128 and more: ended by a signal
 * @param out its standard output
 * @param err its standard error
 */
public record CommandResult(int exit, String out, String err) {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** Runs a command for at most two minutes. */
  public static CommandResult of(List<String> command) throws IOException {
    return of(command, LIMIT);
  }

  /**
   * Runs a command.
   *
   * @throws IOException if it cannot be started or does not end within {@code limit}; it is killed
   *     then
   */
  public static CommandResult of(List<String> command, Duration limit) throws IOException {
    try (var running = RunningCommand.start(command)) {
      return running.await(limit);
    }
  }

  /**
   * Runs a command that has to succeed, and returns its standard output without the last newline.
   *
   * @throws IOException if it ends with another status than 0
   */
  public static String output(List<String> command) throws IOException {
    CommandResult result = of(command);
    if (result.exit() != 0) {
      throw new IOException("Tried to run " + command + " but it ended with " + result);
    }
    return result.out().stripTrailing();
  }

  /** A command that was started, its output going to files. */
  public static final class RunningCommand implements AutoCloseable {
    private final List<String> command;
    private final Process process;
    private final Path out;
    private final Path err;

    private RunningCommand(List<String> command, Process process, Path out, Path err) {
      this.command = command;
      this.process = process;
      this.out = out;
      this.err = err;
    }

    /** Starts a command with an empty standard input. */
    public static RunningCommand start(List<String> command) throws IOException {
      Path out = Files.createTempFile("longhaul-out-", ".txt");
      Path err = Files.createTempFile("longhaul-err-", ".txt");
      Process process =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      return new RunningCommand(command, process, out, err);
    }

    /** Returns its process number. */
    public long pid() {
      return process.pid();
    }

    /** Returns whether it has not ended. */
    public boolean isAlive() {
      return process.isAlive();
    }

    /** Returns what it has printed so far. */
    public String out() throws IOException {
      return Files.readString(out, StandardCharsets.UTF_8);
    }

    /**
     * Waits for its end.
     *
     * @throws IOException if it does not come within {@code limit}; the command is killed then
     */
    public CommandResult await(Duration limit) throws IOException {
      if (!endsWithin(limit)) {
        throw new IOException(
            "Tried to run %s but it did not end within %s; it printed: %s %s"
                .formatted(command, limit, out(), Files.readString(err)));
      }
      return new CommandResult(process.exitValue(), out(), Files.readString(err));
    }

    /** Waits for its end, and returns whether it came in time. */
    public boolean endsWithin(Duration limit) throws InterruptedIOException {
      try {
        return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while waiting for the end of " + command);
      }
    }

    /** Kills it if it still runs, and forgets its output. */
    @Override
    public void close() throws IOException {
      process.toHandle().destroyForcibly();
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    }
  }
}

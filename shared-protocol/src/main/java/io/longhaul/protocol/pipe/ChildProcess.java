package io.longhaul.protocol.pipe;

import io.longhaul.protocol.retry.Sleeper;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A source or a sink: a child in a session and process group of its own, whose pipe is a FIFO and
 * whose stderr is drained into a bounded tail. Thread-safe.
 *
 * <p>It is ended by signalling its group, never by {@link Process#destroy()}: that closes stdin
 * first, and a sink that sees an early end of file commits a truncated stream as if it were whole.
 */
public final class ChildProcess implements Child {
  private static final String MESSAGES = "messages.fifo";
  private static final Duration TAIL_WAIT = Duration.ofSeconds(1);

  private final Process process;
  private final ProcessIdentity identity;
  private final StderrTail tail;

  private ChildProcess(Process process, InputStream messages) throws IOException {
    this.process = process;
    this.identity = ProcessIdentity.of(process.pid());
    this.tail = StderrTail.start(messages, Long.toString(process.pid()));
  }

  /**
   * Starts a source that writes into the FIFO {@code stdout}; some process must hold its reading
   * end. A second FIFO, {@value #MESSAGES} beside it, carries what it says.
   *
   * @throws IOException if the program cannot be started
   */
  public static ChildProcess startSource(Command command, Path stdout) throws IOException {
    return start(
        fromNothing(command).redirectOutput(Redirect.appendTo(stdout.toFile())),
        stdout.resolveSibling(MESSAGES));
  }

  /**
   * Starts a sink that reads the FIFO {@code stdin}; some process must hold its writing end. What
   * it prints, also to its standard output, goes into the tail.
   *
   * @throws IOException if the program cannot be started
   */
  public static ChildProcess startSink(Command command, Path stdin) throws IOException {
    Path messages = stdin.resolveSibling(MESSAGES);
    return start(
        command
            .inOwnSession()
            .redirectInput(stdin.toFile())
            .redirectOutput(Redirect.appendTo(messages.toFile())),
        messages);
  }

  /*
   * Not the pipe of Process: when the child exits, the JDK empties that pipe itself, and a thread that
   * reads it at that moment may see the end of file before the last words.
   */
  private static ChildProcess start(ProcessBuilder builder, Path messages) throws IOException {
    Files.deleteIfExists(messages);
    try (Fifo _ = Fifo.create(messages)) {
      Process process = builder.redirectError(Redirect.appendTo(messages.toFile())).start();
      return new ChildProcess(process, Files.newInputStream(messages));
    }
  }

  /**
   * Makes an empty file for what a program says, which only its owner may read; leaves one that is
   * there.
   */
  public static void createLog(Path log) throws IOException {
    FileChannel.open(
            log,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
        .close();
  }

  /**
   * Starts a program that outlives us, with no pipe between it and us, its output appended to
   * {@code log}, which only its owner may read.
   *
   * @throws IOException if the program cannot be started
   */
  public static Process startDetached(Command command, Path log) throws IOException {
    createLog(log);
    Redirect toLog = Redirect.appendTo(log.toFile());
    return fromNothing(command).redirectOutput(toLog).redirectError(toLog).start();
  }

  /**
   * Starts a program that outlives us and talks with us by stdin and stdout until then. Its stderr
   * is appended to {@code log}.
   *
   * @throws IOException if the program cannot be started
   */
  public static Process startServant(Command command, Path log) throws IOException {
    return command.inOwnSession().redirectError(Redirect.appendTo(log.toFile())).start();
  }

  private static ProcessBuilder fromNothing(Command command) throws IOException {
    return command.inOwnSession().redirectInput(Path.of("/dev/null").toFile());
  }

  @Override
  public ProcessIdentity identity() {
    return identity;
  }

  /** Returns a future that completes with the exit status; a signal n counts as 128 + n. */
  public CompletableFuture<Integer> exit() {
    return process.onExit().thenApply(Process::exitValue);
  }

  @Override
  public Optional<Integer> awaitExit(Duration most) throws InterruptedException {
    return process.waitFor(most.toNanos(), TimeUnit.NANOSECONDS)
        ? Optional.of(process.exitValue())
        : Optional.empty();
  }

  @Override
  public boolean end(Duration grace, Sleeper sleeper) throws IOException, InterruptedException {
    return ProcessGroup.end(identity, grace, sleeper);
  }

  /** As {@link Child#stderrTail}; waits up to a second for the rest if it has exited. */
  @Override
  public String stderrTail() throws InterruptedException {
    if (!process.isAlive()) {
      tail.awaitEnd(TAIL_WAIT);
    }
    return tail.text();
  }
}

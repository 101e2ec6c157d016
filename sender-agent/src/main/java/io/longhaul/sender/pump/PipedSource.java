package io.longhaul.sender.pump;

import io.longhaul.protocol.pipe.ChildProcess;
import io.longhaul.protocol.pipe.Command;
import io.longhaul.protocol.pipe.Fifo;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.retry.Sleeper;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;

/** A source that is a process: that process, its pipe, and the thread that reads it. */
final class PipedSource implements Source {
  private static final Duration LAST_STATUS = Duration.ofSeconds(1);

  private final ChildProcess child;
  private final FileInputStream pipe;

  private PipedSource(ChildProcess child, FileInputStream pipe) {
    this.child = child;
    this.pipe = pipe;
  }

  /**
   * Starts the command with its stdout in a new FIFO, and reads it into {@code events}.
   *
   * @throws IOException if the program cannot be started
   */
  static Source start(Command command, Path fifo, BlockPool blocks, BlockingQueue<PumpEvent> events)
      throws IOException {
    ChildProcess child;
    FileInputStream pipe;
    try (Fifo _ = Fifo.create(fifo)) {
      child = ChildProcess.startSource(command, fifo);
      pipe = new FileInputStream(fifo.toFile());
    }
    CompletableFuture<Void> _ =
        child.exit().thenAccept(status -> events.add(new PumpEvent.Exited(status)));
    PipeReader.start(pipe, blocks, events);
    return new PipedSource(child, pipe);
  }

  @Override
  public ProcessIdentity identity() {
    return child.identity();
  }

  /** Closes our reading end and ends the source's process group, within twice the grace period. */
  @Override
  public Optional<Integer> end(Duration grace) throws IOException, InterruptedException {
    pipe.close();
    child.end(grace, Sleeper.REAL);
    return child.awaitExit(LAST_STATUS);
  }

  @Override
  public String stderrTail() throws InterruptedException {
    return child.stderrTail();
  }
}

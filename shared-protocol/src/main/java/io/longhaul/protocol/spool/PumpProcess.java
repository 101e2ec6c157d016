package io.longhaul.protocol.spool;

import io.longhaul.protocol.pipe.ChildProcess;
import io.longhaul.protocol.pipe.Command;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A process that runs {@link PumpLoop}, as the agent sees it that has started it and which it
 * outlives. Thread-safe.
 */
final class PumpProcess {
  private final Process process;
  private final OutputStream directories;
  private volatile @Nullable PumpRun run;

  private PumpProcess(Process process) {
    this.process = process;
    this.directories = process.getOutputStream();
  }

  /**
   * Starts one.
   *
   * @param log takes what it says until it is given its second session
   * @param free hears each time when it could take another session
   * @throws IOException if it cannot be started
   */
  static PumpProcess start(Command command, Path log, Consumer<PumpProcess> free)
      throws IOException {
    PumpProcess pump = new PumpProcess(ChildProcess.startServant(command, log));
    Thread.ofPlatform().daemon().name("pump-" + pump.process.pid()).start(() -> pump.listen(free));
    return pump;
  }

  /**
   * Gives it a session.
   *
   * @throws IOException if it is gone
   */
  PumpRun run(Path directory) throws IOException {
    PumpRun next = new PumpRun(process);
    run = next;
    directories.write((directory + "\n").getBytes(StandardCharsets.UTF_8));
    directories.flush();
    return next;
  }

  /** Lets it end as soon as it has nothing to do. */
  void dismiss() {
    try {
      directories.close();
    } catch (IOException e) {
      // it is gone
    }
  }

  private void listen(Consumer<PumpProcess> free) {
    try (BufferedReader words = process.inputReader(StandardCharsets.UTF_8)) {
      for (String word = words.readLine(); word != null; word = words.readLine()) {
        if (word.equals(PumpLoop.DONE)) {
          endRun();
          free.accept(this);
        }
      }
    } catch (IOException e) {
      // it is gone
    }
    dismiss();
  }

  private void endRun() {
    PumpRun over = run;
    if (over != null) {
      over.end();
    }
  }
}

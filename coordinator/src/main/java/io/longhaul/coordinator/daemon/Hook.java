package io.longhaul.coordinator.daemon;

import io.longhaul.protocol.config.TimeSpan;
import io.longhaul.protocol.pipe.ChildProcess;
import io.longhaul.protocol.pipe.Command;
import io.longhaul.protocol.pipe.ProcessGroup;
import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.retry.Sleeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A local command around a run.
 *
 * @param command what is run, with {@code LONGHAUL_JOB} and the like in its environment
 * @param log takes what it says; only that of the last run is kept
 * @param timeout after which it is ended with all that it has started
 */
record Hook(Command command, Path log, Duration timeout) {

  /** Runs it; returns why it did not do well. */
  Optional<String> run() throws InterruptedException {
    try {
      Files.deleteIfExists(log);
      Process process = ChildProcess.startDetached(command, log);
      try {
        if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
          end(process);
          return failed("took longer than " + new TimeSpan(timeout) + " and was ended");
        }
      } catch (InterruptedException e) {
        end(process);
        throw e;
      }
      return process.exitValue() == 0
          ? Optional.empty()
          : failed("exited with " + process.exitValue());
    } catch (IOException e) {
      return Optional.of("Tried to run the hook '" + command + "' but " + e.getMessage());
    }
  }

  private static void end(Process process) throws IOException, InterruptedException {
    boolean interrupted = Thread.interrupted();
    ProcessGroup.end(ProcessIdentity.of(process.pid()), ProcessGroup.GRACE, Sleeper.REAL);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<String> failed(String why) {
    return Optional.of(
        "Tried to run the hook '" + command + "' but it " + why + "; what it said is in " + log);
  }
}

package io.longhaul.receiver.pump;

import io.longhaul.protocol.retry.Sleeper;
import io.longhaul.protocol.spool.LastWord;
import io.longhaul.protocol.spool.SessionSpool;
import io.longhaul.protocol.spool.SpoolFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Writes the pump's small files. A disk that is full is waited for: the sink behind this pump
 * cannot be started again.
 */
final class PumpFiles {
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final SessionSpool spool;
  private final Sleeper sleeper;

  PumpFiles(SessionSpool spool, Sleeper sleeper) {
    this.spool = spool;
    this.sleeper = sleeper;
  }

  @FunctionalInterface
  private interface Write {
    void run() throws IOException;
  }

  /** Writes a file; tries again as long as {@code goOn} says so and the spool is there. */
  void write(Path path, Object content, BooleanSupplier goOn)
      throws IOException, InterruptedException {
    repeat(path, () -> SpoolFile.write(path, content), goOn);
  }

  /** As {@link #write}, and forces it to disk; see {@link LastWord}. */
  void force(Path path, Object content, BooleanSupplier goOn)
      throws IOException, InterruptedException {
    repeat(path, () -> LastWord.force(spool, path, content), goOn);
  }

  private void repeat(Path path, Write write, BooleanSupplier goOn)
      throws IOException, InterruptedException {
    boolean said = false;
    while (true) {
      try {
        write.run();
        return;
      } catch (IOException e) {
        if (!goOn.getAsBoolean() || !Files.isDirectory(spool.directory())) {
          throw e;
        }
        if (!said) {
          System.out.println("cannot write " + path + ", trying again: " + e);
          said = true;
        }
        sleeper.sleep(RETRY);
      }
    }
  }
}

package io.longhaul.coordinator.job;

import com.fasterxml.jackson.core.JacksonException;
import io.longhaul.protocol.Json;
import io.longhaul.protocol.durable.DurableFile;
import io.longhaul.protocol.retry.Sleeper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory in which the daemon remembers its jobs' runs: {@code JOB.json} for each. Commands
 * read it, and leave {@code JOB.wake-up} there for the daemon to find: who may write into it may
 * wake jobs up. Thread-safe for different jobs.
 */
public final class StateDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(StateDirectory.class);
  private static final String LOCK = "daemon.lock";

  /* Whoever asks whether it is claimed holds a shared lock for an instant. */
  private static final int CLAIM_ATTEMPTS = 20;
  private static final Duration CLAIM_PAUSE = Duration.ofMillis(50);

  private final Path root;

  /** Names a directory; it need not exist yet. */
  public StateDirectory(Path root) {
    this.root = root;
  }

  /** A claim that nobody else runs these jobs, until it is closed or the process ends. */
  public static final class Claim implements AutoCloseable {
    private final FileChannel file;

    private Claim(FileChannel file) {
      this.file = file;
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  /** Returns where it is. */
  public Path root() {
    return root;
  }

  /**
   * Creates the directory if need be, and claims it; empty if another daemon has.
   *
   * @throws IOException if it cannot be created or written
   */
  public Optional<Claim> claim() throws IOException, InterruptedException {
    Files.createDirectories(root);
    FileChannel file =
        FileChannel.open(
            root.resolve(LOCK), Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE));
    for (int attempt = 1; attempt <= CLAIM_ATTEMPTS; attempt++) {
      if (locks(file, false)) {
        return Optional.of(new Claim(file));
      }
      Sleeper.REAL.sleep(CLAIM_PAUSE);
    }
    file.close();
    return Optional.empty();
  }

  private static boolean locks(FileChannel file, boolean shared) throws IOException {
    try {
      return file.tryLock(0, Long.MAX_VALUE, shared) != null;
    } catch (OverlappingFileLockException e) {
      return false; // by this process itself
    }
  }

  /** Returns whether a daemon has claimed it; needs to read only. */
  public boolean claimed() throws IOException {
    try (FileChannel file = FileChannel.open(root.resolve(LOCK), StandardOpenOption.READ)) {
      return !locks(file, true);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /**
   * Returns what is remembered of a job; empty if nothing is, or it cannot be read, which is
   * logged: the job is then as new.
   */
  public Optional<JobMemory> read(String job) throws IOException {
    Path file = file(job);
    try {
      JobMemory memory = Json.TOLERANT.readValue(Files.readAllBytes(file), JobMemory.class);
      return Optional.of(memory);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JacksonException e) {
      LOG.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("why", e.getOriginalMessage())
          .log("what was remembered of a job cannot be read and is forgotten");
      return Optional.empty();
    }
  }

  /** Remembers a job; when it returns, that survives a power failure. */
  public void write(String job, JobMemory memory) throws IOException {
    DurableFile.replace(file(job), Json.TOLERANT.writeValueAsBytes(memory));
  }

  /** Asks the daemon to wake a job up. */
  public void askToWakeUp(String job) throws IOException {
    Files.write(root.resolve(job + ".wake-up"), new byte[0]);
  }

  /** Returns whether somebody has asked to wake a job up, once. */
  public boolean takeWakeUp(String job) throws IOException {
    return Files.deleteIfExists(root.resolve(job + ".wake-up"));
  }

  /**
   * Returns the file that takes what a hook of a job says.
   *
   * @param hook {@code before} or {@code after}
   */
  public Path hookLog(String job, String hook) {
    return root.resolve(job + "." + hook + ".log");
  }

  private Path file(String job) {
    return root.resolve(job + ".json");
  }
}

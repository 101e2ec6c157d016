package io.longhaul.packaging.site;

import io.longhaul.protocol.pipe.ProcessIdentity;
import io.longhaul.protocol.spool.SpoolFile;
import io.longhaul.protocol.spool.SpoolLock;
import io.longhaul.protocol.spool.Started;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The pumps, sources and sinks that the spools under a directory tell of.
 *
 * @param directory above the spools
 */
public record SpoolProcesses(Path directory) {
  private static final Duration END = Duration.ofMinutes(1);
  private static final int DEPTH = 3;

  /** Returns those that are alive. */
  public List<ProcessIdentity> alive() throws IOException {
    List<ProcessIdentity> alive = new ArrayList<>();
    for (Path file : startedFiles()) {
      Optional<Started> started = SpoolFile.read(file, Started.class);
      if (started.isPresent()) {
        if (SpoolLock.isHeld(file.resolveSibling("lock"))) {
          addIfAlive(
              alive, started.get().pump()); // else it is through, and may have another session
        }
        if (started.get().child().isPresent()) {
          addIfAlive(alive, started.get().child().get());
        }
      }
    }
    return alive;
  }

  private static void addIfAlive(List<ProcessIdentity> alive, ProcessIdentity process)
      throws IOException {
    if (process.isAlive()) {
      alive.add(process);
    }
  }

  private List<Path> startedFiles() throws IOException {
    List<Path> files = new ArrayList<>();
    addStartedFiles(files, directory, DEPTH);
    return files;
  }

  private static void addStartedFiles(List<Path> files, Path folder, int depth) throws IOException {
    Path file = folder.resolve("started.json");
    if (Files.exists(file)) {
      files.add(file);
    } else if (depth > 1) {
      try (DirectoryStream<Path> folders =
          Files.newDirectoryStream(folder, path -> Files.isDirectory(path))) {
        for (Path below : folders) {
          addStartedFiles(files, below, depth - 1);
        }
      } catch (NoSuchFileException e) {
        // a session that is cleaned up at this moment
      }
    }
  }

  /** Kills every process group that is left and waits until they are gone. */
  public void end() throws IOException {
    for (ProcessIdentity process : alive()) {
      CommandResult.of(List.of("kill", "-KILL", "--", "-" + process.pid()));
      CommandResult.of(List.of("kill", "-KILL", Long.toString(process.pid())));
    }
    Eventually.holds("the end of " + alive(), END, () -> alive().isEmpty());
  }
}

package io.longhaul.packaging.bench;

import io.longhaul.packaging.site.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Looks at every process of an image ten times a second until it is closed. */
final class ProcessWatch implements AutoCloseable {
  private static final long PERIOD_MILLIS = 100;
  private static final String OURS = "io.longhaul.";

  private final Path runtime;
  private final Map<String, ProcessUse> uses = new ConcurrentHashMap<>();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

  private ProcessWatch(Path runtime) {
    this.runtime = runtime;
  }

  /** Starts to look. */
  static ProcessWatch start(Image image) throws IOException {
    var watch = new ProcessWatch(image.home().resolve("runtime").toRealPath());
    var _ = watch.clock.scheduleAtFixedRate(watch::look, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    return watch;
  }

  /** Returns the last that was seen of each process, by its main class. */
  Map<String, ProcessUse> uses() {
    return new TreeMap<>(uses);
  }

  private void look() {
    long self = ProcessHandle.current().pid();
    ProcessHandle.allProcesses()
        .filter(process -> process.pid() != self)
        .forEach(process -> program(process.pid()).ifPresent(name -> look(name, process.pid())));
  }

  private void look(String name, long pid) {
    try {
      uses.put(name, ProcessUse.of(pid));
    } catch (IOException e) {
      return; // it has ended: what was seen before counts
    }
  }

  /** Returns the main class of a process, if it is one of the image. */
  private Optional<String> program(long pid) {
    try {
      Path proc = Path.of("/proc", Long.toString(pid));
      if (!Files.readSymbolicLink(proc.resolve("exe")).startsWith(runtime)) {
        return Optional.empty();
      }
      List<String> words = List.of(Files.readString(proc.resolve("cmdline")).split("\0", -1));
      return words.stream()
          .filter(word -> word.startsWith(OURS))
          .map(word -> word.substring(word.lastIndexOf('.') + 1))
          .findFirst();
    } catch (IOException e) {
      return Optional.empty(); // it has ended, or is none of ours
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    clock.close();
  }
}

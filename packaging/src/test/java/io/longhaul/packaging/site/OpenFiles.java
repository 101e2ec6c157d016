package io.longhaul.packaging.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Which files the processes of this machine have open, by {@code /proc}. */
public final class OpenFiles {
  private OpenFiles() {}

  /** Returns the descriptors that lead to files under {@code directory}, deleted ones included. */
  public static List<Path> under(Path directory) throws IOException {
    try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
      return processes
          .map(process -> Path.of("/proc", Long.toString(process.pid()), "fd"))
          .flatMap(OpenFiles::descriptors)
          .filter(descriptor -> leadsTo(descriptor, directory))
          .toList();
    }
  }

  private static Stream<Path> descriptors(Path list) {
    try (Stream<Path> descriptors = Files.list(list)) {
      return descriptors.toList().stream();
    } catch (IOException e) {
      return Stream.of(); // the process has ended, or is none of ours
    }
  }

  private static boolean leadsTo(Path descriptor, Path directory) {
    try {
      return Files.readSymbolicLink(descriptor).startsWith(directory);
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }
}

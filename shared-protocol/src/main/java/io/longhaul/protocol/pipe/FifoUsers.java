package io.longhaul.protocol.pipe;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/*
 * A pump that is killed between the start of its sink and the record of it leaves a sink that nobody
 * knows. The kernel does: the sink has the FIFO open.
 */

/** Finds out who uses a FIFO, as far as this user may see. */
public final class FifoUsers {
  private FifoUsers() {}

  /**
   * Returns the leaders of the process groups, other than our own, in which somebody has the FIFO
   * open; a leader itself may have ended before.
   */
  public static List<ProcessIdentity> groups(Path fifo) throws IOException {
    String target = fifo.toRealPath().toString();
    Optional<Long> own = ProcessIdentity.group(ProcessHandle.current().pid());
    NavigableSet<Long> groups = new TreeSet<>();
    for (long pid : ProcessIdentity.all()) {
      if (hasOpen(pid, target)) {
        ProcessIdentity.group(pid).filter(g -> !own.equals(Optional.of(g))).ifPresent(groups::add);
      }
    }
    List<ProcessIdentity> leaders = new ArrayList<>();
    for (long group : groups) {
      leaders.add(ProcessIdentity.of(group));
    }
    return leaders;
  }

  private static boolean hasOpen(long pid, String target) {
    try (DirectoryStream<Path> descriptors =
        Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
      for (Path descriptor : descriptors) {
        if (isOpenOn(descriptor, target)) {
          return true;
        }
      }
      return false;
    } catch (IOException | DirectoryIteratorException e) {
      return false; // ended meanwhile, or of another user
    }
  }

  private static boolean isOpenOn(Path descriptor, String target) {
    try {
      return Files.readSymbolicLink(descriptor).toString().equals(target);
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }
}

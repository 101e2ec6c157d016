package io.longhaul.protocol.pipe;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One particular process, told from a later one with the same number by its start time and boot.
 *
 * @param pid its number; for our children also the number of its process group
 * @param startTicks field 22 of {@code /proc/pid/stat}, clock ticks after boot (proc_pid_stat(5));
 *     0 if the process was gone before we could look
 * @param bootId the content of {@code /proc/sys/kernel/random/boot_id}
 */
public record ProcessIdentity(long pid, long startTicks, String bootId) {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path PROC = Path.of("/proc");

  /* Positions among the fields after the command's name. */
  private static final int STATE = 0;
  private static final int GROUP = 2;
  private static final int START = 19;

  /** Returns the identity of this very process. */
  public static ProcessIdentity self() throws IOException {
    return of(ProcessHandle.current().pid());
  }

  /** Returns the identity of the process that has this number now. */
  public static ProcessIdentity of(long pid) throws IOException {
    return new ProcessIdentity(pid, startTicks(pid), currentBoot());
  }

  /** Returns an identifier of the time since the machine was started. */
  public static String currentBoot() throws IOException {
    return Files.readString(BOOT_ID).strip();
  }

  /** Returns whether this process still exists and is not a zombie. */
  public boolean isAlive() throws IOException {
    Optional<String[]> now = stat(pid);
    return startTicks != 0
        && now.isPresent()
        && Long.parseLong(now.get()[START]) == startTicks
        && lives(now.get())
        && currentBoot().equals(bootId);
  }

  private static boolean lives(String[] fields) {
    return !fields[STATE].equals("Z") && !fields[STATE].equals("X");
  }

  /**
   * Sends a signal to the process group that this process leads, if it is still the same group: the
   * system does not give a number away while a process or a group of that number is left.
   *
   * @return whether there was somebody to signal
   */
  boolean signalGroup(int signal) throws IOException {
    long now = startTicks(pid);
    boolean reused = now != 0 && now != startTicks;
    return !reused && currentBoot().equals(bootId) && Posix.killGroup(pid, signal);
  }

  /**
   * Returns whether nobody in the group is alive. Those that have ended and were not reaped yet do
   * not count: the first process of a container may never reap them.
   */
  boolean groupIsGone() throws IOException {
    return !isAlive() && (!signalGroup(Posix.SIG_NONE) || groupIsOfTheDead());
  }

  /* False also if we cannot see any of them, as with the option hidepid of proc(5). */
  private boolean groupIsOfTheDead() throws IOException {
    String group = Long.toString(pid);
    boolean found = false;
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[1-9]*")) {
      for (Path process : processes) {
        Optional<String[]> fields = stat(process);
        if (fields.isPresent() && fields.get()[GROUP].equals(group)) {
          if (lives(fields.get())) {
            return false;
          }
          found = true;
        }
      }
    }
    return found;
  }

  /** Returns the numbers of all processes. */
  static List<Long> all() throws IOException {
    List<Long> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      entries.forEach(entry -> found.add(Long.parseLong(String.valueOf(entry.getFileName()))));
    }
    return found;
  }

  /** Returns the number of the group that a process belongs to; empty if it is gone. */
  static Optional<Long> group(long pid) throws IOException {
    return stat(pid).map(fields -> Long.parseLong(fields[GROUP]));
  }

  private static long startTicks(long pid) throws IOException {
    return stat(pid).map(fields -> Long.parseLong(fields[START])).orElse(0L);
  }

  private static Optional<String[]> stat(long pid) throws IOException {
    return stat(PROC.resolve(Long.toString(pid)));
  }

  /* The fields of /proc/pid/stat after the command's name, which may hold spaces and ")". */
  private static Optional<String[]> stat(Path process) throws IOException {
    try {
      String line = Files.readString(process.resolve("stat"));
      return Optional.of(line.substring(line.lastIndexOf(')') + 2).split(" ", -1));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      /* It ended between open and read: ESRCH. */
      if (Files.exists(process)) {
        throw e;
      }
      return Optional.empty();
    }
  }
}

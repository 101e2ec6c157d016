package io.longhaul.packaging.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a process has used so far.
 *
 * @param residentBytes the greatest resident size, {@code VmHWM} of proc_pid_status(5)
 * @param cpuSeconds in user and system mode, all threads
 */
record ProcessUse(long residentBytes, double cpuSeconds) {
  private static final int USER_TICKS = 11;
  private static final int SYSTEM_TICKS = 12;
  private static final double TICKS_PER_SECOND = 100;

  /**
   * Reads the use of a living process.
   *
   * @throws IOException if it has ended
   */
  static ProcessUse of(long pid) throws IOException {
    Path proc = Path.of("/proc", Long.toString(pid));
    return new ProcessUse(
        resident(proc.resolve("status")), cpu(Files.readString(proc.resolve("stat"))));
  }

  private static long resident(Path status) throws IOException {
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new IOException(status + " has no VmHWM: the process has ended");
  }

  private static double cpu(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]))
        / TICKS_PER_SECOND;
  }
}

package io.longhaul.protocol.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many files a process may have open.
 *
 * @param most the hard limit, which the Java runtime takes for itself; empty if there is none
 */
record DescriptorCheck(OptionalLong most) {
  private static final String CHECK = "open files";
  private static final Pattern LIMIT = Pattern.compile("Max open files +\\S+ +(\\d+|unlimited) .*");

  /* One session of 96 connections takes up to about 400 (both ends' sockets, chunks, selectors). */
  private static final long LEAST = 1024;
  private static final long GOOD = 8192;

  static DescriptorCheck look() throws IOException {
    return of(Files.readAllLines(Path.of("/proc/self/limits")));
  }

  /** Reads {@code /proc/PID/limits} (proc(5)). */
  static DescriptorCheck of(List<String> limits) {
    return new DescriptorCheck(
        limits.stream()
            .map(LIMIT::matcher)
            .filter(Matcher::matches)
            .map(match -> match.group(1))
            .filter(limit -> !limit.equals("unlimited"))
            .mapToLong(Long::parseLong)
            .findFirst());
  }

  Finding judge() {
    if (most.isEmpty()) {
      return Finding.ok(CHECK, "no limit");
    }
    long limit = most.getAsLong();
    String text = "at most " + limit + " here";
    String remedy = "raise LimitNOFILE in the service unit, or ulimit -n";
    if (limit < LEAST) {
      return Finding.fail(CHECK, text + ", and one session may need " + LEAST, remedy);
    }
    return limit < GOOD
        ? Finding.warn(CHECK, text + ", which is little for many sessions", remedy)
        : Finding.ok(CHECK, text);
  }
}

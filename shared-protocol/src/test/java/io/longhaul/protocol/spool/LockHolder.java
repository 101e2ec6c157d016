package io.longhaul.protocol.spool;

import io.longhaul.protocol.retry.Sleeper;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A JVM of its own that takes a lock, says {@code held} or {@code refused}, and keeps it until its
 * stdin ends.
 */
final class LockHolder implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;

  private LockHolder(Process process) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
  }

  public static void main(String[] arguments) throws Exception {
    var lock = SpoolLock.take(Path.of(arguments[0]), Sleeper.REAL);
    System.out.println(lock.isPresent() ? "held" : "refused");
    while (System.in.read() >= 0) {
      // kept until the end of stdin
    }
    if (lock.isPresent()) {
      lock.get().close();
    }
  }

  /** Starts the JVM, without waiting for its answer. */
  static LockHolder start(Path lock) throws IOException {
    String classPath =
        Stream.of(LockHolder.class, SpoolLock.class)
            .map(LockHolder::place)
            .distinct()
            .collect(Collectors.joining(File.pathSeparator));
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return new LockHolder(
        new ProcessBuilder(
                java.toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                LockHolder.class.getName(),
                lock.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  private static String place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns what it said. */
  String answer() throws IOException {
    return String.valueOf(out.readLine());
  }

  /** Kills it as a crash would: with SIGKILL. */
  void kill() {
    process.toHandle().destroyForcibly();
    process.onExit().join();
  }

  /** Lets it give the lock up and end. */
  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    process.onExit().join();
  }
}

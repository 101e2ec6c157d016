package io.longhaul.packaging.site;

import io.longhaul.protocol.ApiPaths;
import io.longhaul.protocol.Json;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sender-agent or receiver-agent of the image, which can be started, killed and started again.
 */
public final class Agent implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration STOP = Duration.ofSeconds(30);

  private final List<String> command;
  private final List<String> where;
  private final String url;
  private final List<String> credential;
  private final Path log;
  private @Nullable Process process;

  /**
   * Describes an agent.
   *
   * @param command its launcher and arguments
   * @param where what to put before a command so that it runs where the agent does; may be empty
   * @param url its base URL, as seen from there
   * @param credential the arguments of curl that prove that an administrator asks
   * @param log takes what it prints
   */
  Agent(List<String> command, List<String> where, String url, List<String> credential, Path log) {
    this.command = command;
    this.where = where;
    this.url = url;
    this.credential = credential;
    this.log = log;
  }

  /** Starts it and waits until it answers. */
  public void start() throws IOException {
    var words = new ArrayList<>(where);
    words.addAll(command);
    Process started =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    process = started;
    Eventually.holds(
        "an answer from " + url,
        START,
        () -> {
          if (!started.isAlive()) {
            throw new AssertionError(
                words + " ended with " + started.exitValue() + ": " + Files.readString(log));
          }
          return call(ApiPaths.AGENT).exit() == 0;
        });
  }

  /** Returns the process number of the last start. */
  public long pid() {
    return running().pid();
  }

  /** Ends it by SIGKILL, as a power cut does; returns when it is gone. */
  public void kill() {
    running().toHandle().destroyForcibly();
    awaitEnd();
  }

  /** Ends it by SIGTERM, as a service manager does. */
  @Override
  public void close() {
    if (process != null) {
      running().toHandle().destroy();
      awaitEnd();
    }
  }

  /**
   * Sends SIGHUP to every process of its session, as the kernel does when the terminal of a session
   * goes; returns when it is gone. It must have been started in a session of its own.
   */
  public void hangUp() throws IOException {
    List<String> words = new ArrayList<>(List.of("kill", "-HUP"));
    CommandResult.output(List.of("ps", "-o", "pid=", "-s", Long.toString(pid())))
        .lines()
        .map(String::strip)
        .forEach(words::add);
    CommandResult.output(words);
    awaitEnd();
  }

  /** Returns how its last process ended. */
  public int exitStatus() {
    return running().exitValue();
  }

  private void awaitEnd() {
    Eventually.holds("the end of " + command, STOP, () -> !running().isAlive());
  }

  /**
   * Reads a resource of the agent.
   *
   * @param path relative to its base URL
   * @throws IOException if the agent does not answer with success
   */
  public <T> T get(String path, Class<T> type) throws IOException {
    CommandResult answer = call(path);
    if (answer.exit() != 0) {
      throw new IOException("Tried to read " + path + " at " + url + " but got " + answer);
    }
    return Json.TOLERANT.readValue(answer.out(), type);
  }

  /** Asks for a resource by {@code curl}; arguments of its own may follow the path. */
  public CommandResult call(String path, String... arguments) throws IOException {
    var words = new ArrayList<>(where);
    words.addAll(List.of("curl", "--silent", "--show-error", "--fail-with-body"));
    words.addAll(List.of("--max-time", "60"));
    words.addAll(credential);
    words.addAll(List.of(arguments));
    words.add(url + "/" + path);
    return CommandResult.of(words);
  }

  /** Returns its base URL, as seen from where it runs. */
  public String url() {
    return url;
  }

  /** Returns what it has printed since its first start. */
  public String log() throws IOException {
    return Files.readString(log);
  }

  private Process running() {
    if (process == null) {
      throw new IllegalStateException(command + " was not started");
    }
    return process;
  }
}

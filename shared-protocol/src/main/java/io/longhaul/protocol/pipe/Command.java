package io.longhaul.protocol.pipe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A program and its arguments, as a list that no shell ever sees.
 *
 * @param arguments the program first; not empty
 * @param environment variables beside the fixed ones
 */
public record Command(List<String> arguments, Map<String, String> environment) {
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final List<String> PASSED_ON = List.of("HOME", "USER", "LOGNAME");

  /**
   * @throws IllegalArgumentException if there is no program
   */
  public Command {
    if (arguments.isEmpty() || arguments.getFirst().isBlank()) {
      throw new IllegalArgumentException("a command needs a program");
    }
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
  }

  /** Creates a command without variables of its own. */
  public static Command of(List<String> arguments) {
    return new Command(arguments, Map.of());
  }

  /** Returns the program's name without its folder, for whoever need not know where it lies. */
  public String program() {
    return arguments.getFirst().substring(arguments.getFirst().lastIndexOf('/') + 1);
  }

  /**
   * Returns the program's file: the path itself, or the first hit in the search path; empty if
   * there is no such executable. The search path is the command's own {@code PATH} or a fixed one:
   * it does not depend on who started the agent.
   */
  public Optional<Path> executable() {
    String program = arguments.getFirst();
    if (program.contains("/")) {
      return Optional.of(Path.of(program)).filter(Command::runnable);
    }
    return Arrays.stream(environment.getOrDefault("PATH", PATH).split(":", -1))
        .map(folder -> Path.of(folder, program))
        .filter(Command::runnable)
        .findFirst();
  }

  private static boolean runnable(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }

  /**
   * Returns a builder that runs the command in a session and process group of its own (setsid(1)).
   *
   * @throws IOException if there is no such program: setsid would only say so on stderr
   */
  ProcessBuilder inOwnSession() throws IOException {
    if (executable().isEmpty()) {
      throw new IOException(
          "Tried to start '" + this + "' but there is no executable " + arguments.getFirst());
    }
    List<String> words = new ArrayList<>(List.of("setsid", "--"));
    words.addAll(arguments);
    return new Command(words, environment).builder();
  }

  /**
   * Returns a builder that runs the command with the fixed variables and its own, and no others.
   */
  public ProcessBuilder builder() {
    ProcessBuilder builder = new ProcessBuilder(arguments);
    Map<String, String> variables = builder.environment();
    Map<String, String> inherited = Map.copyOf(variables);
    variables.clear();
    PASSED_ON.stream()
        .filter(inherited::containsKey)
        .forEach(name -> variables.put(name, inherited.get(name)));
    variables.put("PATH", PATH);
    variables.put("LC_ALL", "C.UTF-8");
    variables.putAll(environment);
    return builder;
  }

  /** Returns the words as one would type them, for messages only. */
  @Override
  public String toString() {
    return String.join(" ", arguments);
  }
}

package io.longhaul.receiver;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A named stream of the receiver-agent's configuration: where its bytes go. Either a command or a
 * file.
 *
 * @param command the sink, as an argument list; the stream is its stdin
 * @param environment variables for it
 * @param file the file that a whole stream becomes; what is not whole never has this name
 */
public record StreamConfig(
    Optional<List<String>> command,
    Optional<Map<String, String>> environment,
    Optional<Path> file) {

  /** Returns every fault, for the configuration key {@code key}. */
  List<String> problems(String key) {
    List<String> problems = new ArrayList<>();
    if (command.isPresent() == file.isPresent()) {
      problems.add(key + ": must have either command or file");
    }
    if (command.filter(words -> words.isEmpty() || words.getFirst().isBlank()).isPresent()) {
      problems.add(key + ".command: must name a program");
    }
    if (file.filter(path -> !path.isAbsolute() || path.getNameCount() == 0).isPresent()) {
      problems.add(key + ".file: must be the absolute path of a file, was " + file.get());
    }
    if (file.isPresent() && environment.isPresent()) {
      problems.add(key + ".environment: has no use for a file");
    }
    return problems;
  }

  /** Returns it without the values of its variables, which may be secrets. */
  @Override
  public String toString() {
    return command + " " + file + " " + environment.map(Map::keySet).orElse(Set.of());
  }
}

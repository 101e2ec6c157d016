package io.longhaul.sender.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A named stream in the agent's configuration.
 *
 * @param command the source, as an argument list that no shell sees
 * @param successCodes its exit statuses that count as success; 0 alone unless told otherwise (GNU
 *     tar ends with 1 when a file changed while it was read)
 * @param environment variables for it
 * @param repeatable whether the command gives the same bytes each time, as one that reads a
 *     snapshot does: it is then started again if it was killed, and each chunk compared with what
 *     it was; false unless told otherwise
 */
public record StreamConfig(
    List<String> command,
    Optional<Set<Integer>> successCodes,
    Optional<Map<String, String>> environment,
    Optional<Boolean> repeatable) {
  private static final int MOST_STATUS = 255;

  /** Returns every fault, for the configuration key {@code key}. */
  public List<String> problems(String key) {
    List<String> problems = new ArrayList<>();
    if (command.isEmpty() || command.getFirst().isBlank()) {
      problems.add(key + ".command: must name a program, such as [tar, -cf, -, /srv]");
    }
    Set<Integer> codes = codes();
    if (codes.isEmpty() || codes.stream().anyMatch(code -> code < 0 || code > MOST_STATUS)) {
      problems.add(key + ".success-codes: must be numbers from 0 to 255, were " + codes);
    }
    return problems;
  }

  /** Returns the exit statuses that count as success. */
  public Set<Integer> codes() {
    return successCodes.orElse(Set.of(0));
  }

  /** Returns it without the values of its variables, which may be secrets. */
  @Override
  public String toString() {
    return command + " " + environment.map(Map::keySet).orElse(Set.of());
  }
}

package io.longhaul.protocol.doctor;

import io.longhaul.protocol.pipe.Command;
import java.util.List;
import java.util.Map;

/** Whether the programs that a configuration names are here. */
final class CommandCheck {
  private CommandCheck() {}

  /**
   * Looks for one.
   *
   * @param what whose it is: {@code "stream home"}
   */
  static Finding look(String what, List<String> words, Map<String, String> environment) {
    return new Command(words, environment)
        .executable()
        .map(file -> Finding.ok(what, file.toString()))
        .orElseGet(() ->
            Finding.fail(
                what,
                "there is no executable '" + words.getFirst() + "' here",
                "install it, or correct the configuration"));
  }
}

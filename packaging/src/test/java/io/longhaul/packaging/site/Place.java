package io.longhaul.packaging.site;

import java.util.ArrayList;
import java.util.List;

/**
 * Where an agent runs: this machine, or one end of a link between network namespaces.
 *
 * @param prefix what to put before a command so that it runs there
 * @param host the address there that the other end can reach
 */
public record Place(List<String> prefix, String host) {
  /** This machine, over loopback. */
  public static final Place HERE = new Place(List.of(), "127.0.0.1");

  /** Returns the command that runs {@code command} in this place. */
  public List<String> command(List<String> command) {
    List<String> words = new ArrayList<>(prefix);
    words.addAll(command);
    return words;
  }
}

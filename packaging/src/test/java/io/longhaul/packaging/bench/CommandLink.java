package io.longhaul.packaging.bench;

import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A link by a program with the verbs {@code up --rtt MS --rate MBIT --loss PERCENT --cc NAME},
 * {@code a COMMAND...}, {@code b COMMAND...} and {@code down}.
 */
final class CommandLink implements LinkEmulator {
  private static final Pattern ADDRESS = Pattern.compile("inet (\\d+(?:\\.\\d+){3})/");

  private final List<String> program;
  private final Place a;
  private final Place b;

  /** Makes the link. */
  CommandLink(List<String> program, LinkShape shape) throws IOException {
    this.program = program;
    List<String> up = verb("up");
    up.addAll(shape.options());
    CommandResult.output(up);
    a = place("a");
    b = place("b");
  }

  private Place place(String end) throws IOException {
    List<String> prefix = verb(end);
    String addresses =
        CommandResult.output(
            new Place(prefix, "")
                .command(List.of("ip", "-4", "-o", "address", "show", "scope", "global")));
    Matcher address = ADDRESS.matcher(addresses);
    if (!address.find()) {
      throw new IOException(
          "Tried to find the address of end " + end + " but ip says " + addresses);
    }
    return new Place(prefix, address.group(1));
  }

  private List<String> verb(String verb) {
    List<String> words = new ArrayList<>(program);
    words.add(verb);
    return words;
  }

  @Override
  public Place a() {
    return a;
  }

  @Override
  public Place b() {
    return b;
  }

  @Override
  public void close() throws IOException {
    CommandResult.output(verb("down"));
  }
}

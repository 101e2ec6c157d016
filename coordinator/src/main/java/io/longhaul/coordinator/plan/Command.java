package io.longhaul.coordinator.plan;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A {@code zfs} command of a plan.
 *
 * @param side where it runs
 * @param arguments what follows {@code zfs}
 */
public record Command(Side side, List<String> arguments) {
  private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-][\\w@%+=:,./#-]*");

  public Command {
    arguments = List.copyOf(arguments);
  }

  /** Returns the command as it can be typed into a shell. */
  @Override
  public String toString() {
    return arguments.stream().map(Command::quoted).collect(Collectors.joining(" ", "zfs ", ""));
  }

  private static String quoted(String argument) {
    return PLAIN.matcher(argument).matches()
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}

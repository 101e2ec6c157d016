package io.longhaul.protocol.config;

/**
 * What a name in a request may be that an agent's configuration has to know: the log and a terminal
 * show it as it is.
 */
public final class ConfiguredName {
  private static final int MOST_LENGTH = 255;

  private ConfiguredName() {}

  /**
   * Returns {@code name}.
   *
   * @param what it is, for messages
   * @throws IllegalArgumentException unless it has 1 to {@value #MOST_LENGTH} characters, none of
   *     them a control, formatting or separating one
   */
  public static String check(String what, String name) {
    if (name.isEmpty() || name.length() > MOST_LENGTH) {
      throw new IllegalArgumentException(
          what + " must have 1 to " + MOST_LENGTH + " characters, had " + name.length());
    }
    if (!name.codePoints().allMatch(ConfiguredName::isShown)) {
      throw new IllegalArgumentException(what + " must have no control characters");
    }
    return name;
  }

  private static boolean isShown(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}

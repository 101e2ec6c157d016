package io.longhaul.protocol.doctor;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One line of a doctor's report.
 *
 * @param check what was looked at, such as {@code spool} or {@code peer office}
 * @param verdict what came of it
 * @param text what was found
 * @param remedy what to do about it
 */
public record Finding(String check, Verdict verdict, String text, Optional<String> remedy) {
  /** Returns that all is well. */
  public static Finding ok(String check, String text) {
    return new Finding(check, Verdict.OK, text, Optional.empty());
  }

  /** Returns that somebody should look at it. */
  public static Finding warn(String check, String text, String remedy) {
    return new Finding(check, Verdict.WARN, text, Optional.of(remedy));
  }

  /** Returns that it does not work. */
  public static Finding fail(String check, String text, String remedy) {
    return new Finding(check, Verdict.FAIL, text, Optional.of(remedy));
  }

  /**
   * Returns what one of our own messages says, which names the remedy itself.
   *
   * @param verdict not {@link Verdict#OK}
   */
  static Finding of(String check, Verdict verdict, @Nullable String said) {
    return new Finding(check, verdict, String.valueOf(said), Optional.empty());
  }

  /** Returns the line for people. */
  @Override
  public String toString() {
    String line = "%-4s  %s: %s".formatted(verdict.text(), check, text);
    return (remedy.isEmpty() ? line : line + "; " + remedy.get()).replaceAll("\\s*\\R\\s*", " ");
  }
}

package io.longhaul.protocol.doctor;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What came of a check. */
public enum Verdict {
  /** It is as it should be. */
  OK,
  /** The agent works, but somebody should look at it. */
  WARN,
  /** Something that is configured does not work. */
  FAIL;

  /** Returns the word for people and JSON: {@code ok}, {@code warn} or {@code fail}. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}

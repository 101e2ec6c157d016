package io.longhaul.protocol.zfs;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * What {@code receive_resume_token} says of an interrupted {@code zfs receive -s}. It has the form
 * of one and begins with a digit, so it is never taken for an option; what it says is a claim of
 * whoever gave it ({@link Zfs#contents(ResumeToken, ZfsFeatures)}).
 *
 * @param text at most {@value #MOST_CHARS} characters
 */
public record ResumeToken(String text) {
  private static final int MOST_CHARS = 16_384;
  private static final Pattern FORM = Pattern.compile("\\d{1,3}(-[0-9a-f]+)+");

  /**
   * @throws IllegalArgumentException if it has not got the form of a token
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ResumeToken {
    if (text.length() > MOST_CHARS || !FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "Tried to read a resume token but it has not got the form of one, as 1-c0ffee-90-789c…,"
              + " and at most "
              + MOST_CHARS
              + " characters");
    }
  }

  /** Returns the token as ZFS takes it. */
  @Override
  @JsonValue
  public String toString() {
    return text;
  }
}

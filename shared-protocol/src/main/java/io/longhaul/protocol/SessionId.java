package io.longhaul.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of one session, shared by both sides: 26 characters of Crockford's base 32 in lower
 * case.
 *
 * <p>The first ten characters are the creation time in milliseconds, so ids sort by age; the other
 * sixteen are 80 random bits, so an id cannot be guessed. Immutable and safe as a part of a file
 * name or a URL path.
 */
public record SessionId(@JsonValue String text) implements Comparable<SessionId> {
  private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
  private static final Pattern SYNTAX = Pattern.compile("[0-7][0-9a-hjkmnp-tv-z]{25}");
  private static final int TIME_CHARACTERS = 10;
  private static final int RANDOM_CHARACTERS = 16;
  private static final int BITS = 5;
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * Takes an id as it is written.
   *
   * @throws IllegalArgumentException if {@code text} is not exactly of the syntax above
   */
  @JsonCreator
  public SessionId {
    if (!SYNTAX.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "a session id is 26 characters of 0-9 and a-z without i, l, o, u, was '" + text + "'");
    }
  }

  /** Returns the id that {@code text} is; empty if it is none. */
  public static Optional<SessionId> parse(String text) {
    return SYNTAX.matcher(text).matches() ? Optional.of(new SessionId(text)) : Optional.empty();
  }

  /** Returns a new id for a session created at {@code clock}'s present time. */
  public static SessionId create(InstantSource clock) {
    char[] out = new char[TIME_CHARACTERS + RANDOM_CHARACTERS];
    long time = clock.millis();
    for (int i = TIME_CHARACTERS - 1; i >= 0; i--) {
      out[i] = ALPHABET.charAt((int) (time & 31));
      time >>>= BITS;
    }
    for (int i = TIME_CHARACTERS; i < out.length; i++) {
      out[i] = ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length()));
    }
    return new SessionId(new String(out));
  }

  /** Returns when the session was created, to the millisecond, by its creator's clock. */
  public Instant created() {
    long time = 0;
    for (int i = 0; i < TIME_CHARACTERS; i++) {
      time = (time << BITS) | ALPHABET.indexOf(text.charAt(i));
    }
    return Instant.ofEpochMilli(time);
  }

  @Override
  public int compareTo(SessionId other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}

package io.longhaul.coordinator.drive;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.longhaul.protocol.zfs.DatasetName;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * How a run stands with one dataset.
 *
 * @param source empty for a placeholder, and as long as nobody has told
 * @param target its place on the target
 * @param state where it stands
 * @param failures how often in a row it failed
 * @param code a stable word for why it is not done
 * @param message the same in words
 * @param again after how long it is tried again, if it waits for that
 */
public record Outcome(
    Optional<DatasetName> source,
    DatasetName target,
    State state,
    int failures,
    Optional<String> code,
    Optional<String> message,
    Optional<Duration> again) {
  /** The code of a stream that stood still for longer than it may. */
  public static final String STALLED = "stalled";

  /** The code of what could not be reached for longer than it may. */
  public static final String UNREACHABLE = "unreachable";

  /** Where a dataset stands. */
  public enum State {
    /** Something is to be done, and not at this moment. */
    WAITING,
    /** Something is being done. */
    RUNNING,
    /** The target has what it should have. */
    DONE,
    /** A person has to decide. */
    CONFLICT,
    /** It failed, and is left to the next run or to a person. */
    FAILED;

    /** Returns the state with this text form. */
    @JsonCreator
    public static State of(String text) {
      return Arrays.stream(values())
          .filter(state -> state.text().equals(text))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("there is no state '" + text + "'"));
    }

    /** Returns whether it needs somebody's attention. */
    public boolean bad() {
      return this == CONFLICT || this == FAILED;
    }

    /** Returns the text form. */
    @JsonValue
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns whether it was given up because nothing moved, or nobody answered, for too long. */
  public boolean inactive() {
    return bad() && code.filter(why -> why.equals(STALLED) || why.equals(UNREACHABLE)).isPresent();
  }

  /** Returns whether it needs somebody's attention. */
  public boolean bad() {
    return state.bad();
  }
}

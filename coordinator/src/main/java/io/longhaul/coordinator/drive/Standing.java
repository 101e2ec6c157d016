package io.longhaul.coordinator.drive;

import io.longhaul.protocol.zfs.DatasetName;
import io.longhaul.protocol.zfs.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a run stands.
 *
 * @param outcomes how each dataset stands, by its place on the target
 * @param lags how far each target is behind its source
 * @param streams how many streams there are
 * @param streamsDone how many of them have ended
 * @param bytes what the target was given
 * @param expectedBytes how much that will be in the end, as far as it is known
 * @param unknown how many streams have not ended and no estimate
 * @param away which agent does not answer, in words
 * @param fatal why nothing could be done at all
 */
public record Standing(
    List<Outcome> outcomes,
    Map<DatasetName, Lag> lags,
    int streams,
    int streamsDone,
    long bytes,
    long expectedBytes,
    int unknown,
    Optional<String> away,
    Optional<Fatal> fatal) {

  /**
   * Why nothing could be done at all.
   *
   * @param code a stable word for it, as {@link Outcome#code}
   * @param message the same in words
   */
  public record Fatal(String code, String message) {}

  /**
   * The newest snapshots of both sides.
   *
   * @param source of the source
   * @param target of the target; empty if it has none
   */
  public record Lag(Newest source, Optional<Newest> target) {
    static Lag of(Version source, Optional<Version> target) {
      return new Lag(Newest.of(source), target.map(Newest::of));
    }

    Lag with(Version onTarget) {
      return new Lag(source, Optional.of(Newest.of(onTarget)));
    }

    /** Returns how much older the target's is; empty if there is none. */
    public Optional<Duration> time() {
      return target.map(there -> {
        Duration time = Duration.between(there.creation(), source.creation());
        return there.guid().equals(source.guid()) || time.isNegative() ? Duration.ZERO : time;
      });
    }
  }

  /**
   * A newest snapshot.
   *
   * @param name what stands after the {@code @}
   */
  public record Newest(String name, String guid, Instant creation) {
    static Newest of(Version version) {
      return new Newest(version.name(), version.guid(), version.creation());
    }
  }

  /** Returns whether something was given up because nothing moved or answered for too long. */
  public boolean inactive() {
    return fatal.filter(why -> why.code().equals(Outcome.UNREACHABLE)).isPresent()
        || outcomes.stream().anyMatch(Outcome::inactive);
  }

  /** Returns whether all was done. */
  public boolean good() {
    return fatal.isEmpty() && outcomes.stream().noneMatch(Outcome::bad);
  }
}

package io.longhaul.protocol.spool;

import io.longhaul.protocol.pipe.Uptime;
import io.longhaul.protocol.wire.SessionLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a session's {@link Activity} in its directory, so that its limits go on when the agent is
 * started again. The session does not depend on it: what cannot be read or written lets a limit
 * strike a little too early or too late. Used by one thread.
 */
public final class ActivityFile {
  private static final Logger LOG = LoggerFactory.getLogger(ActivityFile.class);
  private static final Duration MOST_OFTEN = Duration.ofSeconds(10);
  private static final int PART_OF_LIMIT = 20;

  private final SessionSpool spool;
  private final Uptime uptime;
  private final Duration every;
  private Optional<Activity> kept;
  private Optional<Duration> triedAt = Optional.empty();
  private boolean failing;

  /**
   * Reads what the agent before has left; nothing is written yet.
   *
   * @param limits those of the session: it is written every 10 seconds at most, and more often if
   *     that is more than a twentieth of a limit
   */
  public ActivityFile(SessionSpool spool, SessionLimits limits, Uptime uptime) {
    this.spool = spool;
    this.uptime = uptime;
    this.every = least(MOST_OFTEN, limits.shorter().dividedBy(PART_OF_LIMIT));
    this.kept = read();
  }

  private static Duration least(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private Optional<Activity> read() {
    try {
      return SpoolFile.read(spool.activity(), Activity.class);
    } catch (IOException e) {
      LOG.atWarn().setCause(e).addKeyValue("session", spool.id()).log("limits begin anew");
      return Optional.empty();
    }
  }

  /** Returns what is in the file; empty if there is none that can be read. */
  public Optional<Activity> kept() {
    return kept;
  }

  /** Writes it down if it has changed and the last try was long enough ago; never fails. */
  public void keep(Activity activity) {
    Duration now = uptime.now();
    boolean tooSoon = triedAt.filter(at -> now.minus(at).compareTo(every) < 0).isPresent();
    if (tooSoon || kept.filter(activity::equals).isPresent()) {
      return;
    }
    triedAt = Optional.of(now);
    try {
      SpoolFile.write(spool.activity(), activity);
      kept = Optional.of(activity);
      failing = false;
    } catch (IOException e) {
      if (!failing) {
        LOG.atWarn().setCause(e).addKeyValue("session", spool.id()).log("activity not kept");
      }
      failing = true;
    }
  }
}

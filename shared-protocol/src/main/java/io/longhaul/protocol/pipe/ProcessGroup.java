package io.longhaul.protocol.pipe;

import io.longhaul.protocol.retry.Sleeper;
import java.io.IOException;
import java.time.Duration;

/** Ends a whole process group within a bounded time: SIGTERM, a grace period, SIGKILL. */
public final class ProcessGroup {
  /** How long a process may take to end after SIGTERM. */
  public static final Duration GRACE = Duration.ofSeconds(5);

  private static final Duration LOOK = Duration.ofMillis(20);

  private ProcessGroup() {}

  /**
   * Ends the group led by {@code leader} and waits until it is gone.
   *
   * @param grace the wait after SIGTERM, and again after SIGKILL
   * @return whether the group is gone, but for the dead that nobody reaped yet; false if even
   *     SIGKILL did not end it in time (openzfs#12500)
   * @throws IOException if we may not signal the group, as when it runs as another user
   * @throws InterruptedException if the thread is interrupted; the group may then live on
   */
  public static boolean end(ProcessIdentity leader, Duration grace, Sleeper sleeper)
      throws IOException, InterruptedException {
    return goneAfter(Posix.SIGTERM, leader, grace, sleeper)
        || goneAfter(Posix.SIGKILL, leader, grace, sleeper);
  }

  private static boolean goneAfter(
      int signal, ProcessIdentity leader, Duration within, Sleeper sleeper)
      throws IOException, InterruptedException {
    boolean sent = false;
    for (Duration waited = Duration.ZERO;
        waited.compareTo(within) < 0;
        waited = waited.plus(LOOK)) {
      /* A child that was started this instant may not lead a group yet: setsid(1) has to run. */
      sent = sent || leader.signalGroup(signal);
      if (leader.groupIsGone()) {
        return true;
      }
      sleeper.sleep(LOOK);
    }
    return leader.groupIsGone();
  }
}

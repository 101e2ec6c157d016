package io.longhaul.protocol.doctor;

import java.time.Duration;
import java.time.Instant;

/**
 * The difference between two clocks.
 *
 * @param peer whose clock it is compared with
 * @param ahead how far the peer's clock is ahead of ours; negative if it is behind
 */
record ClockCheck(String peer, Duration ahead) {
  /** {@code Date} tells whole seconds that have begun (RFC 9110 section 6.6.1). */
  private static final Duration HALF_A_SECOND = Duration.ofMillis(500);

  private static final Duration NOTICEABLE = Duration.ofSeconds(30);

  /** By as much {@code coordinator trust} dates its certificates back. */
  private static final Duration TOO_MUCH = Duration.ofHours(1);

  /**
   * Compares an answer's {@code Date} with our clock when it was asked for and when it was there.
   */
  static ClockCheck of(String peer, Instant date, Instant asked, Instant answered) {
    Instant middle = asked.plus(Duration.between(asked, answered).dividedBy(2));
    return new ClockCheck(peer, Duration.between(middle, date.plus(HALF_A_SECOND)));
  }

  Finding judge() {
    String check = "clock of " + peer;
    Duration apart = ahead.abs();
    if (apart.compareTo(NOTICEABLE) <= 0) {
      return Finding.ok(
          check, "agrees with ours to " + Math.ceilDiv(apart.toMillis(), 1000) + " s");
    }
    String text =
        "is %d s %s ours".formatted(apart.toSeconds(), ahead.isNegative() ? "behind" : "ahead of");
    String remedy = "set both by NTP: timedatectl set-ntp true";
    return apart.compareTo(TOO_MUCH) <= 0
        ? Finding.warn(check, text + ", so their logs do not fit together", remedy)
        : Finding.fail(
            check, text + ", so a new certificate of one is not yet valid at the other", remedy);
  }
}

package io.longhaul.packaging.bench;

import java.util.List;

/**
 * What a link is like, the same in both directions.
 *
 * @param rttMillis the round trip without a queue, in milliseconds
 * @param rateMbit in Mbit/s, counting IP packets
 * @param lossPercent of the packets
 * @param congestionControl the name that the kernel knows it by
 */
record LinkShape(double rttMillis, double rateMbit, double lossPercent, String congestionControl) {
  /** Returns the shape as options of a link emulator's {@code up}. */
  List<String> options() {
    return List.of(
        "--rtt", text(rttMillis),
        "--rate", text(rateMbit),
        "--loss", text(lossPercent),
        "--cc", congestionControl);
  }

  /** Returns a number without a needless fraction. */
  static String text(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  @Override
  public String toString() {
    return "%s ms, %s Mbit/s, %s %% loss, %s"
        .formatted(text(rttMillis), text(rateMbit), text(lossPercent), congestionControl);
  }
}

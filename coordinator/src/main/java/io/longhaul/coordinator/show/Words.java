package io.longhaul.coordinator.show;

import io.longhaul.coordinator.run.View;
import io.longhaul.protocol.config.DataSize;
import io.longhaul.protocol.config.TimeSpan;
import io.longhaul.protocol.wire.ReceiveStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** The facts of a transfer in words. Pure. */
final class Words {
  private static final int HUNDRED = 100;

  private Words() {}

  /** Returns the whole percentage, 0 to 100; empty if the total is unknown or proved too small. */
  static String percent(long bytes, OptionalLong total) {
    if (total.isEmpty() || total.getAsLong() < bytes) {
      return "";
    }
    double share = total.getAsLong() == 0 ? 1 : (double) bytes / total.getAsLong();
    return String.format(Locale.ROOT, "%d%%", (int) (share * HUNDRED));
  }

  /** Returns bytes with their total and percentage, as far as these are known. */
  static String progress(long bytes, OptionalLong total) {
    String percent = percent(bytes, total);
    return percent.isEmpty()
        ? DataSize.display(bytes)
        : DataSize.display(bytes)
            + " of "
            + DataSize.display(total.getAsLong())
            + " ("
            + percent
            + ")";
  }

  /** Returns a rate, such as {@code 21.3 MiB/s}. */
  static String rate(OptionalLong bytesPerSecond) {
    return bytesPerSecond.isEmpty() ? "" : DataSize.display(bytesPerSecond.getAsLong()) + "/s";
  }

  /** Returns what the network did: connections, and what went wrong if anything did. */
  static List<String> network(View view) {
    ReceiveStatus.Transfer transfer = view.transfer();
    List<String> words = new ArrayList<>();
    words.add(transfer.connections() + " conns");
    if (transfer.refetchedChunks() > 0) {
      words.add(transfer.refetchedChunks() + " refetched");
    }
    if (transfer.outages() > 0) {
      words.add("out " + TimeSpan.display(transfer.outageTime()));
    }
    return words;
  }
}

package io.longhaul.packaging.bench;

import io.longhaul.packaging.site.CommandResult;
import io.longhaul.packaging.site.Namespaces;
import io.longhaul.packaging.site.Place;
import java.io.IOException;
import java.util.List;

/** A link by the kernel's {@code netem} between two network namespaces; see tc-netem(8). */
final class NetemLink implements LinkEmulator {
  private static final double LEAST_QUEUE_PACKETS = 100;
  private static final double PACKET_BITS = 1500 * 8;

  private final Namespaces namespaces;

  /** Makes the link. */
  NetemLink(LinkShape shape) throws IOException {
    namespaces = Namespaces.create();
    try {
      shape(a(), shape);
      shape(b(), shape);
    } catch (IOException e) {
      namespaces.close();
      throw new IOException(
          "Tried to emulate a link by tc netem but this kernel does not; name another by --link",
          e);
    }
  }

  private static void shape(Place end, LinkShape shape) throws IOException {
    double bitsUnderWay = shape.rateMbit() * 1e6 * shape.rttMillis() / 1e3;
    double queue = Math.max(LEAST_QUEUE_PACKETS, 2 * bitsUnderWay / PACKET_BITS);
    CommandResult.output(
        end.command(
            List.of(
                "tc",
                "qdisc",
                "add",
                "dev",
                Namespaces.DEVICE,
                "root",
                "netem",
                "limit",
                Long.toString((long) queue),
                "delay",
                shape.rttMillis() / 2 + "ms",
                "rate",
                LinkShape.text(shape.rateMbit()) + "mbit",
                "loss",
                shape.lossPercent() + "%")));
    CommandResult.output(
        end.command(
            List.of(
                "sysctl",
                "-qw",
                "net.ipv4.tcp_congestion_control=" + shape.congestionControl(),
                "net.ipv4.tcp_no_metrics_save=1")));
  }

  @Override
  public Place a() {
    return namespaces.a();
  }

  @Override
  public Place b() {
    return namespaces.b();
  }

  @Override
  public void close() throws IOException {
    namespaces.close();
  }
}

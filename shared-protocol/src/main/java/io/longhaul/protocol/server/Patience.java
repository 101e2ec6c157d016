package io.longhaul.protocol.server;

import java.time.Duration;

/*
 * The slowest honest link that is thought of has 1 Mbit/s and a round trip of 600 ms, shared by 96
 * connections of one transfer.
 *
 * introduction: 96 handshakes with certificates on both sides are about 340 kB, so 3 s, and three round
 * trips another 2 s; that leaves room to lose a packet or two on each.
 *
 * request: the largest header and the largest body are 16 and 64 KiB. A 96th of that link carries 80 KiB in
 * a minute; requests of ours have 2 KiB at most.
 *
 * least: a 96th of that link carries 390 kB in five minutes, six times what is asked for. Bytes are counted
 * when the system has taken them into the socket's send buffer, and it takes more only when a third of that
 * buffer is free again. So the time must be long enough for a third of a buffer to be seen going: on that link
 * a buffer of a connection that has its share of it has 100 kB or so, which is half a minute.
 */

/**
 * How long a server waits for its clients.
 *
 * @param introduction for the first good request of a connection, the TLS handshake included
 * @param idle between two requests on one connection
 * @param request for a header from its first byte to its last, and for a body after that
 * @param least how many bytes of an answer a client has to take in {@code within}; else it is not
 *     slow, but holds the connection for something else
 * @param within the time in which it has to take them
 */
record Patience(
    Duration introduction, Duration idle, Duration request, long least, Duration within) {
  /** What a server in service has. */
  static final Patience USUAL =
      new Patience(
          Duration.ofSeconds(30),
          Duration.ofSeconds(120),
          Duration.ofSeconds(60),
          64 * 1024,
          Duration.ofMinutes(5));

  private static final int LOOKS = 6;

  /** Returns the time from one look at a connection to the next. */
  Duration lookEvery() {
    return introduction.dividedBy(LOOKS);
  }
}

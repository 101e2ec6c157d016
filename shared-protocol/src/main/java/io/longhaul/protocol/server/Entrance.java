package io.longhaul.protocol.server;

import io.longhaul.protocol.auth.Authenticator;
import io.longhaul.protocol.tls.Fingerprint;
import io.longhaul.protocol.tls.Tls;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where an agent serves and how it tells who comes: {@link Listen}, with its files read.
 *
 * @param address the address to bind
 * @param tls how connections are encrypted; empty for plain HTTP
 * @param authenticator tells who asks
 * @param standing what an administrator should know as long as the configuration is this
 */
public record Entrance(
    InetSocketAddress address,
    Optional<Tls> tls,
    Authenticator authenticator,
    List<String> standing) {

  /** Returns what an administrator should know at this moment. */
  public List<String> warnings(Instant now) {
    return Stream.concat(
            standing.stream(), tls.stream().flatMap(used -> used.warnings(now).stream()))
        .toList();
  }

  /** Returns when the certificate of this agent expires. */
  public Optional<Instant> certificateExpires() {
    return tls.map(used -> used.certificate().getNotAfter().toInstant());
  }

  /** Returns the fingerprint of the certificate of this agent, or {@code none}. */
  public String fingerprint() {
    return tls.map(used -> Fingerprint.of(used.certificate())).orElse("none");
  }
}

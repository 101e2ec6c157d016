package io.longhaul.protocol.server;

import io.longhaul.protocol.auth.TokenConfig;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where an agent listens and whom it serves.
 *
 * @param host the address to bind, {@code 127.0.0.1} unless told otherwise
 * @param port 0 to 65535; 0 lets the system choose
 * @param allowPlaintext whether an address other than loopback may be served without TLS
 * @param tokens who may come; empty is possible on loopback only
 */
public record Listen(
    Optional<String> host,
    int port,
    Optional<Boolean> allowPlaintext,
    Optional<List<TokenConfig>> tokens) {
  private static final String LOOPBACK = "127.0.0.1";
  private static final int MOST_PORT = 65_535;

  /** Returns every fault, for the key {@code listen}. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (port < 0 || port > MOST_PORT) {
      problems.add("listen.port: must be 0 to 65535, was " + port);
      return problems;
    }
    InetSocketAddress address = address();
    if (address.isUnresolved()) {
      problems.add("listen.host: cannot resolve '" + address.getHostString() + "'");
    } else if (!address.getAddress().isLoopbackAddress()) {
      if (tokenList().isEmpty()) {
        problems.add(
            "listen.host: "
                + address.getHostString()
                + " is not a loopback address, so listen.tokens must name who may come");
      }
      if (!plaintextAllowed()) {
        problems.add(
            "listen.host: "
                + address.getHostString()
                + " is not a loopback address and the traffic is not encrypted; set"
                + " listen.allow-plaintext: true only inside a VPN or behind a TLS proxy");
      }
    }
    return problems;
  }

  /** Returns the address to bind. */
  public InetSocketAddress address() {
    return new InetSocketAddress(host.orElse(LOOPBACK), port);
  }

  /** Returns who may come. */
  public List<TokenConfig> tokenList() {
    return tokens.orElse(List.of());
  }

  private boolean plaintextAllowed() {
    return allowPlaintext.orElse(false);
  }

  /** Returns what an administrator should know about this choice. */
  public List<String> warnings() {
    return address().getAddress().isLoopbackAddress()
        ? List.of()
        : List.of("plain HTTP on " + address().getHostString() + ": nothing is encrypted");
  }
}

package io.longhaul.protocol.server;

import io.longhaul.protocol.auth.CertificateAuthenticator;
import io.longhaul.protocol.auth.Identity;
import io.longhaul.protocol.auth.IdentityConfig;
import io.longhaul.protocol.auth.TokenAuthenticator;
import io.longhaul.protocol.auth.TokenConfig;
import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.tls.CertificateName;
import io.longhaul.protocol.tls.CertificateUse;
import io.longhaul.protocol.tls.Tls;
import io.longhaul.protocol.tls.TlsConfig;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where an agent listens and whom it serves.
 *
 * @param host the address to bind, {@code 127.0.0.1} unless told otherwise
 * @param port 0 to 65535; 0 lets the system choose
 * @param allowPlaintext whether an address other than loopback may be served without TLS
 * @param tokens who may come without TLS; empty is possible on loopback only
 * @param tls the files of TLS 1.3; without it plain HTTP is spoken
 * @param identities who may come with TLS, by the names in their certificates
 */
public record Listen(
    Optional<String> host,
    int port,
    Optional<Boolean> allowPlaintext,
    Optional<List<TokenConfig>> tokens,
    Optional<TlsConfig> tls,
    Optional<List<IdentityConfig>> identities) {
  private static final String LOOPBACK = "127.0.0.1";
  private static final int MOST_PORT = 65_535;

  /** Returns every fault, for the key {@code listen}. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (port < 0 || port > MOST_PORT) {
      problems.add("listen.port: must be 0 to 65535, was " + port);
      return problems;
    }
    if (address().isUnresolved()) {
      problems.add("listen.host: cannot resolve '" + address().getHostString() + "'");
      return problems;
    }
    if (tls.isPresent()) {
      problems.addAll(encryptedProblems());
    } else {
      problems.addAll(plainProblems());
    }
    return problems;
  }

  private List<String> encryptedProblems() {
    List<String> problems = new ArrayList<>();
    if (!tokenList().isEmpty()) {
      problems.add("listen.tokens: has no place beside listen.tls, which lets in by certificate");
    }
    if (plaintextAllowed()) {
      problems.add("listen.allow-plaintext: contradicts listen.tls");
    }
    if (identityList().isEmpty()) {
      problems.add("listen.identities: must name who may come, by the names in the certificates");
    }
    Set<String> names = new HashSet<>();
    for (IdentityConfig identity : identityList()) {
      if (!CertificateName.isName(identity.name())
          || identity.name().equals(Identity.LOCAL.name())) {
        problems.add(
            "listen.identities.name: must be 1 to 64 letters, digits, '.', '_' and '-', and not"
                + " 'local', was '"
                + identity.name()
                + "'");
      }
      if (!names.add(identity.name())) {
        problems.add("listen.identities.name: '" + identity.name() + "' is there twice");
      }
    }
    return problems;
  }

  private List<String> plainProblems() {
    List<String> problems = new ArrayList<>();
    if (!identityList().isEmpty()) {
      problems.add("listen.identities: needs listen.tls; without it, list listen.tokens");
    }
    for (TokenConfig token : tokenList()) {
      if (token.identity().isBlank() || token.identity().equals(Identity.LOCAL.name())) {
        problems.add(
            "listen.tokens.identity: must not be empty or '" + Identity.LOCAL.name() + "'");
      }
    }
    if (!onLoopback()) {
      if (tokenList().isEmpty()) {
        problems.add(
            "listen.host: "
                + address().getHostString()
                + " is not a loopback address, so listen.tokens must name who may come");
      }
      if (!plaintextAllowed()) {
        problems.add(
            "listen.host: "
                + address().getHostString()
                + " is not a loopback address and the traffic is not encrypted; set up listen.tls,"
                + " or listen.allow-plaintext: true inside a VPN");
      }
    }
    return problems;
  }

  /** Returns the address to bind. */
  public InetSocketAddress address() {
    return new InetSocketAddress(host.orElse(LOOPBACK), port);
  }

  /** Returns who may come without TLS. */
  public List<TokenConfig> tokenList() {
    return tokens.orElse(List.of());
  }

  private List<IdentityConfig> identityList() {
    return identities.orElse(List.of());
  }

  /** Returns the names of all identities that may come. */
  public Set<String> names() {
    if (tls.isPresent()) {
      return identityList().stream().map(IdentityConfig::name).collect(Collectors.toSet());
    }
    return tokenList().isEmpty()
        ? Set.of(Identity.LOCAL.name())
        : tokenList().stream().map(TokenConfig::identity).collect(Collectors.toSet());
  }

  private boolean onLoopback() {
    return address().getAddress().isLoopbackAddress();
  }

  private boolean plaintextAllowed() {
    return allowPlaintext.orElse(false);
  }

  /**
   * Reads the files that this names.
   *
   * @throws ConfigException if a token, a certificate or a key cannot be used
   */
  public Entrance open() throws ConfigException {
    if (tls.isEmpty()) {
      List<String> warnings =
          onLoopback()
              ? List.of()
              : List.of("plain HTTP on " + address().getHostString() + ": nothing is encrypted");
      return new Entrance(
          address(), Optional.empty(), TokenAuthenticator.of(tokenList()), warnings);
    }
    Tls opened = Tls.open(tls.get(), CertificateUse.LISTEN);
    return new Entrance(
        address(),
        Optional.of(opened),
        new CertificateAuthenticator(opened, identityList()),
        List.of());
  }
}

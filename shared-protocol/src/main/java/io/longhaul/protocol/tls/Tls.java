package io.longhaul.protocol.tls;

import io.longhaul.protocol.config.ConfigException;
import io.longhaul.protocol.failure.RefusalLog;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.KeyStoreBuilderParameters;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/*
 * A session that is resumed shows the certificates of the first handshake and checks none. So none is:
 * the Java runtime sends no ticket if sessions live longer than a ticket may (7 days, RFC 8446 section
 * 4.6.1), and a client forgets one of somebody else's server after a second, the shortest there is.
 */

/**
 * How a program proves who it is, and whom it believes: TLS 1.3 (RFC 8446) with a certificate on
 * both sides. Files are looked at for each handshake and each check; see {@link FollowedFiles}.
 * Thread-safe.
 */
public final class Tls {
  /** The one version of TLS that is spoken. */
  public static final String VERSION = "TLSv1.3";

  private static final Duration WARNING = Duration.ofDays(30);
  private static final int NO_TICKET_SECONDS = (int) Duration.ofDays(8).toSeconds();
  private static final int SHORTEST_SECONDS = 1;

  private final TlsConfig config;
  private final CertificateUse use;
  private final FollowedFiles<OwnCertificate> own;
  private final FollowedFiles<Authorities> authorities;
  private final RefusalLog refusals = new RefusalLog(System::nanoTime);
  private final TrustFollowing trust = new TrustFollowing();
  private final SSLContext context;

  private Tls(TlsConfig config, CertificateUse use)
      throws ConfigException, GeneralSecurityException {
    this.config = config;
    this.use = use;
    own =
        new FollowedFiles<>(
            List.of(config.certificate(), config.key()),
            () -> OwnCertificate.read(config.certificate(), config.key()));
    authorities =
        new FollowedFiles<>(
            Stream.concat(Stream.of(config.authority()), config.revoked().stream()).toList(),
            () -> Authorities.read(config.authority(), config.revoked()));
    context = SSLContext.getInstance(VERSION);
    context.init(keys(), new TrustManager[] {trust}, null);
    context.getServerSessionContext().setSessionTimeout(NO_TICKET_SECONDS);
    context.getClientSessionContext().setSessionTimeout(SHORTEST_SECONDS);
  }

  /**
   * Reads the files.
   *
   * @param use what our own certificate is for
   * @throws ConfigException if one of them cannot be used, or our certificate is not good: expired,
   *     for another use, of another authority
   */
  public static Tls open(TlsConfig config, CertificateUse use) throws ConfigException {
    try {
      Tls tls = new Tls(config, use);
      tls.requireOwn();
      return tls;
    } catch (CertificateException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    } catch (GeneralSecurityException e) {
      throw new ConfigException("Tried to set up TLS but " + e, e);
    }
  }

  /* The runtime's own way to a key that changes: it asks the builder anew for each handshake. */
  private KeyManager[] keys() throws GeneralSecurityException {
    KeyManagerFactory factory = KeyManagerFactory.getInstance("NewSunX509");
    factory.init(
        new KeyStoreBuilderParameters(
            new KeyStore.Builder() {
              @Override
              public KeyStore getKeyStore() {
                return own.current().keys();
              }

              @Override
              public KeyStore.ProtectionParameter getProtectionParameter(String alias) {
                return new KeyStore.PasswordProtection(OwnCertificate.PASSWORD);
              }
            }));
    return factory.getKeyManagers();
  }

  /** Returns the context of all handshakes. */
  public SSLContext context() {
    return context;
  }

  /** Returns the check of a peer at the handshake. */
  public X509TrustManager trust() {
    return trust;
  }

  /** Returns the cipher suites to offer, best first for this machine. */
  public List<String> cipherSuites() {
    return CipherSuites.forThisMachine();
  }

  /**
   * Checks the certificate that a peer has shown at the handshake, as the files are now.
   *
   * @param chain the peer's certificate, and the intermediate ones after it
   * @param use what the peer uses it for
   * @throws CertificateException if it is not good any more; the message says why
   */
  public void require(List<X509Certificate> chain, CertificateUse use) throws CertificateException {
    authorities.current().require(chain, use);
  }

  /**
   * Checks our own certificate.
   *
   * @throws CertificateException if it is not good, as far as we can tell
   */
  public void requireOwn() throws CertificateException {
    try {
      authorities.current().require(own.current().chain(), use);
    } catch (CertificateException e) {
      throw new CertificateException(
          "Tried to use our own certificate in " + config.certificate() + " but " + e.getMessage(),
          e);
    }
  }

  /** Returns our own certificate. */
  public X509Certificate certificate() {
    return own.current().certificate();
  }

  /** Returns what an administrator should know at this moment. */
  public List<String> warnings(Instant now) {
    List<String> warnings = new ArrayList<>();
    expiry(now, config.certificate(), own.current().certificate()).ifPresent(warnings::add);
    Authorities believed = authorities.current();
    for (X509Certificate authority : believed.certificates()) {
      expiry(now, config.authority(), authority).ifPresent(warnings::add);
    }
    for (X509CRL list : believed.revocations()) {
      if (list.getNextUpdate() != null && list.getNextUpdate().toInstant().isBefore(now)) {
        warnings.add(
            "a revocation list in "
                + config.revoked().orElseThrow()
                + " is past its next update, "
                + list.getNextUpdate().toInstant()
                + ": nobody is let in by it");
      }
    }
    if (config.revoked().isEmpty()) {
      warnings.add("no revocation list is configured: a revoked certificate is as good as any");
    }
    own.fault().ifPresent(warnings::add);
    authorities.fault().ifPresent(warnings::add);
    return warnings;
  }

  private static Optional<String> expiry(Instant now, Path file, X509Certificate certificate) {
    Instant end = certificate.getNotAfter().toInstant();
    if (now.plus(WARNING).isBefore(end)) {
      return Optional.empty();
    }
    String which = CertificateName.display(certificate) + " in " + file;
    return Optional.of(
        now.isAfter(end)
            ? which + " expired on " + end + ": nobody accepts it; renew it"
            : which
                + " expires in "
                + Duration.between(now, end).toDays()
                + " days, on "
                + end
                + "; renew it");
  }

  /**
   * What both sides ask at a handshake; what the files say then is what counts. The engine or
   * socket is handed on, for it knows which algorithms the runtime and this handshake permit.
   */
  private final class TrustFollowing extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String keyExchange, SSLEngine engine)
        throws CertificateException {
      Authorities now = authorities.current();
      try {
        now.require(
            chain,
            CertificateUse.CONNECT,
            path -> now.paths().checkClientTrusted(path, keyExchange, engine));
      } catch (CertificateException e) {
        refusals.refused(
            String.valueOf(engine.getPeerHost()), "at the handshake: " + e.getMessage());
        throw e;
      }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String keyExchange, Socket socket)
        throws CertificateException {
      Authorities now = authorities.current();
      now.require(
          chain,
          CertificateUse.CONNECT,
          path -> now.paths().checkClientTrusted(path, keyExchange, socket));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String keyExchange, SSLEngine engine)
        throws CertificateException {
      Authorities now = authorities.current();
      now.require(
          chain,
          CertificateUse.LISTEN,
          path -> now.paths().checkServerTrusted(path, keyExchange, engine));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String keyExchange, Socket socket)
        throws CertificateException {
      Authorities now = authorities.current();
      now.require(
          chain,
          CertificateUse.LISTEN,
          path -> now.paths().checkServerTrusted(path, keyExchange, socket));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String keyExchange)
        throws CertificateException {
      require(List.of(chain), CertificateUse.CONNECT);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String keyExchange)
        throws CertificateException {
      require(List.of(chain), CertificateUse.LISTEN);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return authorities.current().certificates().toArray(X509Certificate[]::new);
    }
  }
}

package io.longhaul.protocol.tls;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.longhaul.protocol.config.ConfigException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The authorities that we believe, and what they have revoked, as their files were at one moment.
 * Paths are validated as RFC 5280 section 6 says, by the Java runtime. Thread-safe.
 */
final class Authorities {
  /* How late the passing of a date may be noticed, for a certificate that was good just before. */
  private static final Duration REMEMBERED = Duration.ofSeconds(10);
  private static final int MOST_REMEMBERED = 1024;
  private static final String ANY_KEY_EXCHANGE = "UNKNOWN"; // what TLS 1.3 says

  private final Path file;
  private final List<X509Certificate> certificates;
  private final List<X509CRL> revocations;
  private final X509ExtendedTrustManager paths;
  private final Cache<Good, Boolean> good =
      Caffeine.newBuilder().expireAfterWrite(REMEMBERED).maximumSize(MOST_REMEMBERED).build();

  /** Validates a path of certificates, the holder's first. */
  @FunctionalInterface
  interface PathCheck {
    /** Goes on if the path is good. */
    void require(X509Certificate[] path) throws CertificateException;
  }

  private record Good(X509Certificate certificate, CertificateUse use) {}

  private Authorities(
      Path file,
      List<X509Certificate> certificates,
      List<X509CRL> revocations,
      X509ExtendedTrustManager paths) {
    this.file = file;
    this.certificates = certificates;
    this.revocations = revocations;
    this.paths = paths;
  }

  /**
   * Reads the files.
   *
   * @throws ConfigException if one cannot be used, or a certificate is not an authority's
   */
  static Authorities read(Path authority, Optional<Path> revoked) throws ConfigException {
    List<X509Certificate> certificates = Pem.certificates(authority);
    if (certificates.stream().anyMatch(certificate -> certificate.getBasicConstraints() < 0)) {
      throw new ConfigException(
          "Tried to believe " + authority + " but not every certificate in it is an authority's",
          null);
    }
    List<X509CRL> revocations =
        revoked.isPresent() ? Pem.revocationLists(revoked.get()) : List.of();
    try {
      return new Authorities(
          authority, certificates, revocations, paths(certificates, revocations));
    } catch (GeneralSecurityException e) {
      throw new ConfigException("Tried to believe " + authority + " but " + e, e);
    }
  }

  private static X509ExtendedTrustManager paths(
      List<X509Certificate> certificates, List<X509CRL> revocations)
      throws GeneralSecurityException {
    PKIXBuilderParameters parameters =
        new PKIXBuilderParameters(
            certificates.stream()
                .map(certificate -> new TrustAnchor(certificate, null))
                .collect(Collectors.toSet()),
            new X509CertSelector());
    parameters.addCertPathChecker(new Strength());
    parameters.setRevocationEnabled(!revocations.isEmpty());
    parameters.addCertStore(
        CertStore.getInstance("Collection", new CollectionCertStoreParameters(revocations)));
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(new CertPathTrustManagerParameters(parameters));
    return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
  }

  List<X509Certificate> certificates() {
    return certificates;
  }

  List<X509CRL> revocations() {
    return revocations;
  }

  /** Returns the Java runtime's own check of a path, for {@link PathCheck}. */
  X509ExtendedTrustManager paths() {
    return paths;
  }

  /**
   * Checks a certificate: signed by one of these authorities, in its time, not revoked, for this
   * use.
   *
   * @throws CertificateException if it is not good; the message says why, for people
   */
  void require(List<X509Certificate> chain, CertificateUse use) throws CertificateException {
    if (chain.isEmpty()) {
      throw new CertificateException("there is no certificate");
    }
    Good key = new Good(chain.getFirst(), use);
    if (good.getIfPresent(key) == null) {
      require(
          chain.toArray(X509Certificate[]::new),
          use,
          path -> {
            switch (use) {
              case LISTEN -> paths.checkServerTrusted(path, ANY_KEY_EXCHANGE);
              case CONNECT -> paths.checkClientTrusted(path, ANY_KEY_EXCHANGE);
            }
          });
      good.put(key, true);
    }
  }

  /**
   * Checks a certificate as {@link #require(List, CertificateUse)} does, its path by {@code paths}.
   *
   * @throws CertificateException if it is not good; the message says why, for people
   */
  void require(X509Certificate[] path, CertificateUse use, PathCheck paths)
      throws CertificateException {
    X509Certificate certificate = path[0];
    if (!use.allowedBy(certificate)) {
      throw new CertificateException(
          CertificateName.display(certificate)
              + " may not be used to "
              + use.text()
              + " (extended key usage)");
    }
    try {
      paths.require(path);
    } catch (CertificateException e) {
      CertPathValidatorException reason = reason(e);
      // The cause is what the Java runtime chooses the alert by.
      throw new CertificateException(why(certificate, reason), reason == null ? e : reason);
    }
  }

  private static @Nullable CertPathValidatorException reason(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertPathValidatorException found) {
        return found;
      }
    }
    return null;
  }

  private String why(X509Certificate certificate, @Nullable CertPathValidatorException reason) {
    String name = CertificateName.display(certificate);
    if (reason == null) {
      return name + " was not signed by an authority in " + file;
    }
    return switch (reason.getReason()) {
      case BasicReason.EXPIRED ->
          name + " expired on " + certificate.getNotAfter().toInstant() + "; it must be renewed";
      case BasicReason.NOT_YET_VALID ->
          name
              + " is not valid before "
              + certificate.getNotBefore().toInstant()
              + "; are the clocks right?";
      case BasicReason.REVOKED -> name + " was revoked";
      case BasicReason.UNDETERMINED_REVOCATION_STATUS ->
          name + " cannot be looked up: no revocation list of its authority is in force";
      default -> name + " is not good: " + reason.getMessage();
    };
  }
}

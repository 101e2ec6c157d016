package io.longhaul.coordinator.trust;

import io.longhaul.protocol.tls.CertificateName;
import io.longhaul.protocol.tls.CertificateUse;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A certificate that an authority has issued.
 *
 * @param certificate the certificate
 * @param revoked whether it stands in the revocation list
 */
public record Issued(X509Certificate certificate, boolean revoked) {
  private static final int DNS_NAME = 2; // RFC 5280 section 4.2.1.6
  private static final int IP_ADDRESS = 7;

  /** Returns the holder's name. */
  public String name() {
    return CertificateName.of(certificate).orElse("");
  }

  /** Returns what it may be used for. */
  public Set<CertificateUse> uses() {
    return Arrays.stream(CertificateUse.values())
        .filter(use -> use.allowedBy(certificate))
        .collect(Collectors.toSet());
  }

  /** Returns the host names and addresses that it may be shown at. */
  public List<String> hosts() {
    try {
      return Optional.ofNullable(certificate.getSubjectAlternativeNames()).stream()
          .flatMap(Collection::stream)
          .filter(name -> name.getFirst().equals(DNS_NAME) || name.getFirst().equals(IP_ADDRESS))
          .map(name -> String.valueOf(name.get(1)))
          .toList();
    } catch (CertificateParsingException e) {
      throw new IllegalStateException("a certificate of our own cannot be read", e);
    }
  }

  /** Returns the moment after which nobody accepts it. */
  public Instant expires() {
    return certificate.getNotAfter().toInstant();
  }

  /** Returns whether somebody may accept it at a moment. */
  public boolean inForce(Instant now) {
    return !revoked && now.isBefore(expires());
  }
}
